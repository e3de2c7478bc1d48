"""Handwritten digits of 8 x 8 pixels, 17 shades, 1,797 images, bundled with scikit-learn: no download.

Alpaydin and Kaynak 1998, "Optical recognition of handwritten digits", UCI machine learning repository.
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from stages.formats import Images


def fetch(folder: Path) -> None:
    """Write the bundled images and labels to folder/digits.npz."""
    digits = load_digits()
    np.savez(folder / "digits.npz", images=digits.images, labels=digits.target)


def decode(folder: Path) -> Images:
    """1,797 images (8, 8, 1); no test split is published."""
    content = np.load(folder / "digits.npz")
    images = np.rint(content["images"] * (255 / 16)).astype(np.uint8)[..., None]
    return Images(images, content["labels"].astype(np.uint8), None, None, tuple("0123456789"))
