"""Convolutions with a price on active latents (Ng 2011; Makhzani and Frey 2014 compare the penalties)."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveInt

from stages.train.networks import convolutional_decoder, convolutional_encoder
from stages.train.objectives import Sparse

Filters = Annotated[list[PositiveInt], Field(min_length=1)]
LATENT_ACTIVATION = {"l1": "relu", "kl": "sigmoid"}  # "kl" needs latents in (0, 1); "l1" wants an exact zero


def build(
    image_shape,
    latent_size,
    activation,
    output,
    reconstruction_loss,
    *,
    encoder_filters: Filters,
    decoder_filters: Filters,
    penalty: Literal["l1", "kl"],
    weight: NonNegativeFloat,
    target: Annotated[float, Field(gt=0, lt=1)],
):
    """target: the mean activation that the "kl" penalty pulls to."""
    encoder = convolutional_encoder(image_shape, latent_size, encoder_filters, activation, LATENT_ACTIVATION[penalty])
    decoder = convolutional_decoder(image_shape, latent_size, decoder_filters, activation, output)
    return Sparse(encoder, decoder, penalty, weight, target, reconstruction_loss=reconstruction_loss)
