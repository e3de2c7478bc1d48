"""Images of any data set in the size and the channels of another."""

import numpy as np


def resized(images: np.ndarray, size: int) -> np.ndarray:
    """uint8 (n, height, width, channels) -> uint8 (n, size, size, channels), bicubic; untouched if already so."""
    if images.shape[1:3] == (size, size):
        return images
    return _bicubic(images, (len(images), size, size, images.shape[3]), size < max(images.shape[1:3]))


def stretched(image: np.ndarray, size: int) -> np.ndarray:
    """uint8 (height, width, channels) -> uint8 (size, size, channels): what `resized` makes of it among images with
    black and white. That pads every axis, also those that keep their length, and so takes hundreds of times the memory.
    """
    height, width, channels = image.shape
    if (height, width) == (size, size):
        return image
    planes = [_bicubic(image[..., i], (size, size), size < max(height, width), clip=False) for i in range(channels)]
    return np.stack(planes, axis=2)


def _bicubic(images: np.ndarray, shape: tuple[int, ...], smaller: bool, **options) -> np.ndarray:
    from skimage.transform import resize

    scaled = resize(images / 255, shape, order=3, anti_aliasing=smaller, mode="edge", **options)
    return np.rint(np.clip(scaled, 0, 1) * 255).astype(np.uint8)


def in_shape(images: np.ndarray, image_shape: tuple[int, int, int]) -> np.ndarray:
    """uint8 (n, height, width, channels) -> uint8 (n, *image_shape): resized, grey by luminance, or grey in colour."""
    size, _, channels = image_shape
    return in_channels(resized(images, size), channels)


def in_channels(images: np.ndarray, channels: int) -> np.ndarray:
    """uint8 (..., 1 or 3) -> uint8 (..., channels): grey by luminance, or grey in colour."""
    if channels == images.shape[-1]:
        return images
    if channels == 1:
        from skimage.color import rgb2gray

        return np.rint(rgb2gray(images / 255) * 255).astype(np.uint8)[..., None]
    return np.repeat(images, channels, axis=-1)
