"""Dense layers whose latents, as a distribution over a batch, are matched to the prior N(0, I).

Tolstikhin et al. 2018, "Wasserstein auto-encoders", the variant with a maximum mean discrepancy (WAE-MMD).
"""

import keras
from keras import ops
from pydantic import NonNegativeFloat

from stages.train.autoencoder import Autoencoder
from stages.train.networks import Hidden, dense_decoder, dense_encoder


def inverse_multiquadratics(a, b):
    """Kernel matrix C / (C + ||a_i - b_j||^2), C = 2 k, what two draws from N(0, I) are apart on average, squared.

    a (n, k), b (m, k) -> (n, m), 1 where points coincide (Tolstikhin et al. 2018, section 4)
    """
    scale = 2.0 * a.shape[1]
    squares = ops.sum(ops.square(a), axis=1)[:, None] + ops.sum(ops.square(b), axis=1)[None, :]
    return scale / (scale + ops.maximum(squares - 2 * ops.matmul(a, ops.transpose(b)), 0.0))


def discrepancy(latents, draws):
    """The unbiased estimate of the squared maximum mean discrepancy (Tolstikhin et al. 2018, algorithm 2).

    latents (n, k), draws (n, k) from the prior -> a scalar, zero on average where both have the same distribution, so
    below zero now and then
    """
    n = ops.cast(ops.shape(latents)[0], latents.dtype)
    pairs = ops.maximum(n * (n - 1), 1.0)  # a batch of one image has no pair; its two sums below are 0

    def between_others(points):  # every point is 1 away from itself in this kernel, which is left out
        return (ops.sum(inverse_multiquadratics(points, points)) - n) / pairs

    across = ops.mean(inverse_multiquadratics(latents, draws))
    return between_others(latents) + between_others(draws) - 2 * across


@keras.saving.register_keras_serializable(package="autoencoders")
class Wasserstein(Autoencoder):
    """Reconstruction and the discrepancy between the latents of the batch and as many draws from N(0, I).

    weight: factor of the discrepancy, which has no unit and lies below 2, for each pixel that is reconstructed
    """

    settings = ("weight",)
    weight = 0.02
    stochastic = True
    generative = True

    def penalties(self, images, latents, training):
        draws = keras.random.normal(ops.shape(latents), seed=self.seed_generator)
        return {"discrepancy": discrepancy(latents, draws) * ops.ones_like(latents[:, 0])}  # one number for the batch

    def sample(self, n, seed):
        """Decoded draws from N(0, I): (n, height, width, channels)."""
        return self.decode(keras.random.normal((n, self.decoder.input_shape[1]), seed=seed))

    def weights_of_terms(self):
        return {"reconstruction": 1.0, "discrepancy": self.weight * self.pixels}


def build(spec, *, hidden: Hidden, weight: NonNegativeFloat):
    encoder = dense_encoder(spec, hidden)
    decoder = dense_decoder(spec, hidden[::-1])
    return Wasserstein(encoder, decoder, spec.reconstruction_loss, weight=weight)
