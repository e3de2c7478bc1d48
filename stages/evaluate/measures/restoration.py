"""Restoration of damaged images: the PSNR gain over the damaged image; and classical denoisers, each with the
parameters that are worth a try: wavelets, total variation, medians, non-local means."""

from collections.abc import Callable
from functools import partial
from itertools import product

import numpy as np
from scipy.ndimage import median_filter
from skimage.restoration import denoise_nl_means, denoise_tv_chambolle, denoise_wavelet

from stages.evaluate.measures.corruption import corrupted
from stages.evaluate.measures.image_quality import mse, psnr
from stages.evaluate.measures.resampling import RESAMPLED, resampled_means
from stages.evaluate.task_interface import Scores


def _wavelet(image, wavelet, sigma):
    return denoise_wavelet(image, sigma, wavelet, rescale_sigma=True, channel_axis=-1)


def _nonlocal_means(image, h):
    return denoise_nl_means(image, patch_size=5, patch_distance=5, h=h, channel_axis=-1)


METHODS = {  # with the parameters that are tried
    "wavelet": (_wavelet, tuple(product(("haar", "db2"), (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)))),
    "total_variation": (partial(denoise_tv_chambolle, channel_axis=-1), ((0.02,), (0.05,), (0.1,), (0.2,), (0.3,))),
    "median": (lambda image, size: median_filter(image, (size, size, 1)), ((1,), (3,), (5,))),
    "nonlocal_means": (_nonlocal_means, ((0.02,), (0.05,), (0.1,), (0.15,), (0.2,), (0.3,))),
}  # type: dict[str, tuple[Callable, tuple[tuple, ...]]]


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


def restored(name: str, images: np.ndarray, parameters: tuple) -> np.ndarray:
    """What a method of METHODS makes of uint8 images (n, height, width, channels): floats in [0, 1]."""
    method = METHODS[name][0]
    results = [method(image, *parameters).reshape(image.shape) for image in images / np.float32(255)]
    return np.clip(results, 0, 1)


def chosen_parameters(name: str, validation: np.ndarray, kind: str, strength: float, seed: int) -> tuple:
    """The parameters with which a method wins most back from a damage of uint8 validation images."""
    damaged, clean = corrupted(validation, kind, strength, seed), validation / np.float32(255)
    parameters = METHODS[name][1]
    quality = [gain(kind, clean, damaged, restored(name, damaged, values))[0] for values in parameters]
    return parameters[int(np.argmax(quality))]
