"""Convolutions down to the latent and back, by strides or by pooling and upsampling.

Masci et al. 2011, "Stacked convolutional auto-encoders for hierarchical feature extraction", pool; strides and
transposed convolutions (Radford et al. 2016, "Unsupervised representation learning", section 3) take a third of the
time, since no layer works at the full resolution.
"""

import math
from typing import Annotated, Literal

from keras import Input, Model, layers
from pydantic import Field, PositiveInt

from stages.train.autoencoder import Autoencoder
from stages.train.networks import convolutional_decoder, convolutional_encoder

Filters = Annotated[list[PositiveInt], Field(min_length=1)]


def pooled_encoder(image_shape, latent_size, filters, activation):
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
        latents = layers.Dense(latent_size, dtype="float32", name="latent")(latents)
    return Model(images, latents, name="encoder")


def pooled_decoder(image_shape, latent_size, channels, filters, activation, output):
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
    pixels = layers.Conv2D(colours, 3, padding="same", activation=output, dtype="float32", name="images")(x)
    return Model(latents, pixels, name="decoder")


def build(
    image_shape,
    latent_size,
    activation,
    output,
    reconstruction_loss,
    *,
    encoder_filters: Filters,
    decoder_filters: Filters,
    resampling: Literal["strides", "pooling"],
    latent: Literal["dense", "feature_maps"],
):
    """latent "feature_maps" leaves out the dense bottleneck: the last maps are the latent, larger than latent_size."""
    if latent == "feature_maps":
        latent_size = None
    channels = encoder_filters[-1]
    if resampling == "pooling":
        encoder = pooled_encoder(image_shape, latent_size, encoder_filters, activation)
        decoder = pooled_decoder(image_shape, latent_size, channels, decoder_filters, activation, output)
    else:
        encoder = convolutional_encoder(image_shape, latent_size, encoder_filters, activation)
        decoder = convolutional_decoder(image_shape, latent_size, decoder_filters, activation, output, channels)
    return Autoencoder(encoder, decoder, reconstruction_loss)
