"""Negative log-likelihood of variational and importance-weighted autoencoders on binarised MNIST (Burda et al. 2016,
"Importance weighted autoencoders", table 1)."""

import numpy as np
from pydantic import NonNegativeInt, PositiveInt

from stages.common.subset import spread
from stages.evaluate.measures.likelihood import log_likelihood
from stages.evaluate.model_functions import functions_of

LATENTS = 50
HIDDEN = {"hidden": [200, 200], "decoder_scale": "optimal"}
DRAWS = 5000  # of the estimate


def binarised(images: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """uint8 images of 0 and 255: a pixel is white with the chance that its brightness says."""
    return np.where(random.random(images.shape, np.float32) < images / np.float32(255), 255, 0).astype(np.uint8)


def measure(
    subject, *, samples: PositiveInt, seeds: list[NonNegativeInt], epochs: PositiveInt, images: PositiveInt
) -> dict[str, list[float]]:
    """-log p(x) in nats per image, mean over `images` test images, from 5,000 draws of the latent each.

    samples: draws of the latent an image and step in training; training images are binarised anew for every epoch
    """
    more = {"beta": 1.0} if subject.architecture == "variational" else {"samples": samples}
    options = {"learning_rate": 0.001, "activation": "tanh", "reconstruction_loss": "binary_crossentropy"}
    train = subject.trainer(LATENTS, HIDDEN | more, batch_size=100, **options)
    data, means = subject.data, []
    splits = data.validation, data.test[spread(images, len(data.test))], data.train
    for seed in seeds:
        random = np.random.default_rng(seed)
        validation, test, current = (binarised(split, random) for split in splits)

        def again(epoch, loss, current=current, random=random):
            current[:] = binarised(data.train, random)

        functions = functions_of(train(current, validation, seed, epochs, f"{samples} samples", after_epoch=again))
        likelihoods = log_likelihood(functions.posterior, functions.decode, test / np.float32(255), DRAWS, seed)
        means.append(float(-likelihoods.mean()))
    return {f"negative log-likelihood, {samples} samples": means}
