"""Binary cross-entropy of small autoencoders on MNIST ("Building autoencoders in Keras", blog.keras.io)."""

import numpy as np
from pydantic import NonNegativeInt, PositiveInt

from stages.train.autoencoder import binary_crossentropy, predict

NETWORKS = {  # latents and the architecture's own settings
    "vanilla": (32, {"latent_activation": "relu"}),
    "deep": (32, {"hidden": [128, 64]}),
    "convolutional": (
        None,  # the last maps are the latent: 4 x 4 x 8
        {
            "encoder_filters": [16, 8, 8, 8],
            "decoder_filters": [8, 8, 8, 16],
            "resampling": "pooling",
            "latent": "feature_maps",
        },
    ),
}


def measure(cell, *, seeds: list[NonNegativeInt], epochs: PositiveInt) -> dict[str, list[float]]:
    """Binary cross-entropy of test images per pixel, in nats."""
    data = cell.data
    images, pixels = data.test / np.float32(255), np.prod(data.test.shape[1:])
    train = cell.trainer(
        *NETWORKS[cell.architecture], batch_size=256, activation="relu", reconstruction_loss="binary_crossentropy"
    )
    models = (train(data.train, data.validation, seed, epochs, "cross-entropy") for seed in seeds)
    errors = (binary_crossentropy(images, predict(model, data.test)) for model in models)
    return {"cross-entropy": [float(np.mean(own) / pixels) for own in errors]}
