"""Convolutions with a sparsity penalty on the latents.

Ng 2011; Makhzani and Frey 2014 compare the penalties.
"""

from pydantic import NonNegativeFloat

from stages.train.networks import Filters, convolutional_decoder, convolutional_encoder
from stages.train.objectives.sparse import LATENT_ACTIVATION, Penalty, Share, Sparse


def build(
    spec,
    *,
    encoder_filters: Filters,
    decoder_filters: Filters,
    penalty: Penalty,
    weight: NonNegativeFloat,
    target: Share,
):
    """target: the mean activation that the "kl" penalty pulls to."""
    encoder = convolutional_encoder(spec, encoder_filters, LATENT_ACTIVATION[penalty])
    decoder = convolutional_decoder(spec, decoder_filters)
    return Sparse(encoder, decoder, spec.reconstruction_loss, penalty=penalty, weight=weight, target=target)
