"""Squared error of 30 latents on MNIST (Hinton and Salakhutdinov 2006, "Reducing the dimensionality of data with neural
networks", figure 2B)."""

import numpy as np
from pydantic import NonNegativeInt, PositiveInt

from stages.evaluate.measures.image_quality import mse
from stages.train.autoencoder import predict

NETWORKS = {"pca": {}, "deep": {"hidden": [1000, 500, 250]}}
LATENTS = 30


def measure(subject, *, seeds: list[NonNegativeInt], epochs: PositiveInt) -> dict[str, list[float]]:
    """Squared error of test images, summed over the pixels of an image, not clipped."""
    network, test = NETWORKS[subject.architecture], subject.data.test
    models = subject.on_all_training_images().models(seeds, epochs, LATENTS, network)
    errors = (mse(test / np.float32(255), predict(model, test)).mean() for model in models)
    return {"squared error": [float(error * np.prod(test.shape[1:])) for error in errors]}
