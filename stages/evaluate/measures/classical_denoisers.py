"""Classical denoisers, each with the parameters that are worth a try: wavelets, total variation, medians, non-local
means, inpainting, linear regression."""

from collections.abc import Callable
from functools import partial
from itertools import product

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import median_filter
from skimage.restoration import denoise_nl_means, denoise_tv_chambolle, denoise_wavelet, inpaint_biharmonic

from stages.evaluate.measures.corruption import corrupted
from stages.evaluate.measures.linear_denoiser import RIDGES, LinearDenoiser
from stages.evaluate.measures.restoration import gain


def _wavelet(image, wavelet, sigma):
    return denoise_wavelet(image, sigma, wavelet, rescale_sigma=True, channel_axis=-1)


def _nonlocal_means(image, h, sigma):
    return denoise_nl_means(image, patch_size=5, patch_distance=5, h=h, sigma=sigma, channel_axis=-1)


def _median(image, size):
    return median_filter(image, (size, size, 1))


def _switching_median(image, size):
    """Medians where all channels are black or all white, the image elsewhere (Sun and Neuvo 1994)."""
    extreme = (image == 0).all(axis=-1, keepdims=True) | (image == 1).all(axis=-1, keepdims=True)
    return np.where(extreme, _median(image, size), image)


def _alone(method: Callable) -> Callable:
    """A method that looks at one image alone, so that there is nothing to fit."""

    def restore(images, *parameters):
        results = [method(image, *parameters).reshape(image.shape) for image in images / np.float32(255)]
        return np.clip(results, 0, 1)

    return lambda train, kind, strength: restore


def _inpainting(train, kind, strength):
    """A block filled by a biharmonic surface (Damelin and Hoang 2018), where no other place of its size is black; other
    images, and other damage, stay as they are."""

    def restore(images):
        floats = images / np.float32(255)
        return np.stack([_filled(image, strength) for image in floats]) if kind == "block" else floats

    return restore


def _filled(image: np.ndarray, strength: float) -> np.ndarray:
    block = corrupted(np.full((1, *image.shape), 255, np.uint8), "block", strength, seed=0)[0, ..., 0] == 0
    rows, columns = block.any(axis=1).sum(), block.any(axis=0).sum()
    black = sliding_window_view((image == 0).all(axis=-1), (rows, columns)).all(axis=(2, 3))
    if black.sum() != 1:
        return image
    (top,), (left,) = np.nonzero(black)
    hole = np.zeros(image.shape[:2], bool)
    hole[top : top + rows, left : left + columns] = True
    return np.clip(inpaint_biharmonic(image, hole, channel_axis=-1), 0, 1)


# Pairs of a filter strength and the standard deviation of the noise that is subtracted from distances of patches: none
# subtracted, or with what scikit-image advises for known noise.
NONLOCAL = tuple((h, 0) for h in (0.02, 0.05, 0.1, 0.15, 0.2, 0.3)) + tuple(
    (round(share * sigma, 3), sigma) for sigma in (0.1, 0.2, 0.3) for share in (0.6, 0.8)
)
# What fits a method to uint8 training images and a damage, and the parameters that are tried. Fitted, it takes damaged
# uint8 images (n, height, width, channels) and parameters, and returns floats in [0, 1].
METHODS = {
    "wavelet": (_alone(_wavelet), tuple(product(("haar", "db2"), (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)))),
    "total_variation": (
        _alone(partial(denoise_tv_chambolle, channel_axis=-1)),
        ((0.02,), (0.05,), (0.1,), (0.2,), (0.3,)),
    ),
    "median": (_alone(_median), ((1,), (3,), (5,))),
    "switching_median": (_alone(_switching_median), ((3,), (5,))),
    "nonlocal_means": (_alone(_nonlocal_means), NONLOCAL),
    "inpainting": (_inpainting, ((),)),
    "linear_regression": (LinearDenoiser, RIDGES),
}  # type: dict[str, tuple[Callable, tuple[tuple, ...]]]


def fitted(
    name: str, train: np.ndarray, validation: np.ndarray, kind: str, strength: float, seed: int
) -> tuple[Callable, tuple]:
    """A method of METHODS for a damage: what makes floats in [0, 1] of damaged uint8 images, and the parameters with
    which it wins most back from validation images. train, validation: uint8 (n, height, width, channels)"""
    fit, parameters = METHODS[name]
    restore, damaged = fit(train, kind, strength), corrupted(validation, kind, strength, seed)
    clean = validation / np.float32(255)
    chosen = max(parameters, key=lambda values: gain(kind, clean, damaged, restore(damaged, *values))[0])
    return lambda images: restore(images, *chosen), chosen
