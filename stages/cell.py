"""What tasks and pictures see of a trained cell: functions and arrays, no model class, no files."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Functions(NamedTuple):
    """What a model can do; None where an architecture cannot."""

    encode: Callable  # uint8 images (n, height, width, channels) -> latents (n, latent_size)
    decode: Callable  # latents (n, latent_size) -> float images (n, height, width, channels)
    posterior: Callable | None  # uint8 images -> means and log variances, each (n, latent_size)
    sample: Callable | None  # (n, seed) -> float images (n, height, width, channels), from the prior
    code: Callable | None  # uint8 images -> whole numbers (n, positions) below codebook_size, of a discrete latent
    codebook_size: int | None


class Data(NamedTuple):
    """A prepared data set: uint8 images (n, height, width, channels), labels (n,) or None."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    train_labels: np.ndarray | None
    validation_labels: np.ndarray | None
    test_labels: np.ndarray | None
    showcase: np.ndarray  # indices of the test images that pictures show
