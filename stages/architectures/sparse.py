"""Dense layers with a sparsity penalty on the latents.

Ng 2011; Makhzani and Frey 2014 compare the penalties.
"""

from pydantic import NonNegativeFloat

from stages.train.networks import Hidden, dense_decoder, dense_encoder
from stages.train.objectives.sparse import LATENT_ACTIVATION, Penalty, Share, Sparse


def build(spec, *, hidden: Hidden, penalty: Penalty, weight: NonNegativeFloat, target: Share):
    """target: the mean activation that the "kl" penalty pulls to."""
    encoder = dense_encoder(spec, hidden, LATENT_ACTIVATION[penalty])
    decoder = dense_decoder(spec, hidden[::-1])
    return Sparse(encoder, decoder, spec.reconstruction_loss, penalty=penalty, weight=weight, target=target)
