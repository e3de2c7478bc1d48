"""Dense layers that give back the clean image from a corrupted one (Vincent et al. 2008)."""

from typing import Literal

from pydantic import PositiveFloat, PositiveInt

from stages.train.networks import dense_decoder, dense_encoder
from stages.train.objectives import Denoising


def build(
    image_shape,
    latent_size,
    activation,
    output,
    reconstruction_loss,
    *,
    hidden: list[PositiveInt],
    noise: Literal["gaussian", "salt_and_pepper", "masking"],
    strength: PositiveFloat,
):
    """strength: standard deviation for gaussian, share of the pixels for the other two; in [0, 1] images."""
    encoder = dense_encoder(image_shape, latent_size, hidden, activation)
    decoder = dense_decoder(image_shape, latent_size, hidden[::-1], activation, output)
    return Denoising(encoder, decoder, noise, strength, reconstruction_loss=reconstruction_loss)
