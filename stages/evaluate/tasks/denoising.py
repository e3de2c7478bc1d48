"""Denoising: the clean image given back from a damaged one."""

from typing import Annotated

import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt
from scipy.ndimage import median_filter
from skimage.restoration import denoise_tv_chambolle, denoise_wavelet

from stages.common.subset import spread
from stages.common.task import Task
from stages.evaluate.measures.corruption import corrupted
from stages.evaluate.measures.image_quality import psnr, ssim
from stages.evaluate.measures.resampling import resampled_means
from stages.evaluate.protocol import Data, Functions

TASK = Task(
    measure="psnr_gain",
    better="higher",
    label="PSNR won back, mean over kinds of damage",
    margin="absolute",
    unit="dB",
    headline=("psnr_gain",),
    columns={"psnr_gain": "won back, dB", "psnr": "PSNR, dB", "ssim": "SSIM"},
)

Share = Annotated[float, Field(gt=0, le=1)]
CHOOSING = 100  # validation images on which a classical method's parameter is chosen, at most


def score(
    model: Functions,
    data: Data,
    seed: int,
    *,
    gaussian: list[PositiveFloat],
    salt_and_pepper: Share,
    block: Share,
    images: PositiveInt,
) -> dict[str, float | list]:
    """Of `images` test images, each damaged in every way: psnr in dB and ssim of what the model makes of them, and
    psnr_gain, how far that is above the damaged image; all averaged over the kinds of damage.

    gaussian, salt_and_pepper, block: strengths as in measures/corruption.py
    Lists: psnr_by_damage and ssim_by_damage, in the order of damage.
    """
    return _scores(
        data.test[spread(images, len(data.test))],
        lambda kind, damaged: model.decode(model.encode(damaged)),
        _kinds(gaussian, salt_and_pepper, block),
        seed,
    )


def references(
    data: Data,
    seed: int,
    *,
    gaussian: list[PositiveFloat],
    salt_and_pepper: Share,
    block: Share,
    images: PositiveInt,
) -> dict[str, dict]:
    """Wavelet, total-variation and median denoisers, the parameter of each chosen on validation for each damage."""
    kinds = _kinds(gaussian, salt_and_pepper, block)
    pictures = data.test[spread(images, len(data.test))]
    validation = data.validation[spread(CHOOSING, len(data.validation))]
    results = {}
    for name, (method, parameters) in METHODS.items():
        chosen = {}
        for label, (kind, strength) in kinds.items():
            damaged = corrupted(validation, kind, strength, seed)
            clean = validation / np.float32(255)
            quality = [psnr(clean, _each(method, damaged, value)).mean() for value in parameters]
            chosen[label] = parameters[int(np.argmax(quality))]
        results[name] = _scores(
            pictures,
            lambda label, damaged, method=method, chosen=chosen: _each(method, damaged, chosen[label]),
            kinds,
            seed,
        )
        results[name]["parameters"] = list(chosen.values())
    return results


def _kinds(gaussian, salt_and_pepper, block) -> dict[str, tuple[str, float]]:
    kinds = {f"gaussian {strength}": ("gaussian", strength) for strength in gaussian}
    return kinds | {"salt and pepper": ("salt_and_pepper", salt_and_pepper), "block": ("block", block)}


def _scores(pictures, restore, kinds, seed) -> dict[str, float | list]:
    clean = pictures / np.float32(255)
    psnrs, ssims, gains = [], [], []
    for label, (kind, strength) in kinds.items():
        damaged = corrupted(pictures, kind, strength, seed)
        restored = np.clip(restore(label, damaged), 0, 1)
        psnrs.append(psnr(clean, restored))
        ssims.append(ssim(clean, restored))
        gains.append(psnrs[-1] - psnr(clean, damaged / np.float32(255)))
    return {
        "psnr_gain": float(np.mean(gains)),
        "psnr_gain_resampled": resampled_means(np.mean(gains, axis=0)),
        "psnr": float(np.mean(psnrs)),
        "ssim": float(np.mean(ssims)),
        "psnr_by_damage": [float(values.mean()) for values in psnrs],
        "psnr_gain_by_damage": [float(values.mean()) for values in gains],
        "ssim_by_damage": [float(values.mean()) for values in ssims],
        "damage": list(kinds),
    }


def _each(method, damaged: np.ndarray, parameter) -> np.ndarray:
    return np.stack([method(image, parameter) for image in damaged / np.float32(255)])


def _wavelet(image, sigma):
    return denoise_wavelet(image, sigma=sigma, channel_axis=-1, rescale_sigma=True)


def _total_variation(image, weight):
    return denoise_tv_chambolle(image, weight=weight, channel_axis=-1)


def _median(image, size):
    return median_filter(image, (size, size, 1))


METHODS = {
    "wavelet": (_wavelet, (0.02, 0.05, 0.1, 0.2, 0.3)),
    "total_variation": (_total_variation, (0.02, 0.05, 0.1, 0.2, 0.4)),
    "median": (_median, (1, 3, 5)),
}
