"""The smallest autoencoder: input - latent - output, without a hidden layer (784-64-784 on MNIST).

Rumelhart, Hinton and Williams 1986, "Learning internal representations by error propagation".
"""

from typing import Literal

from stages.train.autoencoder import Autoencoder
from stages.train.networks import dense_decoder, dense_encoder


def build(
    image_shape, latent_size, activation, output, reconstruction_loss, *, latent_activation: Literal["linear", "relu"]
):
    """`activation` is for hidden layers, of which there are none."""
    encoder = dense_encoder(image_shape, latent_size, latent_activation=latent_activation)
    decoder = dense_decoder(image_shape, latent_size, output=output)
    return Autoencoder(encoder, decoder, reconstruction_loss)
