"""Budgets on large images: fewer images, or smaller ones, so that classical methods take minutes and not hours.
On images of 32 x 32 pixels and less nothing is left out."""

import numpy as np

from stages.common.subset import spread
from stages.train.components import MOST

SIDE = 32  # height and width up to which all pixels are looked at
EXAMPLES = 2000  # images from which components of very large ones are taken


def fewer(count: int, image_shape: tuple[int, ...], least: int) -> int:
    """Of so many images the number that has as many pixels as they would have at SIDE x SIDE; `least` at least."""
    return min(count, max(least, count * SIDE**2 // (image_shape[0] * image_shape[1])))


def factor(image_shape: tuple[int, ...]) -> int:
    """By how much height and width are divided so that neither is above SIDE."""
    return -(-max(image_shape[:2]) // SIDE)


def smaller(images: np.ndarray) -> np.ndarray:
    """Images (n, height, width, channels) of SIDE x SIDE pixels at most: means of blocks, float32; what is left over at
    the lower and right border is left out. Small images stay as they are."""
    by = factor(images.shape[1:])
    if by == 1:
        return images
    n, height, width, channels = images.shape
    rows, columns = height // by, width // by
    blocks = images[:, : rows * by, : columns * by].reshape(n, rows, by, columns, by, channels)
    return blocks.mean(axis=(2, 4), dtype=np.float32)


def examples(images: np.ndarray) -> np.ndarray:
    """Images (n, ...) from which all components are taken: all, but for many of many pixels, where time and memory grow
    with the third and the second power."""
    return images[spread(EXAMPLES, len(images))] if min(len(images), images[0].size) > MOST else images
