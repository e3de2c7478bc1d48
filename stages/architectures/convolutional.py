"""Convolutions with pooling down to the latent, convolutions with upsampling back.

Masci et al. 2011, "Stacked convolutional auto-encoders for hierarchical feature extraction".
"""

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from stages.train.autoencoder import Autoencoder
from stages.train.networks import convolutional_decoder, convolutional_encoder

Filters = Annotated[list[PositiveInt], Field(min_length=1)]


def build(
    image_shape,
    latent_size,
    activation,
    reconstruction_loss,
    *,
    encoder_filters: Filters,
    decoder_filters: Filters,
    latent: Literal["dense", "feature_maps"],
):
    """latent "feature_maps" leaves out the dense bottleneck: the last maps are the latent, larger than latent_size."""
    if latent == "feature_maps":
        latent_size = None
    encoder = convolutional_encoder(image_shape, latent_size, encoder_filters, activation)
    decoder = convolutional_decoder(image_shape, latent_size, encoder_filters[-1], decoder_filters, activation)
    return Autoencoder(encoder, decoder, reconstruction_loss)
