"""A stack of dense layers that narrows to the latent and widens again.

Hinton and Salakhutdinov 2006, "Reducing the dimensionality of data with neural networks", trained at once.
"""

from stages.train.autoencoder import Autoencoder
from stages.train.networks import Hidden, dense_decoder, dense_encoder


def build(spec, *, hidden: Hidden):
    encoder = dense_encoder(spec, hidden)
    decoder = dense_decoder(spec, hidden[::-1])
    return Autoencoder(encoder, decoder, spec.reconstruction_loss)
