"""Scores, maps and names of the pictures that patches are cut from, by those of the patches."""

import numpy as np

from stages.common.patches import joined


def highest(scores: np.ndarray, pictures: np.ndarray) -> np.ndarray:
    """Scores (detectors, n) of patches -> those of the pictures that they are cut from, (detectors, pictures): the
    highest of each, since a small defect lies in few patches. pictures: (n,), which one each is of"""
    return np.stack([scores[:, pictures == picture].max(axis=1) for picture in np.unique(pictures)], axis=1)


def whole_pictures(maps: np.ndarray, pictures: np.ndarray, size: int) -> np.ndarray:
    """Maps or masks (n, side, side) of patches -> those of the pictures that they are cut from, (pictures, size, size);
    where patches overlap their mean. pictures: (n,), which one each is of"""
    return np.stack([joined(maps[pictures == picture], size, size) for picture in np.unique(pictures)])


def by_picture(names: np.ndarray, pictures: np.ndarray) -> np.ndarray:
    """Names of patches (n,) -> those of the pictures that they are cut from."""
    return names[np.unique(pictures, return_index=True)[1]]
