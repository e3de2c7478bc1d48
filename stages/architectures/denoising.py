"""Dense layers that reconstruct the clean image from a corrupted one.

Vincent et al. 2008, "Extracting and composing robust features with denoising autoencoders".
"""

from pydantic import PositiveFloat

from stages.train.networks import Hidden, dense_decoder, dense_encoder
from stages.train.objectives.denoising import Denoising, Noise


def build(spec, *, hidden: Hidden, noise: Noise, strength: PositiveFloat):
    """strength: standard deviation for gaussian, share of the pixels for the other two; in [0, 1] images."""
    encoder = dense_encoder(spec, hidden)
    decoder = dense_decoder(spec, hidden[::-1])
    return Denoising(encoder, decoder, spec.reconstruction_loss, noise=noise, strength=strength)
