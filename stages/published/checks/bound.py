"""Evidence lower bound of a small convolutional variational autoencoder with 2 latents on MNIST ("Variational
autoencoder", keras.io)."""

import numpy as np
from keras import Input, Model, layers
from pydantic import NonNegativeInt, PositiveInt

from stages.published.subject import PLAIN
from stages.train.objectives.variational import Variational

LATENTS = 2
TRAINING = PLAIN | {"learning_rate": 0.001, "activation": "relu", "reconstruction_loss": "binary_crossentropy"}


def network(spec) -> Variational:
    """3 x 3 convolutions with strides of 32 and 64 filters and a dense layer of 16; transposed ones back."""
    options = {"padding": "same", "activation": spec.activation}
    x = images = Input(spec.image_shape)
    for filters in (32, 64):
        x = layers.Conv2D(filters, 3, 2, **options)(x)
    height, width = x.shape[1:3]
    x = layers.Dense(16, spec.activation)(layers.Flatten()(x))
    encoder = Model(images, layers.Dense(2 * spec.latent_size)(x), name="encoder")
    x = latents = Input((spec.latent_size,))
    x = layers.Reshape((height, width, 64))(layers.Dense(height * width * 64, spec.activation)(x))
    for filters in (64, 32):
        x = layers.Conv2DTranspose(filters, 3, 2, **options)(x)
    x = layers.Conv2DTranspose(spec.image_shape[2], 3, padding="same", activation=spec.output)(x)
    return Variational(encoder, Model(latents, x, name="decoder"), spec.reconstruction_loss)


def measure(subject, *, seeds: list[NonNegativeInt], epochs: PositiveInt) -> dict[str, list[float]]:
    """Binary cross-entropy and KL in nats per image, by one draw of the latent each, and their sum: the means over the
    last epoch of training, on the images of all splits."""
    data, train, losses = subject.on_all_training_images().data, subject.trainer(LATENTS, network, **TRAINING), []
    images = np.concatenate([data.train, data.test])
    for seed in seeds:
        curves = {}  # type: dict[str, list[float]]
        train(images, data.validation, seed, epochs, f"{LATENTS} latents", curves=curves)
        losses.append([curves[term][-1] for term in ("loss", "reconstruction", "kl")])
    return dict(
        zip(("reconstruction and KL", "reconstruction", "KL"), map(list, zip(*losses, strict=True)), strict=True)
    )
