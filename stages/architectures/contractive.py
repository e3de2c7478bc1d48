"""Dense layers with a penalty on the Jacobian of the encoder, so that latents change little when the image does.

Rifai et al. 2011, "Contractive auto-encoders: explicit invariance during feature extraction".
"""

from typing import Literal

import keras
from keras import ops
from pydantic import NonNegativeFloat

from stages.train.autoencoder import Autoencoder, scaled
from stages.train.networks import Hidden, dense_decoder, dense_encoder

STEP = 0.001  # times a direction of unit variance: below most kinks of a network, above the rounding of float32


@keras.saving.register_keras_serializable(package="autoencoders")
class Contractive(Autoencoder):
    """Adds the squared Frobenius norm of the encoder's Jacobian, d latents / d pixels (Rifai et al. 2011, equation 7).

    weight: factor of that norm, for each pixel that is reconstructed. The paper ties the decoder's weights to the
    encoder's; here they are free, so with linear latents a decoder that grows as the encoder shrinks can escape part of
    the penalty.
    """

    settings = ("weight",)
    weight = 0.00001
    stochastic = True

    def penalties(self, images, latents, training):
        one_sigmoid_layer = self._only_dense_layer()
        if one_sigmoid_layer is not None:
            return {"contraction": sigmoid_contraction(latents, one_sigmoid_layer.kernel)}
        return {"contraction": self.estimated_contraction(images, latents, training)}

    def _only_dense_layer(self):
        """The encoder's layer where it has but one with weights, a dense one with sigmoids; else None."""
        layers = [layer for layer in self.encoder.layers if layer.weights]
        alone = len(layers) == 1 and isinstance(layers[0], keras.layers.Dense)
        return layers[0] if alone and layers[0].activation is keras.activations.sigmoid else None

    def estimated_contraction(self, images, latents, training=False):
        """||J||_F^2 of any encoder from one direction per image: the mean of ||J v||^2 over v ~ N(0, I) is the trace
        of J^T J (Hutchinson 1990), and J v is a forward difference. Images (n, ...), their latents (n, k) -> (n,)
        """
        direction = keras.random.normal(ops.shape(images), seed=self.seed_generator)
        moved = self.encode(scaled(images) + STEP * direction, training)
        return ops.sum(ops.square((moved - latents) / STEP), axis=1)

    def weights_of_terms(self):
        return {"reconstruction": 1.0, "contraction": self.weight * self.pixels}


def sigmoid_contraction(latents, kernel):
    """||J||_F^2 of latents = sigmoid(images @ kernel + bias), exactly (Rifai et al. 2011, equation 9).

    latents (n, k), kernel (pixels, k) -> (n,)
    """
    slopes = ops.square(latents * (1 - latents))
    return ops.sum(slopes * ops.sum(ops.square(kernel), axis=0), axis=1)


def build(spec, *, hidden: Hidden, latent_activation: Literal["linear", "sigmoid"], weight: NonNegativeFloat):
    """hidden [] and latent_activation "sigmoid" is the network of the paper, whose penalty has a closed form."""
    encoder = dense_encoder(spec, hidden, latent_activation)
    decoder = dense_decoder(spec, hidden[::-1])
    return Contractive(encoder, decoder, spec.reconstruction_loss, weight=weight)
