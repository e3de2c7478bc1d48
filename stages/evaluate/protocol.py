"""Interface of a task: it sees functions, arrays and a seed, never a model class or a file."""

from collections.abc import Callable
from typing import NamedTuple, Optional

import numpy as np


class Functions(NamedTuple):
    """Functions of a trained model; None where an architecture does not have one."""

    encode: Callable  # uint8 images (n, height, width, channels) -> latents (n, latent_size)
    decode: Callable  # latents (n, latent_size) -> float images (n, height, width, channels)
    posterior: Callable | None = None  # uint8 images -> means and log variances, each (n, latent_size)
    sample: Callable | None = None  # (n, seed) -> float images (n, height, width, channels), from the prior
    sample_mixture: Callable | None = None  # the same from a mixture of Gaussians fitted to the training latents
    code: Callable | None = None  # uint8 images -> whole numbers (n, positions), of a discrete latent
    codebook_size: int | None = None  # those numbers are below it
    seen: Optional["Functions"] = None  # of a second model, trained on images of the seen classes only


class Data(NamedTuple):
    """A prepared data set: uint8 images (n, height, width, channels), labels (n,) or None."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    train_labels: np.ndarray | None
    validation_labels: np.ndarray | None
    test_labels: np.ndarray | None
    shown: np.ndarray  # indices of the test images that pictures show
    anomalies: np.ndarray | None = None  # uint8 images of the same shape from another data set
    classes: list[str] | None = None  # names; labels are indices into them
    seen_classes: list[int] | None = None  # labels that the second model has seen; None or empty without labels
    features: Callable | None = None  # images -> (n, units), of a frozen network of this data set's own domain
    references: dict | None = None  # task -> name -> scores, with the first seed, of methods without a network
