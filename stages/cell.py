"""A trained cell as tasks and pictures see it: functions and arrays, no model class, no files."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from stages.catalogue import load


class Functions(NamedTuple):
    """What a model can do; None where an architecture cannot."""

    encode: Callable  # uint8 images (n, height, width, channels) -> latents (n, latent_size)
    decode: Callable  # latents (n, latent_size) -> float images (n, height, width, channels)
    posterior: Callable | None  # uint8 images -> means and log variances, each (n, latent_size)
    sample: Callable | None  # (n, seed) -> float images (n, height, width, channels), from the prior


class Data(NamedTuple):
    """A prepared data set: uint8 images (n, height, width, channels), labels (n,) or None."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    train_labels: np.ndarray | None
    validation_labels: np.ndarray | None
    test_labels: np.ndarray | None
    showcase: np.ndarray  # indices of the test images that pictures show


def load_data(dataset: str) -> Data:
    """What the prepare stage wrote."""
    arrays = np.load(f"data/prepared/{dataset}/images.npz")
    return Data(*(arrays.get(name) for name in Data._fields))


def load_model(path: str | Path, architecture: str):
    """A trained Autoencoder; importing its architecture registers its classes with Keras."""
    load("architectures", architecture)
    import keras

    return keras.models.load_model(path)


def functions_of(model) -> Functions:
    """Wrap a trained Autoencoder in functions that take and give numpy arrays of any length."""
    from stages.autoencoder import predict

    def posterior(images):
        means = predict(lambda batch: model.posterior(batch)[0], images)
        return means, predict(lambda batch: model.posterior(batch)[1], images)

    return Functions(
        encode=lambda images: predict(model.encode, images),
        decode=lambda latents: predict(model.decode, latents),
        posterior=posterior if hasattr(model, "posterior") else None,
        sample=(lambda n, seed: np.asarray(model.sample(n, seed))) if model.generative else None,
    )
