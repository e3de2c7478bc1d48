"""The smallest autoencoder: one dense layer to the latent and one back, without a hidden layer.

Rumelhart, Hinton and Williams 1986, "Learning internal representations by error propagation".
"""

from typing import Literal

from stages.train.autoencoder import Autoencoder
from stages.train.networks import dense_decoder, dense_encoder


def build(spec, *, latent_activation: Literal["linear", "relu"]):
    """`activation` is for hidden layers, of which there are none."""
    encoder = dense_encoder(spec, latent_activation=latent_activation)
    decoder = dense_decoder(spec)
    return Autoencoder(encoder, decoder, spec.reconstruction_loss)
