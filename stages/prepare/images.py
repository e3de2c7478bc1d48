"""Images of any data set in the size and the channels of another."""

import numpy as np
from skimage.color import rgb2gray
from skimage.transform import resize


def resized(images: np.ndarray, size: int) -> np.ndarray:
    """uint8 (n, height, width, channels) -> uint8 (n, size, size, channels), bicubic; untouched if already so."""
    if images.shape[1:3] == (size, size):
        return images
    shape = (len(images), size, size, images.shape[3])
    smaller = size < max(images.shape[1:3])
    scaled = resize(images / 255, shape, order=3, anti_aliasing=smaller, mode="edge")
    return np.rint(np.clip(scaled, 0, 1) * 255).astype(np.uint8)


def in_shape(images: np.ndarray, image_shape: tuple[int, int, int]) -> np.ndarray:
    """uint8 (n, height, width, channels) -> uint8 (n, *image_shape): resized, grey by luminance, or grey in colour."""
    size, _, channels = image_shape
    images = resized(images, size)
    if channels == images.shape[3]:
        return images
    if channels == 1:
        return np.rint(rgb2gray(images / 255) * 255).astype(np.uint8)[..., None]
    return np.repeat(images, channels, axis=3)
