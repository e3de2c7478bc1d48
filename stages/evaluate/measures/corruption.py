"""Corruption of images, the same for every architecture: what denoising undoes and anomaly detection should notice."""

import numpy as np
from scipy.ndimage import gaussian_filter


def corrupted(images: np.ndarray, kind: str, strength: float, seed: int) -> np.ndarray:
    """Damaged copies of uint8 images (n, height, width, channels), uint8 again.

    gaussian: adds noise of standard deviation `strength`, on the scale of [0, 1].
    salt_and_pepper: sets a share `strength` of the pixels to black or white, all channels alike.
    block: blackens a rectangle at a random place, whose sides are a share `strength` of the image's.
    blur: a Gaussian filter whose sigma is a share `strength` of the image's height.
    """
    random, (n, height, width, _) = np.random.default_rng(seed), images.shape
    if kind == "gaussian":
        noise = random.normal(0, 255 * strength, images.shape)
        return np.rint(np.clip(images + noise, 0, 255)).astype(np.uint8)
    if kind == "blur":
        sigma = strength * height
        return np.rint(gaussian_filter(images.astype(np.float32), (0, sigma, sigma, 0))).astype(np.uint8)
    damaged = images.copy()
    if kind == "salt_and_pepper":
        chance = random.random((n, height, width))
        damaged[chance < strength / 2] = 255
        damaged[chance > 1 - strength / 2] = 0
    elif kind == "block":
        rows, columns = max(1, round(strength * height)), max(1, round(strength * width))
        tops, lefts = random.integers(0, height - rows + 1, n), random.integers(0, width - columns + 1, n)
        for image, top, left in zip(damaged, tops, lefts, strict=True):
            image[top : top + rows, left : left + columns] = 0
    else:
        raise ValueError(f"no corruption '{kind}'")
    return damaged
