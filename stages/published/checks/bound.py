"""Evidence lower bound of a small convolutional variational autoencoder with 2 latents on MNIST ("Variational
autoencoder", keras.io)."""

import numpy as np
from keras import ops
from pydantic import NonNegativeInt, PositiveInt

from stages.train.autoencoder import predict, scaled

LATENTS = 2
NETWORK = {"encoder_filters": [32, 64], "decoder_filters": [64, 32], "beta": 1.0, "decoder_scale": "optimal"}


def measure(cell, *, seeds: list[NonNegativeInt], epochs: PositiveInt) -> dict[str, list[float]]:
    """Binary cross-entropy and KL of test images in nats per image, by one draw of the latent each; and their sum."""
    data, found = cell.data, []
    train = cell.trainer(LATENTS, NETWORK, activation="relu", reconstruction_loss="binary_crossentropy")
    for seed in seeds:
        model = train(data.train, data.validation, seed, epochs, f"{LATENTS} latents")

        def terms(batch, model=model):
            return ops.stack(list(model.loss_terms(scaled(batch), training=False).values()), axis=1)

        found.append(predict(terms, data.test).mean(axis=0, dtype=np.float64))
    by_term = {name: [float(own[i]) for own in found] for i, name in enumerate(("reconstruction", "KL"))}
    return {"reconstruction and KL": [float(own.sum()) for own in found]} | by_term
