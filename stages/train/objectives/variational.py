"""Training objective of a latent distribution: the evidence lower bound."""

import math
from typing import Literal

import keras
from keras import ops
from pydantic import PositiveFloat

from stages.train.autoencoder import Autoencoder, scaled
from stages.train.losses import EPSILON, RECONSTRUCTION_LOSSES

DecoderScale = PositiveFloat | Literal["optimal"]
LOG_VARIANCE_RANGE = (-15.0, 15.0)  # exp() of anything outside would swamp float32 sums


def kl_to_standard_normal(mean, log_variance):
    """KL(N(mean, variance) || N(0, I)) in nats per image (Kingma and Welling 2014, appendix B). (n, k) -> (n,)"""
    return ops.sum(ops.square(mean) + ops.exp(log_variance) - 1 - log_variance, axis=1) / 2


@keras.saving.register_keras_serializable(package="autoencoders")
class Variational(Autoencoder):
    """The evidence lower bound: reconstruction + beta * KL to the unit Gaussian (Kingma and Welling 2014, "Auto-
    encoding variational Bayes", equation 7; beta after Higgins et al. 2017).

    encoder: images -> (n, 2 * latent_size), the means and the log variances of the posterior
    decoder_scale: the spread of the decoder's Gaussian (squared error: standard deviation) or Laplace (absolute
    error: scale) around its output; "optimal" sets it to what fits the batch best, which makes beta = 1 right without
    weighing by hand (Rybkin et al. 2021, "Simple and effective VAE training with calibrated decoders", equation 4).
    Binary cross-entropy has no scale.

    Reconstruction is the whole -log p(x | z), constants included, in nats per image; for densities it can be negative.
    """

    settings = ("beta", "decoder_scale")  # type: tuple[str, ...]
    beta = 1.0
    decoder_scale = "optimal"
    stochastic = True
    generative = True

    def posterior(self, images, training=False):
        """Images -> means (n, latent_size) and log variances (n, latent_size) of q(z | x)."""
        mean, log_variance = ops.split(self.encoder(scaled(images), training=training), 2, axis=1)
        return mean, ops.clip(log_variance, *LOG_VARIANCE_RANGE)

    def encode(self, images, training=False):
        return self.posterior(images, training)[0]

    def sample(self, n, seed):
        """Decoded draws from N(0, I): (n, height, width, channels)."""
        return self.decode(keras.random.normal((n, self.decoder.input_shape[1]), seed=seed))

    def loss_terms(self, images, training):
        mean, log_variance = self.posterior(images, training)
        noise = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        reconstructions = self.decode(mean + ops.exp(log_variance / 2) * noise, training)
        reconstruction = self.reconstruction_error(images, reconstructions)
        return {"reconstruction": reconstruction, "kl": kl_to_standard_normal(mean, log_variance)}

    def reconstruction_error(self, images, reconstructions):
        """-log p(x | z) in nats per image, (n,)."""
        error = RECONSTRUCTION_LOSSES[self.reconstruction_loss](images, reconstructions)
        if self.reconstruction_loss == "binary_crossentropy":
            return error
        pixels = math.prod(images.shape[1:])
        per_pixel = ops.mean(error) / pixels
        if self.reconstruction_loss == "squared_error":
            variance = 2 * per_pixel + EPSILON if self.decoder_scale == "optimal" else self.decoder_scale**2
            return error / variance + pixels / 2 * ops.log(2 * math.pi * variance)
        scale = per_pixel + EPSILON if self.decoder_scale == "optimal" else self.decoder_scale
        return error / scale + pixels * ops.log(2 * scale)

    def weights_of_terms(self):
        return {"reconstruction": 1.0, "kl": self.beta}

    def gain(self, before, after):
        """Of a log density, which has no zero: the share of the squared error whose loss changes it as much."""
        if self.reconstruction_loss == "binary_crossentropy":
            return super().gain(before, after)
        return 1 - math.exp(-2 * (before - after) / self.pixels)
