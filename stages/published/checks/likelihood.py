"""Negative log-likelihood of variational and importance-weighted autoencoders on binarised MNIST (Burda et al. 2016,
"Importance weighted autoencoders", table 1)."""

import numpy as np
from pydantic import NonNegativeInt, PositiveInt

from stages.common.subset import spread
from stages.evaluate.functions import functions_of
from stages.evaluate.measures.likelihood import log_likelihood

LATENTS = 50
HIDDEN = {"hidden": [200, 200], "decoder_scale": "optimal"}
DRAWS = 5000  # of the estimate


def binarised(images: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """uint8 images of 0 and 255: a pixel is white with the chance that its brightness says."""
    return np.where(random.random(images.shape, np.float32) < images / np.float32(255), 255, 0).astype(np.uint8)


def measure(
    cell, *, samples: PositiveInt, seeds: list[NonNegativeInt], epochs: PositiveInt, images: PositiveInt
) -> dict[str, list[float]]:
    """-log p(x) in nats per image, mean over `images` test images, from 5,000 draws of the latent each.

    samples: draws of the latent an image and step in training; training images are binarised anew for every epoch
    """
    own = {"beta": 1.0} if cell.architecture == "variational" else {"samples": samples}
    train = cell.trainer(
        LATENTS,
        HIDDEN | own,
        batch_size=100,
        learning_rate=0.001,
        activation="tanh",
        reconstruction_loss="binary_crossentropy",
    )
    data, found = cell.data, []
    for seed in seeds:
        random = np.random.default_rng(seed)
        validation, test = (
            binarised(own, random) for own in (data.validation, data.test[spread(images, len(data.test))])
        )
        current = binarised(data.train, random)

        def again(epoch, loss, current=current, random=random):
            current[:] = binarised(data.train, random)

        functions = functions_of(train(current, validation, seed, epochs, f"{samples} samples", after_epoch=again))
        likelihoods = log_likelihood(functions.posterior, functions.decode, test / np.float32(255), DRAWS, seed)
        found.append(float(-likelihoods.mean()))
    return {f"negative log-likelihood, {samples} samples": found}
