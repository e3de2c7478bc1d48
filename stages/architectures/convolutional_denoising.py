"""Convolutions that reconstruct the clean image from a corrupted one.

Vincent et al. 2008, on convolutions after Masci et al. 2011, section 4.
"""

from pydantic import PositiveFloat

from stages.train.networks import Filters, convolutional_decoder, convolutional_encoder
from stages.train.objectives.denoising import Denoising, Noise


def build(spec, *, encoder_filters: Filters, decoder_filters: Filters, noise: Noise, strength: PositiveFloat):
    """strength: standard deviation for gaussian, share of the pixels for the other two; in [0, 1] images."""
    encoder = convolutional_encoder(spec, encoder_filters)
    decoder = convolutional_decoder(spec, decoder_filters)
    return Denoising(encoder, decoder, spec.reconstruction_loss, noise=noise, strength=strength)
