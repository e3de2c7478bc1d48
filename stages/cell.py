"""What tasks and pictures see of a trained cell: functions and arrays, no model class, no files."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Functions(NamedTuple):
    """What a model can do; None where an architecture cannot."""

    encode: Callable  # uint8 images (n, height, width, channels) -> latents (n, latent_size)
    decode: Callable  # latents (n, latent_size) -> float images (n, height, width, channels)
    posterior: Callable | None = None  # uint8 images -> means and log variances, each (n, latent_size)
    sample: Callable | None = None  # (n, seed) -> float images (n, height, width, channels), from the prior
    sample_mixture: Callable | None = None  # the same from a mixture of Gaussians fitted to the training latents
    code: Callable | None = None  # uint8 images -> whole numbers (n, positions), of a discrete latent
    codebook_size: int | None = None  # those numbers are below it


class Data(NamedTuple):
    """A prepared data set: uint8 images (n, height, width, channels), labels (n,) or None."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    train_labels: np.ndarray | None
    validation_labels: np.ndarray | None
    test_labels: np.ndarray | None
    showcase: np.ndarray  # indices of the test images that pictures show
    outliers: np.ndarray | None = None  # uint8 images of the same shape from another data set
    features: Callable | None = None  # images -> (n, units), of a frozen network of this data set's own domain
    baselines: dict | None = None  # task -> name -> scores, with the first seed, of methods that are no network
