"""Residual blocks with normalisation on strided convolutions, around a dense bottleneck: the strong plain baseline.

He et al. 2016, "Identity mappings in deep residual networks": what a block adds is normalised first, its sum is left
alone. Channels are normalised within an image (Ba et al. 2016, "Layer normalization"), alike in training and after.
"""

import itertools
import math
from typing import Annotated

from keras import Input, Model, layers
from pydantic import Field, PositiveInt

from stages.train.autoencoder import Autoencoder

Filters = Annotated[list[PositiveInt], Field(min_length=1)]


def block(x, activation, name):
    """x + two 3 x 3 convolutions of its normalised self, an activation before each; the shape stays."""
    added = layers.LayerNormalization(name=f"{name}_normalization")(x)
    for i in range(2):
        added = layers.Activation(activation, name=f"{name}_activation_{i}")(added)
        added = layers.Conv2D(x.shape[-1], 3, padding="same", name=f"{name}_convolution_{i}")(added)
    return layers.Add(name=f"{name}_sum")([x, added])


def residual_encoder(image_shape, latent_size, filters, activation):
    """Images (n, *image_shape) -> for each of `filters` half the size and a block -> (n, latent_size)."""
    images = Input(image_shape, name="images")
    x = images
    for i, channels in enumerate(filters):
        x = layers.Conv2D(channels, 3, strides=2, padding="same", name=f"halve_{i}")(x)
        x = block(x, activation, f"block_{i}")
    x = layers.Activation(activation, name="activation")(x)
    x = layers.Flatten(name="flat", dtype="float32")(x)
    return Model(images, layers.Dense(latent_size, dtype="float32", name="latent")(x), name="encoder")


def double(x, channels, name, **options):
    """Maps (n, h, w, c) -> (n, 2 h, 2 w, channels): a convolution gives four pixels for one, which are then arranged
    (Shi et al. 2016, "Real-time single image and video super-resolution", section 3.2)."""
    height, width = x.shape[1:3]
    x = layers.Conv2D(4 * channels, 3, padding="same", name=name, **options)(x)
    x = layers.Reshape((height, width, 2, 2, channels), name=f"{name}_split")(x)
    x = layers.Permute((1, 3, 2, 4, 5), name=f"{name}_arranged")(x)
    return layers.Reshape((2 * height, 2 * width, channels), name=f"{name}_joined")(x)


def residual_decoder(image_shape, latent_size, filters, activation, output):
    """Latents (n, latent_size) -> the smallest maps -> for each of `filters` a block and twice the size -> images.

    Where halving had rounded up, the last row and column are cropped.
    """
    height, width, colours = image_shape
    sizes = [(-(-height // 2**i), -(-width // 2**i)) for i in reversed(range(len(filters) + 1))]
    latents = Input((latent_size,), name="latents")
    x = layers.Dense(math.prod(sizes[0]) * filters[0], name="maps")(latents)
    x = layers.Reshape((*sizes[0], filters[0]), name="reshape")(x)
    for i, (before, after) in enumerate(itertools.pairwise(sizes)):
        x = block(x, activation, f"block_{i}")
        x = layers.Activation(activation, name=f"activation_{i}")(x)
        if i + 1 < len(filters):
            x = double(x, filters[i + 1], f"double_{i}")
        else:
            x = double(x, colours, "images", activation=output, dtype="float32")
        crop = tuple((0, 2 * small - large) for small, large in zip(before, after, strict=True))
        x = layers.Cropping2D(crop, name=f"crop_{i}")(x) if crop != ((0, 0), (0, 0)) else x
    return Model(latents, x, name="decoder")


def build(image_shape, latent_size, activation, output, reconstruction_loss, *, filters: Filters):
    """filters: of the encoder, from the largest maps to the smallest; the decoder has the same, backwards."""
    encoder = residual_encoder(image_shape, latent_size, filters, activation)
    decoder = residual_decoder(image_shape, latent_size, filters[::-1], activation, output)
    return Autoencoder(encoder, decoder, reconstruction_loss)
