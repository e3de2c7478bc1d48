"""Convolutions that give back the clean image from a corrupted one (Vincent et al. 2008, on convolutions after Masci
et al. 2011, section 4)."""

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, PositiveInt

from stages.train.networks import convolutional_decoder, convolutional_encoder
from stages.train.objectives import Denoising

Filters = Annotated[list[PositiveInt], Field(min_length=1)]


def build(
    image_shape,
    latent_size,
    activation,
    output,
    reconstruction_loss,
    *,
    encoder_filters: Filters,
    decoder_filters: Filters,
    noise: Literal["gaussian", "salt_and_pepper", "masking"],
    strength: PositiveFloat,
):
    """strength: standard deviation for gaussian, share of the pixels for the other two; in [0, 1] images."""
    encoder = convolutional_encoder(image_shape, latent_size, encoder_filters, activation)
    decoder = convolutional_decoder(image_shape, latent_size, decoder_filters, activation, output)
    return Denoising(encoder, decoder, noise, strength, reconstruction_loss=reconstruction_loss)
