"""Denoising: the clean image given back from a damaged one; Gaussian noise above all, other damage beside it."""

from collections.abc import Callable
from itertools import product
from typing import Annotated

import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt
from scipy.ndimage import median_filter
from skimage.restoration import denoise_nl_means, denoise_tv_chambolle, denoise_wavelet

from stages.common.subset import spread
from stages.common.task import Task
from stages.evaluate.measures.corruption import corrupted
from stages.evaluate.measures.image_quality import mse, psnr, ssim
from stages.evaluate.measures.resampling import resampled_means
from stages.evaluate.protocol import Data, Functions

TASK = Task(
    measure="psnr_gain",
    better="higher",
    label="PSNR won back from Gaussian noise, mean over levels",
    margin="absolute",
    unit="dB",
    headline=("psnr_gain", "clean_psnr"),
    columns={
        "psnr_gain": "won back from Gaussian noise, dB",
        "psnr": "PSNR, dB",
        "ssim": "SSIM",
        "salt_and_pepper_gain": "from salt and pepper, dB",
        "block_gain": "from a black block, dB",
        "clean_psnr": "PSNR of clean images, dB",
    },
)

Levels = Annotated[list[PositiveFloat], Field(min_length=1)]
Share = Annotated[float, Field(gt=0, le=1)]
CHOOSING = 30  # validation images on which a classical method's parameter is chosen, at most


def score(
    model: Functions,
    data: Data,
    seed: int,
    *,
    gaussian: Levels,
    salt_and_pepper: Share,
    block: Share,
    images: PositiveInt,
) -> dict[str, float | list]:
    """Of `images` test images: psnr_gain, how many dB the PSNR of what the model makes of a noisy image is above the
    noisy image's own, whose pixels are whole numbers in 0..255, and psnr in dB and ssim, all averaged over the levels
    of Gaussian noise; salt_and_pepper_gain and block_gain, the same from other damage (a block is inpainted by who is
    not told where it is); clean_psnr, of what the model makes of undamaged images.

    gaussian, salt_and_pepper, block: strengths as in measures/corruption.py
    The model is not told which damage there is, nor how strong. Gains from Gaussian noise are means over images, as is
    usual; those from other damage are of the mean squared error of all images, since a block on black ground leaves an
    image as it was, whose PSNR has no bound.
    Lists: psnr_by_damage, psnr_gain_by_damage and ssim_by_damage, in the order of damage.
    """
    chosen = spread(images, len(data.test))
    return _scores(
        data.test[chosen],
        lambda damage, damaged: model.decode(model.encode(damaged)),
        model.decode(model.encode(data.test)[chosen]),
        _kinds(gaussian, salt_and_pepper, block),
        seed,
    )


def references(
    data: Data,
    seeds: list[int],
    *,
    gaussian: Levels,
    salt_and_pepper: Share,
    block: Share,
    images: PositiveInt,
) -> list[dict[str, dict]]:
    """Wavelet, total-variation, median and non-local-means denoisers. The parameter of each is chosen on validation for
    each damage and strength: they are told both, which the networks are not. Clean images get that of the weakest
    Gaussian noise. The noise of the first seed stands for all, as these methods take long.

    parameters: the chosen ones, in the order of damage
    """
    seed = seeds[0]
    kinds = _kinds(gaussian, salt_and_pepper, block)
    weakest = f"gaussian {min(gaussian)}"
    pictures = data.test[spread(images, len(data.test))]
    validation = data.validation[spread(CHOOSING, len(data.validation))]
    results = {}
    for name, (method, parameters) in METHODS.items():
        chosen = {}
        for damage, (kind, strength) in kinds.items():
            damaged = corrupted(validation, kind, strength, seed)
            clean = validation / np.float32(255)
            quality = [_gain(kind, clean, damaged, _each(method, damaged, own)).mean() for own in parameters]
            chosen[damage] = parameters[int(np.argmax(quality))]
        results[name] = _scores(
            pictures,
            lambda damage, damaged, method=method, chosen=chosen: _each(method, damaged, chosen[damage]),
            _each(method, pictures, chosen[weakest]),
            kinds,
            seed,
        )
        results[name]["parameters"] = [list(own) for own in chosen.values()]
    return [results for _ in seeds]


def _kinds(gaussian, salt_and_pepper, block) -> dict[str, tuple[str, float]]:
    kinds = {f"gaussian {strength}": ("gaussian", strength) for strength in gaussian}
    return kinds | {"salt and pepper": ("salt_and_pepper", salt_and_pepper), "block": ("block", block)}


def _scores(pictures, restore: Callable, of_clean: np.ndarray, kinds, seed: int) -> dict[str, float | list]:
    clean = pictures / np.float32(255)
    psnrs, ssims, gains = {}, {}, {}
    for damage, (kind, strength) in kinds.items():
        damaged = corrupted(pictures, kind, strength, seed)
        restored = restore(damage, damaged)
        psnrs[damage], ssims[damage] = psnr(clean, restored), ssim(clean, restored)
        gains[damage] = _gain(kind, clean, damaged, restored)
    noisy = [damage for damage, (kind, _) in kinds.items() if kind == "gaussian"]

    def means(by_damage):
        return [float(values.mean()) for values in by_damage.values()]

    def over_levels(by_damage):
        return np.mean([by_damage[damage] for damage in noisy], axis=0)

    return {
        "psnr_gain": float(over_levels(gains).mean()),
        "psnr_gain_resampled": resampled_means(over_levels(gains)),
        "psnr": float(over_levels(psnrs).mean()),
        "ssim": float(over_levels(ssims).mean()),
        "salt_and_pepper_gain": float(gains["salt and pepper"].mean()),
        "block_gain": float(gains["block"].mean()),
        "clean_psnr": float(psnr(clean, of_clean).mean()),
        "psnr_by_damage": means(psnrs),
        "psnr_gain_by_damage": means(gains),
        "ssim_by_damage": means(ssims),
        "damage": list(kinds),
    }


def _gain(kind: str, clean: np.ndarray, damaged: np.ndarray, restored: np.ndarray) -> np.ndarray:
    """dB won back: of every image, (n,), from Gaussian noise, else of all together, ()."""
    before, after = mse(clean, damaged / np.float32(255)), mse(clean, restored)
    if kind != "gaussian":
        before, after = before.mean(), after.mean()
    return 10 * np.log10(np.maximum(before, 1e-10) / np.maximum(after, 1e-10))


def _each(method: Callable, damaged: np.ndarray, parameters: tuple) -> np.ndarray:
    restored = [method(image, *parameters).reshape(image.shape) for image in damaged / np.float32(255)]
    return np.clip(restored, 0, 1)


def _wavelet(image, wavelet, sigma):
    return denoise_wavelet(image, sigma, wavelet, rescale_sigma=True, channel_axis=-1)


def _total_variation(image, weight):
    return denoise_tv_chambolle(image, weight, channel_axis=-1)


def _median(image, size):
    return median_filter(image, (size, size, 1))


def _nonlocal_means(image, h):
    return denoise_nl_means(image, patch_size=5, patch_distance=5, h=h, channel_axis=-1)


METHODS = {  # with the parameters that are tried
    "wavelet": (_wavelet, tuple(product(("haar", "db2"), (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)))),
    "total_variation": (_total_variation, ((0.02,), (0.05,), (0.1,), (0.2,), (0.3,))),
    "median": (_median, ((1,), (3,), (5,))),
    "nonlocal_means": (_nonlocal_means, ((0.02,), (0.05,), (0.1,), (0.15,), (0.2,), (0.3,))),
}
