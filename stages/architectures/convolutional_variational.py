"""The variational autoencoder on convolutions (Kingma and Welling 2014; convolutional after Kulkarni et al. 2015,
"Deep convolutional inverse graphics network")."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from stages.train.networks import convolutional_decoder, convolutional_encoder
from stages.train.objectives import Variational

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
    beta: NonNegativeFloat,
    decoder_scale: PositiveFloat | Literal["optimal"],
):
    """The encoder gives means and log variances, 2 * latent_size numbers."""
    encoder = convolutional_encoder(image_shape, 2 * latent_size, encoder_filters, activation)
    decoder = convolutional_decoder(image_shape, latent_size, decoder_filters, activation, output)
    return Variational(encoder, decoder, beta, decoder_scale, reconstruction_loss=reconstruction_loss)
