"""Images of any data set in the size and the channels of another."""

import numpy as np
from PIL import Image, ImageOps


def resized(images: np.ndarray, size: int) -> np.ndarray:
    """uint8 (n, height, width, channels) -> uint8 (n, size, size, channels), bicubic; untouched if already so."""
    if images.shape[1:3] == (size, size):
        return images
    return np.stack([stretched(image, size) for image in images])


def stretched(image: np.ndarray, size: int) -> np.ndarray:
    """uint8 (height, width, channels) -> uint8 (size, size, channels), bicubic, channel by channel: of several axes
    scikit-image filters also those that keep their length, which takes ten times as long."""
    from skimage.transform import resize

    height, width, channels = image.shape
    if (height, width) == (size, size):
        return image
    options = {"order": 3, "anti_aliasing": size < max(height, width), "mode": "edge", "clip": False}
    scaled = np.dstack([resize(image[..., i] / 255, (size, size), **options) for i in range(channels)])
    return np.rint(np.clip(scaled, 0, 1) * 255).astype(np.uint8)


def fitted(pixels: np.ndarray, size: int, fit: str, by: Image.Resampling = Image.Resampling.BICUBIC) -> np.ndarray:
    """uint8 (height, width, channels), or float32 of one channel -> (size, size, channels), with anti-aliasing, its
    aspect ratio kept.

    fit "crop": the square in the middle; "pad": all of it, with its border repeated above and below or at the sides
    """
    height, width, channels = pixels.shape
    image = Image.fromarray(pixels[..., 0] if channels == 1 else pixels)
    if fit == "crop":
        return np.asarray(ImageOps.fit(image, (size, size), by)).reshape(size, size, channels)
    inner = [max(1, round(size * length / max(height, width))) for length in (height, width)]
    small = np.asarray(image.resize(inner[::-1], by)).reshape(*inner, channels)
    before = [(size - length) // 2 for length in inner]
    margins = [(first, size - length - first) for first, length in zip(before, inner, strict=True)]
    return np.pad(small, [*margins, (0, 0)], mode="edge")


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
