"""Convolutions down to the latent and back, by strides or by pooling and upsampling.

Masci et al. 2011, "Stacked convolutional auto-encoders for hierarchical feature extraction", pool; strides and
transposed convolutions (Radford et al. 2016, "Unsupervised representation learning", section 3) take a third of the
time, since no layer works at the full resolution.
"""

import math
from typing import Literal

from keras import Input, Model, layers

from stages.train.autoencoder import Autoencoder
from stages.train.networks import Filters, convolutional_decoder, convolutional_encoder, cropped, deepened, halved


def pooled_encoder(spec, filters):
    """3 x 3 convolutions with 2 x 2 pooling between them, then a dense layer to (n, latent_size).

    latent_size None: the last feature maps, flattened, are the latent.
    """
    x = images = Input(spec.image_shape, name="images")
    for i, channels in enumerate(deepened(filters, spec.image_shape)):
        if i:
            x = layers.MaxPooling2D(2, padding="same", name=f"pool_{i}")(x)
        x = layers.Conv2D(channels, 3, padding="same", activation=spec.activation, name=f"convolution_{i}")(x)
    latents = layers.Flatten(name="flat", dtype="float32")(x)
    if spec.latent_size is not None:
        latents = layers.Dense(spec.latent_size, dtype="float32", name="latent")(latents)
    return Model(images, latents, name="encoder")


def pooled_decoder(spec, filters, channels):
    """From latents (n, latent_size) to maps of `channels` channels, then convolutions with upsampling between them.

    The sizes of the encoder are retraced from the smallest up; where halving had rounded up, the last row and column
    are cropped. latent_size None: the latent is the flattened feature maps.
    """
    filters = deepened(filters[::-1], spec.image_shape)[::-1]
    sizes = halved(spec.image_shape, len(filters) - 1)
    start = (*sizes[0], channels)
    x = latents = Input((spec.latent_size or math.prod(start),), name="latents")
    if spec.latent_size is not None:
        x = layers.Dense(math.prod(start), spec.activation, name="maps")(x)
    x = layers.Reshape(start, name="reshape")(x)
    for i, (units, size) in enumerate(zip(filters, sizes, strict=True)):
        if i:
            x = cropped(layers.UpSampling2D(2, name=f"upsampling_{i}")(x), size, f"crop_{i}")
        x = layers.Conv2D(units, 3, padding="same", activation=spec.activation, name=f"convolution_{i}")(x)
    last = layers.Conv2D(spec.image_shape[2], 3, padding="same", activation=spec.output, dtype="float32", name="images")
    return Model(latents, last(x), name="decoder")


def build(
    spec,
    *,
    encoder_filters: Filters,
    decoder_filters: Filters,
    resampling: Literal["strides", "pooling"],
    latent: Literal["dense", "feature_maps"],
):
    """latent "feature_maps" leaves out the dense bottleneck: the last maps are the latent, larger than latent_size."""
    if latent == "feature_maps":
        spec = spec._replace(latent_size=None)
    if resampling == "pooling":
        encoder = pooled_encoder(spec, encoder_filters)
        decoder = pooled_decoder(spec, decoder_filters, encoder_filters[-1])
    else:
        encoder = convolutional_encoder(spec, encoder_filters)
        decoder = convolutional_decoder(spec, decoder_filters, encoder_filters[-1])
    return Autoencoder(encoder, decoder, spec.reconstruction_loss)
