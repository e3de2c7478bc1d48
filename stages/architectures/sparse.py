"""Dense layers with a price on active latents (Ng 2011; Makhzani and Frey 2014 compare the penalties)."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveInt

from stages.train.networks import dense_decoder, dense_encoder
from stages.train.objectives import Sparse

LATENT_ACTIVATION = {"l1": "relu", "kl": "sigmoid"}  # "kl" needs latents in (0, 1); "l1" wants an exact zero


def build(
    image_shape,
    latent_size,
    activation,
    output,
    reconstruction_loss,
    *,
    hidden: list[PositiveInt],
    penalty: Literal["l1", "kl"],
    weight: NonNegativeFloat,
    target: Annotated[float, Field(gt=0, lt=1)],
):
    """target: the mean activation that the "kl" penalty pulls to."""
    encoder = dense_encoder(image_shape, latent_size, hidden, activation, LATENT_ACTIVATION[penalty])
    decoder = dense_decoder(image_shape, latent_size, hidden[::-1], activation, output)
    return Sparse(encoder, decoder, penalty, weight, target, reconstruction_loss=reconstruction_loss)
