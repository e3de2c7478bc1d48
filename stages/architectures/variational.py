"""The variational autoencoder on dense layers.

Kingma and Welling 2014, "Auto-encoding variational Bayes".
"""

from pydantic import NonNegativeFloat

from stages.train.networks import Hidden, dense_decoder, dense_encoder
from stages.train.objectives.variational import DecoderScale, Variational


def build(spec, *, hidden: Hidden, beta: NonNegativeFloat, decoder_scale: DecoderScale):
    """The encoder gives means and log variances, 2 * latent_size numbers."""
    encoder = dense_encoder(spec._replace(latent_size=2 * spec.latent_size), hidden)
    decoder = dense_decoder(spec, hidden[::-1])
    return Variational(encoder, decoder, spec.reconstruction_loss, beta=beta, decoder_scale=decoder_scale)
