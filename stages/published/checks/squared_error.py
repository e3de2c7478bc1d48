"""Squared error of 30 latents on MNIST (Hinton and Salakhutdinov 2006, "Reducing the dimensionality of data with neural
networks", figure 2B)."""

import numpy as np
from pydantic import NonNegativeInt, PositiveInt

from stages.evaluate.measures.image_quality import mse
from stages.train.autoencoder import predict

NETWORKS = {"pca": {}, "deep": {"hidden": [1000, 500, 250]}}
LATENTS = 30


def measure(cell, *, seeds: list[NonNegativeInt], epochs: PositiveInt) -> dict[str, list[float]]:
    """Squared error of test images, summed over the pixels of an image, not clipped."""
    data = cell.data
    train = cell.trainer(LATENTS, NETWORKS[cell.architecture])
    images, pixels = data.test / np.float32(255), np.prod(data.test.shape[1:])
    models = (train(data.train, data.validation, seed, epochs, f"{LATENTS} latents") for seed in seeds)
    return {"squared error": [float(mse(images, predict(model, data.test)).mean() * pixels) for model in models]}
