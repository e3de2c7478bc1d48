"""Linear probe on spatial latents of convolutional networks (Berthelot et al. 2019, "Understanding and improving
interpolation in autoencoders via an adversarial regularizer", section 5; networks: github.com/brain-research/acai)."""

import numpy as np
from keras import Input, Model, initializers, layers
from pydantic import NonNegativeInt, PositiveInt

from stages.common.registry import load
from stages.evaluate.model_functions import functions_of
from stages.evaluate.tasks import features
from stages.train.autoencoder import Autoencoder
from stages.train.objectives.denoising import Denoising
from stages.train.objectives.variational import Variational

SIDE, SCALES, BATCH_SIZE = 32, 3, 64  # pixels of an image; how often they are halved
CHANNELS = {"mnist": 2, "cifar10": 16}  # of the latent, which is 4 x 4 of them
LEAK = 0.2  # of Keras' leaky rectifier
STRENGTH = 0.5  # standard deviation of the denoiser's noise: 1 where images go from -1 to 1
CODES, COMMITMENT = 128, 0.1


def convolution(x, filters: int, activation: str = "leaky_relu", size: int = 3):
    """A convolution of the same height and width, its weights drawn as for a leaky rectifier (He et al. 2015)."""
    draw = initializers.RandomNormal(stddev=((1 + LEAK**2) * size**2 * x.shape[-1]) ** -0.5)
    return layers.Conv2D(filters, size, padding="same", activation=activation, kernel_initializer=draw)(x)


def encoded(x, filters: int, channels: int):
    """Maps of 4 x 4: at each of three sizes two convolutions, then a mean over 2 x 2; filters double with each size."""
    x = convolution(x, filters, "linear", size=1)
    for scale in range(SCALES):
        for _ in range(2):
            x = convolution(x, filters << scale)
        x = layers.AveragePooling2D(2)(x)
    return convolution(convolution(x, filters << SCALES), channels, "linear")


def decoded(x, filters: int, spec):
    """The way back: at each size two convolutions, then each value four times."""
    for scale in reversed(range(SCALES)):
        for _ in range(2):
            x = convolution(x, filters << scale)
        x = layers.UpSampling2D(2)(x)
    return convolution(convolution(x, filters), spec.image_shape[2], spec.output)


def network(spec, architecture: str, filters: int, channels: int) -> Autoencoder:
    """The published encoder and decoder with the latent of one architecture."""
    images = Input(spec.image_shape)
    maps = encoded(images, filters, channels)
    flat, grid = layers.Flatten(name="latent")(maps), maps.shape[1:]
    latents = Input(flat.shape[1:])
    quantised = architecture == "vector_quantized"
    module = load("architectures", "vector_quantized") if quantised else None
    begin = module.Codebook(CODES, channels, name="codebook")(latents) if quantised else latents
    decoder = Model(latents, decoded(layers.Reshape(grid)(begin), filters, spec), name="decoder")
    if architecture == "convolutional_variational":
        both = layers.Concatenate()([layers.Dense(flat.shape[1])(flat) for _ in range(2)])
        return Variational(Model(images, both, name="encoder"), decoder, spec.reconstruction_loss)
    encoder = Model(images, flat, name="encoder")
    if quantised:
        return module.VectorQuantized(encoder, decoder, spec.reconstruction_loss, commitment=COMMITMENT)
    if architecture == "convolutional_denoising":
        return Denoising(encoder, decoder, spec.reconstruction_loss, strength=STRENGTH)
    return Autoencoder(encoder, decoder, spec.reconstruction_loss)


def padded(images: np.ndarray) -> np.ndarray:
    """Images with black around them, up to SIDE pixels."""
    margin = (SIDE - images.shape[1]) // 2
    return np.pad(images, ((0, 0), (margin, margin), (margin, margin), (0, 0)))


def measure(
    subject, *, filters: PositiveInt, seeds: list[NonNegativeInt], epochs: PositiveInt
) -> dict[str, list[float]]:
    """Accuracy on test images of logistic regression on the latents of all training images.

    filters: of the first convolution
    """
    data = subject.on_all_training_images().data
    data = data._replace(**{split: padded(getattr(data, split)) for split in ("train", "validation", "test")})
    bernoulli = subject.architecture == "convolutional_variational"
    options = {"reconstruction_loss": "binary_crossentropy"} if bernoulli else {"output": "linear"}
    channels = CHANNELS[subject.dataset]
    models = subject._replace(data=data).models(
        seeds,
        epochs,
        (SIDE >> SCALES) ** 2 * channels,
        lambda spec: network(spec, subject.architecture, filters, channels),
        BATCH_SIZE,
        **options,
    )
    scores = (features.score(functions_of(model), data, seed) for seed, model in zip(seeds, models, strict=True))
    return {"accuracy": [values["probe_all"] for values in scores]}  # type: ignore[misc]
