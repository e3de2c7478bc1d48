"""Restoration of damaged images: the PSNR gain over the damaged image."""

from collections.abc import Callable

import numpy as np

from stages.evaluate.measures.corruption import corrupted
from stages.evaluate.measures.image_quality import mse, psnr
from stages.evaluate.measures.resampling import RESAMPLED, resampled_means
from stages.evaluate.task_interface import Scores


def gain(kind: str, clean: np.ndarray, damaged: np.ndarray, images: np.ndarray) -> tuple[float, list[float]]:
    """PSNR gain in dB, and that in every bootstrap sample of the images: from Gaussian noise the mean over images, from
    other damage of the mean squared error of all, see tasks/denoising.py."""
    before, after = mse(clean, damaged / np.float32(255)), mse(clean, images)
    if kind == "gaussian":
        gains = _decibels(before, after)
        return float(gains.mean()), resampled_means(gains)
    resampled = _decibels(resampled_means(before), resampled_means(after))
    return float(_decibels(before.mean(), after.mean())), resampled.tolist()


def _decibels(before, after) -> np.ndarray:
    return 10 * np.log10(np.maximum(before, 1e-10) / np.maximum(after, 1e-10))


def restoration(pictures: np.ndarray, restore: Callable, of_clean: np.ndarray, kinds: dict, seed: int) -> Scores:
    """Scores of a restorer, see tasks/denoising.py.

    pictures: undamaged uint8 images (n, height, width, channels); of_clean: what it makes of these, floats
    restore: name of the damage and damaged uint8 images -> floats; kinds: name of a damage -> its kind and strength
    """
    clean = pictures / np.float32(255)
    scores = {"clean_psnr": float(psnr(clean, of_clean).mean())}  # type: Scores
    for damage, (kind, strength) in kinds.items():
        damaged = corrupted(pictures, kind, strength, seed)
        won, resampled = gain(kind, clean, damaged, restore(damage, damaged))
        scores |= {f"gain_{damage}": won, f"gain_{damage}{RESAMPLED}": resampled}
    return scores | {"damage": list(kinds)}
