"""Patches of large images, on which networks see what is small, and images put together again from patches."""

import numpy as np


def starts(length: int, side: int) -> np.ndarray:
    """Where patches of that side begin along a length: as many as cover it, evenly spread; they overlap where the side
    does not divide the length. Raises ValueError where a patch is longer."""
    if side > length:
        raise ValueError(f"a patch of {side} pixels does not fit into {length}")
    return np.linspace(0, length - side, -(-length // side)).round().astype(int)


def cut(image: np.ndarray, side: int) -> np.ndarray:
    """Image or map (height, width, ...) -> its patches (n, side, side, ...), row by row."""
    height, width = image.shape[:2]
    corners = ((y, x) for y in starts(height, side) for x in starts(width, side))
    return np.stack([image[y : y + side, x : x + side] for y, x in corners])


def joined(patches: np.ndarray, height: int, width: int) -> np.ndarray:
    """Patches (n, side, side, ...) as `cut` gives them, or maps of such patches -> (height, width, ...), float64; where
    patches overlap their mean."""
    side = patches.shape[1]
    total = np.zeros((height, width, *patches.shape[3:]))
    count = np.zeros((height, width) + (1,) * (patches.ndim - 3))
    corners = [(y, x) for y in starts(height, side) for x in starts(width, side)]
    for patch, (y, x) in zip(patches, corners, strict=True):
        total[y : y + side, x : x + side] += patch
        count[y : y + side, x : x + side] += 1
    return total / count


def count(whole: int | None, side: int) -> int:
    """The number of patches of a square image of that size; 1 where it is not cut (None)."""
    return 1 if whole is None else len(starts(whole, side)) ** 2
