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


def dense_decoder(image_shape, latent_size, hidden=(), activation="relu", output_activation="sigmoid"):
    """Latents (n, latent_size) -> one dense layer for each size in `hidden` -> (n, *image_shape)."""
    latents = Input((latent_size,), name="latents")
    x = latents
    for i, units in enumerate(hidden):
        x = layers.Dense(units, activation, name=f"dense_{i}")(x)
    x = layers.Dense(math.prod(image_shape), output_activation, dtype="float32", name="pixels")(x)
    return Model(latents, layers.Reshape(image_shape, name="images")(x), name="decoder")


def convolutional_encoder(image_shape, latent_size, filters, activation="relu", latent_activation="linear"):
    """3 x 3 convolutions with 2 x 2 pooling between them, then a dense layer to (n, latent_size).

    latent_size None: the last feature maps, flattened, are the latent.
    """
    images = Input(image_shape, name="images")
    x = images
    for i, channels in enumerate(filters):
        if i:
            x = layers.MaxPooling2D(2, padding="same", name=f"pool_{i}")(x)
        x = layers.Conv2D(channels, 3, padding="same", activation=activation, name=f"convolution_{i}")(x)
    latents = layers.Flatten(name="flat", dtype="float32")(x)
    if latent_size is not None:
        latents = layers.Dense(latent_size, latent_activation, dtype="float32", name="latent")(latents)
    return Model(images, latents, name="encoder")


def convolutional_decoder(image_shape, latent_size, channels, filters, activation="relu"):
    """From latents (n, latent_size) to maps of `channels` channels, then convolutions with upsampling between them.

    The sizes of the encoder are retraced from the smallest up; where halving had rounded up, the last row and column
    are cropped. latent_size None: the latent is the flattened feature maps.
    """
    height, width, colours = image_shape
    levels = len(filters)
    sizes = [(-(-height // 2**i), -(-width // 2**i)) for i in reversed(range(levels))]
    start = (*sizes[0], channels)
    latents = Input((latent_size or math.prod(start),), name="latents")
    x = latents
    if latent_size is not None:
        x = layers.Dense(math.prod(start), activation, name="maps")(x)
    x = layers.Reshape(start, name="reshape")(x)
    for i, (units, size) in enumerate(zip(filters, sizes, strict=True)):
        if i:
            x = layers.UpSampling2D(2, name=f"upsampling_{i}")(x)
            crop = tuple((0, 2 * before - after) for before, after in zip(sizes[i - 1], size, strict=True))
            x = layers.Cropping2D(crop, name=f"crop_{i}")(x) if crop != ((0, 0), (0, 0)) else x
        x = layers.Conv2D(units, 3, padding="same", activation=activation, name=f"convolution_{i}")(x)
    pixels = layers.Conv2D(colours, 3, padding="same", activation="sigmoid", dtype="float32", name="images")(x)
    return Model(latents, pixels, name="decoder")
