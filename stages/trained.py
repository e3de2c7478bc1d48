"""Reads a trained cell from disk and wraps it in functions. Keras is imported late: runtime.start comes first."""

from pathlib import Path

import numpy as np

from stages.catalogue import load
from stages.cell import Data, Functions


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
        code=(lambda images: predict(model.code, images)) if hasattr(model, "code") else None,
        codebook_size=getattr(model, "codebook_size", None),
    )
