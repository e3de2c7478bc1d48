"""Encoders and decoders that several architectures share, for images of any height, width and number of channels."""

import math

from keras import Input, Model, layers


def dense_encoder(image_shape, latent_size, hidden=(), activation="relu", latent_activation="linear"):
    """Images (n, *image_shape) -> flat -> one dense layer for each size in `hidden` -> (n, latent_size)."""
    images = Input(image_shape, name="images")
    x = layers.Flatten(name="flat")(images)
    for i, units in enumerate(hidden):
        x = layers.Dense(units, activation, name=f"dense_{i}")(x)
    latents = layers.Dense(latent_size, latent_activation, dtype="float32", name="latent")(x)
    return Model(images, latents, name="encoder")


def dense_decoder(image_shape, latent_size, hidden=(), activation="relu", output="sigmoid"):
    """Latents (n, latent_size) -> one dense layer for each size in `hidden` -> (n, *image_shape)."""
    latents = Input((latent_size,), name="latents")
    x = latents
    for i, units in enumerate(hidden):
        x = layers.Dense(units, activation, name=f"dense_{i}")(x)
    x = layers.Dense(math.prod(image_shape), output, dtype="float32", name="pixels")(x)
    return Model(latents, layers.Reshape(image_shape, name="images")(x), name="decoder")


def convolutional_encoder(image_shape, latent_size, filters, activation="relu", latent_activation="linear"):
    """4 x 4 convolutions that halve height and width, rounded up, then a dense layer to (n, latent_size).

    latent_size None: the last feature maps, flattened, are the latent.
    """
    images = Input(image_shape, name="images")
    x = images
    for i, channels in enumerate(filters):
        x = layers.Conv2D(channels, 4, 2, padding="same", activation=activation, name=f"convolution_{i}")(x)
    latents = layers.Flatten(name="flat", dtype="float32")(x)
    if latent_size is not None:
        latents = layers.Dense(latent_size, latent_activation, dtype="float32", name="latent")(latents)
    return Model(images, latents, name="encoder")


def convolutional_decoder(image_shape, latent_size, filters, activation="relu", output="sigmoid", channels=None):
    """Maps of filters[0] channels, then transposed 4 x 4 convolutions that double height and width to the images.

    The sizes of an encoder with as many filters are retraced; where halving had rounded up, the last row and column
    are cropped. latent_size None: the latent is flattened maps of `channels` channels, which a 3 x 3 convolution takes.
    """
    height, width, colours = image_shape
    sizes = [(-(-height // 2**i), -(-width // 2**i)) for i in reversed(range(len(filters) + 1))]
    start = (*sizes[0], filters[0] if latent_size else channels)
    latents = Input((latent_size or math.prod(start),), name="latents")
    x = layers.Dense(math.prod(start), activation, name="maps")(latents) if latent_size else latents
    x = layers.Reshape(start, name="reshape")(x)
    if not latent_size:
        x = layers.Conv2D(filters[0], 3, padding="same", activation=activation, name="maps")(x)
    kinds = [*({"activation": activation, "name": f"convolution_{i}"} for i in range(1, len(filters)))]
    kinds += [{"activation": output, "name": "images", "dtype": "float32"}]
    for units, kind, before, after in zip([*filters[1:], colours], kinds, sizes, sizes[1:], strict=False):
        x = layers.Conv2DTranspose(units, 4, 2, padding="same", **kind)(x)
        crop = tuple((0, 2 * small - large) for small, large in zip(before, after, strict=True))
        x = layers.Cropping2D(crop, name=f"crop_{kind['name']}")(x) if crop != ((0, 0), (0, 0)) else x
    return Model(latents, x, name="decoder")
