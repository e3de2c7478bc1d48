"""A stack of dense layers that narrows to the latent and widens again (784-256-128-64-128-256-784 on MNIST).

Hinton and Salakhutdinov 2006, "Reducing the dimensionality of data with neural networks", trained at once.
"""

from pydantic import PositiveInt

from stages.train.autoencoder import Autoencoder
from stages.train.networks import dense_decoder, dense_encoder


def build(image_shape, latent_size, activation, output, reconstruction_loss, *, hidden: list[PositiveInt]):
    encoder = dense_encoder(image_shape, latent_size, hidden, activation)
    decoder = dense_decoder(image_shape, latent_size, hidden[::-1], activation, output)
    return Autoencoder(encoder, decoder, reconstruction_loss)
