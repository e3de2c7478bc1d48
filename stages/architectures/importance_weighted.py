"""The variational autoencoder on dense layers, with a tighter bound from several draws an image.

Burda et al. 2016, "Importance weighted autoencoders".
"""

import math

import keras
from keras import ops
from pydantic import PositiveInt

from stages.train.networks import Hidden, dense_decoder, dense_encoder
from stages.train.objectives.variational import DecoderScale, Variational, kl_to_standard_normal


def log_ratio(latents, noise, log_variance):
    """log p(z) - log q(z | x) in nats of z = mean + exp(log_variance / 2) * noise, p being N(0, I).

    latents (n, k, latent_size), noise likewise, log_variance (n, 1, latent_size) -> (n, k); the constants of the two
    Gaussians cancel
    """
    return ops.sum(ops.square(noise) + log_variance - ops.square(latents), axis=2) / 2


@keras.saving.register_keras_serializable(package="autoencoders")
class ImportanceWeighted(Variational):
    """Minus the log of the mean importance weight p(x | z) p(z) / q(z | x) over `samples` draws of z from q(z | x)
    (Burda et al. 2016, equation 8), which is at most -log p(x) apart from noise and nearer to it the more draws there
    are; one draw gives the evidence lower bound.

    "bound" is what is trained, in nats per image; "kl" is shown beside it, with weight 0.
    decoder_scale: see Variational; "optimal" fits the batch by all draws alike.
    """

    settings = (*Variational.settings, "samples")
    samples = 5

    def loss_terms(self, images, training):
        mean, log_variance = self.posterior(images, training)
        n, latent_size = ops.shape(mean)[0], mean.shape[1]
        noise = keras.random.normal((n, self.samples, latent_size), seed=self.seed_generator)
        latents = mean[:, None] + ops.exp(log_variance[:, None] / 2) * noise
        reconstructions = self.decode(ops.reshape(latents, (-1, latent_size)), training)
        error = self.reconstruction_error(ops.repeat(images, self.samples, axis=0), reconstructions)
        weights = log_ratio(latents, noise, log_variance[:, None]) - ops.reshape(error, (-1, self.samples))
        bound = math.log(self.samples) - ops.logsumexp(weights, axis=1)
        return {"bound": bound, "kl": kl_to_standard_normal(mean, log_variance)}

    def weights_of_terms(self):
        return {"bound": 1.0, "kl": 0.0}


def build(spec, *, hidden: Hidden, samples: PositiveInt, decoder_scale: DecoderScale):
    """The encoder gives means and log variances, 2 * latent_size numbers; samples: draws an image and step."""
    encoder = dense_encoder(spec._replace(latent_size=2 * spec.latent_size), hidden)
    decoder = dense_decoder(spec, hidden[::-1])
    options = {"samples": samples, "decoder_scale": decoder_scale}
    return ImportanceWeighted(encoder, decoder, spec.reconstruction_loss, **options)
