"""The variational autoencoder on convolutions.

Kingma and Welling 2014; convolutional after Kulkarni et al. 2015, "Deep convolutional inverse graphics network".
"""

from pydantic import NonNegativeFloat

from stages.train.networks import Filters, convolutional_decoder, convolutional_encoder
from stages.train.objectives.variational import DecoderScale, Variational


def build(
    spec, *, encoder_filters: Filters, decoder_filters: Filters, beta: NonNegativeFloat, decoder_scale: DecoderScale
):
    """The encoder gives means and log variances, 2 * latent_size numbers."""
    encoder = convolutional_encoder(spec._replace(latent_size=2 * spec.latent_size), encoder_filters)
    decoder = convolutional_decoder(spec, decoder_filters)
    return Variational(encoder, decoder, spec.reconstruction_loss, beta=beta, decoder_scale=decoder_scale)
