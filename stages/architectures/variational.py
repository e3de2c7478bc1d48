"""The variational autoencoder on dense layers (Kingma and Welling 2014, "Auto-encoding variational Bayes")."""

from typing import Literal

from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt

from stages.train.networks import dense_decoder, dense_encoder
from stages.train.objectives import Variational


def build(
    image_shape,
    latent_size,
    activation,
    output,
    reconstruction_loss,
    *,
    hidden: list[PositiveInt],
    beta: NonNegativeFloat,
    decoder_scale: PositiveFloat | Literal["optimal"],
):
    """The encoder gives means and log variances, 2 * latent_size numbers."""
    encoder = dense_encoder(image_shape, 2 * latent_size, hidden, activation)
    decoder = dense_decoder(image_shape, latent_size, hidden[::-1], activation, output)
    return Variational(encoder, decoder, beta, decoder_scale, reconstruction_loss=reconstruction_loss)
