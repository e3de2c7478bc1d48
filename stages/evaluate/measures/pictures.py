"""Scores, maps and names of the pictures that patches are cut from, by those of the patches.

pictures: whole numbers (n,), the picture that each is a patch of; None where images are no patches.
"""

import numpy as np

from stages.common.patches import joined


def highest(scores: np.ndarray, pictures: np.ndarray | None) -> np.ndarray:
    """Scores (detectors, n) of patches -> those of the pictures, (detectors, pictures): the highest of each, since a
    small defect lies in few patches."""
    if pictures is None:
        return scores
    return np.stack([scores[:, pictures == picture].max(axis=1) for picture in np.unique(pictures)], axis=1)


def whole_pictures(maps: np.ndarray, pictures: np.ndarray | None, size: int | None) -> np.ndarray:
    """Maps or masks (n, side, side) of patches -> those of the pictures, (pictures, size, size); where patches overlap
    their mean."""
    if pictures is None:
        return maps
    return np.stack([joined(maps[pictures == picture], size, size) for picture in np.unique(pictures)])


def by_picture(names: np.ndarray, pictures: np.ndarray | None) -> np.ndarray:
    """Names of patches (n,) -> those of the pictures."""
    return names if pictures is None else names[np.unique(pictures, return_index=True)[1]]
