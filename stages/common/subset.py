"""Subsets of images that are the same for every architecture."""

import numpy as np


def spread(count: int, n: int) -> np.ndarray:
    """Indices of `count` of n images, evenly spaced; all where n is smaller."""
    return np.linspace(0, n - 1, min(count, n)).round().astype(int)
