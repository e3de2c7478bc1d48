"""Residual blocks with normalisation on strided convolutions, around a dense bottleneck: the strong plain baseline.

He et al. 2016, "Identity mappings in deep residual networks": what a block adds is normalised first, its sum is left
alone. Channels are normalised within an image (Ba et al. 2016, "Layer normalization"), alike in training and after.
"""

import math

from keras import Input, Model, layers

from stages.train.autoencoder import Autoencoder
from stages.train.networks import Filters, cropped, deepened, halved


def block(x, activation, name):
    """x + two 3 x 3 convolutions of its normalised self, an activation before each; the shape stays."""
    added = layers.LayerNormalization(name=f"{name}_normalization")(x)
    for i in range(2):
        added = layers.Activation(activation, name=f"{name}_activation_{i}")(added)
        added = layers.Conv2D(x.shape[-1], 3, padding="same", name=f"{name}_convolution_{i}")(added)
    return layers.Add(name=f"{name}_sum")([x, added])


def residual_encoder(spec, filters):
    """Images (n, *image_shape) -> for each of `filters` half the size and a block -> (n, latent_size)."""
    x = images = Input(spec.image_shape, name="images")
    for i, channels in enumerate(filters):
        x = layers.Conv2D(channels, 3, strides=2, padding="same", name=f"halve_{i}")(x)
        x = block(x, spec.activation, f"block_{i}")
    x = layers.Activation(spec.activation, name="activation")(x)
    x = layers.Flatten(name="flat", dtype="float32")(x)
    return Model(images, layers.Dense(spec.latent_size, dtype="float32", name="latent")(x), name="encoder")


def double(x, channels, name, **options):
    """Maps (n, h, w, c) -> (n, 2 h, 2 w, channels): a convolution gives four pixels for one, which are then arranged
    (Shi et al. 2016, "Real-time single image and video super-resolution", section 3.2)."""
    height, width = x.shape[1:3]
    x = layers.Conv2D(4 * channels, 3, padding="same", name=name, **options)(x)
    x = layers.Reshape((height, width, 2, 2, channels), name=f"{name}_split")(x)
    x = layers.Permute((1, 3, 2, 4, 5), name=f"{name}_arranged")(x)
    return layers.Reshape((2 * height, 2 * width, channels), name=f"{name}_joined")(x)


def residual_decoder(spec, filters):
    """Latents (n, latent_size) -> the smallest maps -> for each of `filters` a block and twice the size -> images.

    Where halving had rounded up, the last row and column are cropped.
    """
    smallest, *sizes = halved(spec.image_shape, len(filters))
    latents = Input((spec.latent_size,), name="latents")
    x = layers.Dense(math.prod(smallest) * filters[0], name="maps")(latents)
    x = layers.Reshape((*smallest, filters[0]), name="reshape")(x)
    for i, size in enumerate(sizes):
        x = block(x, spec.activation, f"block_{i}")
        x = layers.Activation(spec.activation, name=f"activation_{i}")(x)
        if i + 1 < len(filters):
            x = double(x, filters[i + 1], f"double_{i}")
        else:
            x = double(x, spec.image_shape[2], "images", activation=spec.output, dtype="float32")
        x = cropped(x, size, f"crop_{i}")
    return Model(latents, x, name="decoder")


def build(spec, *, filters: Filters):
    """filters: of the encoder, from the largest maps to the smallest; the decoder has the same, backwards. Large images
    get further blocks, see `deepened`."""
    filters = deepened(filters, spec.image_shape)
    encoder = residual_encoder(spec, filters)
    decoder = residual_decoder(spec, filters[::-1])
    return Autoencoder(encoder, decoder, spec.reconstruction_loss)
