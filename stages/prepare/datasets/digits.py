"""Handwritten digits of 8 x 8 pixels, 17 shades, 1,797 images, bundled with scikit-learn: no download.

Alpaydin and Kaynak 1998, "Optical recognition of handwritten digits", UCI machine learning repository.
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from stages.prepare.formats import Images, Published

PUBLISHED = Published(1797, None, channels=1, classes=10)


def fetch(folder: Path) -> None:
    """Write the bundled images and labels to images.npy and labels.npy."""
    digits = load_digits()
    np.save(folder / "images.npy", digits.images)
    np.save(folder / "labels.npy", digits.target)


def decode(folder: Path) -> Images:
    """1,797 images (8, 8, 1); no test split is published."""
    images = np.rint(np.load(folder / "images.npy") * (255 / 16)).astype(np.uint8)[..., None]
    return Images(images, np.load(folder / "labels.npy").astype(np.uint8), None, None, tuple("0123456789"))
