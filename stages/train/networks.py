"""Encoders and decoders that several architectures share, for images of any height, width and number of channels."""

import math
from typing import Annotated

from keras import Input, Model, layers
from pydantic import Field, PositiveInt

from stages.train.settings import NetworkSpec

Hidden = list[PositiveInt]  # units of dense layers, from the first to the last
Filters = Annotated[list[PositiveInt], Field(min_length=1)]  # of convolutions, from the first to the last
SIDE = 32  # height and width up to which networks have the layers that params.yaml names, and no more
NARROWEST = 8  # filters of layers that are added for larger images


def dense_encoder(spec: NetworkSpec, hidden=(), latent_activation="linear"):
    """Images (n, *image_shape) -> flat -> one dense layer for each size in `hidden` -> (n, latent_size)."""
    images = Input(spec.image_shape, name="images")
    x = layers.Flatten(name="flat")(images)
    for i, units in enumerate(hidden):
        x = layers.Dense(units, spec.activation, name=f"dense_{i}")(x)
    latents = layers.Dense(spec.latent_size, latent_activation, dtype="float32", name="latent")(x)
    return Model(images, latents, name="encoder")


def dense_decoder(spec: NetworkSpec, hidden=()):
    """Latents (n, latent_size) -> one dense layer for each size in `hidden` -> (n, *image_shape)."""
    x = latents = Input((spec.latent_size,), name="latents")
    for i, units in enumerate(hidden):
        x = layers.Dense(units, spec.activation, name=f"dense_{i}")(x)
    x = layers.Dense(math.prod(spec.image_shape), spec.output, dtype="float32", name="pixels")(x)
    return Model(latents, layers.Reshape(spec.image_shape, name="images")(x), name="decoder")


def convolutional_encoder(spec: NetworkSpec, filters, latent_activation="linear"):
    """4 x 4 convolutions that halve height and width, rounded up, then a dense layer to (n, latent_size).

    latent_size None: the last feature maps, flattened, are the latent. Large images get further layers, see `deepened`.
    """
    x = images = Input(spec.image_shape, name="images")
    for i, channels in enumerate(deepened(filters, spec.image_shape)):
        x = layers.Conv2D(channels, 4, 2, padding="same", activation=spec.activation, name=f"convolution_{i}")(x)
    latents = layers.Flatten(name="flat", dtype="float32")(x)
    if spec.latent_size is not None:
        latents = layers.Dense(spec.latent_size, latent_activation, dtype="float32", name="latent")(latents)
    return Model(images, latents, name="encoder")


def convolutional_decoder(spec: NetworkSpec, filters, channels=None):
    """Maps of filters[0] channels, then transposed 4 x 4 convolutions that double height and width to the images.

    The sizes of an encoder with as many filters are retraced; where halving had rounded up, the last row and column
    are cropped. latent_size None: the latent is flattened maps of `channels` channels, which a 3 x 3 convolution takes.
    """
    filters = deepened(filters[::-1], spec.image_shape)[::-1]
    options, sizes = {"padding": "same", "activation": spec.activation}, halved(spec.image_shape, len(filters))
    start = (*sizes[0], filters[0] if spec.latent_size else channels)
    x = latents = Input((spec.latent_size or math.prod(start),), name="latents")
    if spec.latent_size:
        x = layers.Dense(math.prod(start), spec.activation, name="maps")(x)
    x = layers.Reshape(start, name="reshape")(x)
    if not spec.latent_size:
        x = layers.Conv2D(filters[0], 3, **options, name="maps")(x)
    for i in range(1, len(filters)):
        x = layers.Conv2DTranspose(filters[i], 4, 2, **options, name=f"convolution_{i}")(x)
        x = cropped(x, sizes[i], f"crop_convolution_{i}")
    options |= {"activation": spec.output, "dtype": "float32"}
    x = layers.Conv2DTranspose(spec.image_shape[2], 4, 2, **options, name="images")(x)
    return Model(latents, cropped(x, sizes[-1], "crop_images"), name="decoder")


def deepened(filters: list[int], image_shape: tuple[int, int, int]) -> list[int]:
    """Filters of an encoder, with one layer more at its start each time that the image's longer side doubles beyond
    SIDE. So the smallest maps, and the dense layers at them, are no larger than at SIDE. Each added layer has half the
    filters of the next, NARROWEST at least, since it works at four times as many pixels."""
    filters = list(filters)
    for _ in range(math.ceil(math.log2(max(*image_shape[:2], SIDE) / SIDE))):
        filters.insert(0, min(filters[0], max(NARROWEST, filters[0] // 2)))
    return filters


def halved(image_shape, times):
    """Heights and widths of maps from the smallest, halved so many `times` and rounded up, to the image's."""
    return [tuple(-(-side // 2**i) for side in image_shape[:2]) for i in reversed(range(times + 1))]


def cropped(x, size, name):
    """Maps x (n, height, width, channels) without what the last rows and columns have beyond `size`."""
    crop = tuple((0, side - wanted) for side, wanted in zip(x.shape[1:3], size, strict=True))
    return layers.Cropping2D(crop, name=name)(x) if x.shape[1:3] != size else x
