"""Interface of a task: it sees functions, arrays and a seed, never a model class or a file.

Its warnings see metrics alone. They are read where nothing is measured: what takes long to import, such as
scikit-learn, a task imports when it scores.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Optional

import numpy as np

Scores = dict[str, float | list]  # measure -> score of one seed; what is not one number is a list
Warnings = Iterator[tuple[str, str, str]]  # what is wrong, with whom, and the figures


class Mixture(NamedTuple):
    """A mixture of Gaussians on latents of k numbers, of which it knows what lies on some axes."""

    gaussians: Any  # sklearn.mixture.GaussianMixture, full covariances, of latents @ axes
    axes: np.ndarray  # (k, d), orthonormal
    rest: np.ndarray  # (k,), the mean latent beside these axes


class Functions(NamedTuple):
    """Functions of a trained model; None where an architecture does not have one."""

    encode: Callable | None  # uint8 images (n, height, width, channels) -> latents (n, latent_size)
    decode: Callable  # latents (n, latent_size), or images where there is no latent -> float images (n, ..., channels)
    posterior: Callable | None = None  # uint8 images -> means and log variances, each (n, latent_size)
    sample: Callable | None = None  # (n, seed) -> float images (n, height, width, channels), from the prior
    sample_mixture: Callable | None = None  # the same from a mixture of Gaussians fitted to the training latents
    mixture: Callable | None = None  # seed -> that Mixture
    coder: Callable | None = None  # () -> the latent_coder.Coder fitted to the training latents
    train: np.ndarray | None = None  # uint8 images that it was trained on
    code: Callable | None = None  # uint8 images -> whole numbers (n, positions), of a discrete latent
    codebook_size: int | None = None  # those numbers are below it
    seen: Optional["Functions"] = None  # of a second model, trained on images of the seen classes only
    kept: dict | None = None  # name -> what a task has fitted to this model and asks for again

    def reconstruct(self, images: np.ndarray) -> np.ndarray:
        """uint8 images (n, height, width, channels) -> float images of the same shape; denoised, by some."""
        return self.decode(images if self.encode is None else self.encode(images))


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
    references: dict | None = None  # task -> name -> scores, with the first seed, of classical methods
    validation_pictures: np.ndarray | None = None  # whole numbers (n,): the picture that each image is a patch of
    test_pictures: np.ndarray | None = None
    anomalies_pictures: np.ndarray | None = None
    anomaly_kinds: np.ndarray | None = None  # names (n,) of the kinds of the anomalies, where the user gave them
    anomaly_masks: np.ndarray | None = None  # uint8 (n, height, width), 1 where the defect is; all 0: unknown
    whole: int | None = None  # height and width of the pictures that images are patches of
    private: bool = False  # no picture of an image may get into a file that Git tracks
