"""Training objectives that several networks share: denoising, sparse, variational."""

import math

import keras
from keras import ops

from stages.train.autoencoder import EPSILON, RECONSTRUCTION_LOSSES, Autoencoder, scaled

LOG_VARIANCE_RANGE = (-15.0, 15.0)  # exp() of anything outside would swamp float32 sums


def corrupt(images, kind, strength, seed):
    """Noisy copies of float images (n, height, width, channels), within [0, 1].

    gaussian: adds noise of standard deviation `strength`.
    salt_and_pepper: sets a share `strength` of the pixels to black or white, all channels alike.
    masking: sets a share `strength` of the pixels to black, all channels alike (Vincent et al. 2010, section 3.3).
    strength: one for all images, or (n, 1, 1, 1)
    """
    if kind == "gaussian":
        return ops.clip(images + strength * keras.random.normal(ops.shape(images), seed=seed), 0, 1)
    chance = keras.random.uniform((*ops.shape(images)[:3], 1), seed=seed)
    if kind == "masking":
        return ops.where(chance < strength, 0.0, images)
    salted = ops.where(chance < strength / 2, 1.0, images)
    return ops.where(chance > 1 - strength / 2, 0.0, salted)


@keras.saving.register_keras_serializable(package="autoencoders")
class Denoising(Autoencoder):
    """Reconstructs the clean image from a corrupted one (Vincent et al. 2008, "Extracting and composing robust
    features with denoising autoencoders").

    It is blind: the strength is drawn for every image, from none to `strength`, and not told to the network (Zhang et
    al. 2017, "Beyond a Gaussian denoiser", section III-C), so that it learns to keep a clean image as well.
    noise: "gaussian", "salt_and_pepper" or "masking"; see `corrupt`
    """

    def __init__(self, encoder, decoder, noise="gaussian", strength=0.3, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        self.noise = noise
        self.strength = strength
        self.seed_generator = keras.random.SeedGenerator()

    def loss_terms(self, images, training):
        strength = keras.random.uniform((ops.shape(images)[0], 1, 1, 1), 0, self.strength, seed=self.seed_generator)
        noisy = corrupt(images, self.noise, strength, self.seed_generator)
        reconstructions = self.decode(self.encode(noisy, training), training)
        return {"reconstruction": self.reconstruction_error(images, reconstructions)}

    def get_config(self):
        return {**super().get_config(), "noise": self.noise, "strength": self.strength}


@keras.saving.register_keras_serializable(package="autoencoders")
class Sparse(Autoencoder):
    """Adds a price on active latents.

    penalty "l1": the sum of the absolute latents of an image.
    penalty "kl": the sum over latents of KL(Bernoulli(target) || Bernoulli(mean activation over the batch)), for
    latents in (0, 1) (Ng 2011, "Sparse autoencoder", CS294A lecture notes, section 3).
    weight: factor of the penalty, for each pixel that is reconstructed; target: the mean activation wished for, read
    by "kl" alone
    """

    terms = ("reconstruction", "sparsity")

    def __init__(self, encoder, decoder, penalty="l1", weight=0.01, target=0.05, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        self.penalty = penalty
        self.weight = weight
        self.target = target

    def loss_terms(self, images, training):
        latents = self.encode(images, training)
        reconstructions = self.decode(latents, training)
        return {
            "reconstruction": self.reconstruction_error(images, reconstructions),
            "sparsity": self.sparsity(latents),
        }

    def sparsity(self, latents):
        """The penalty of latents (n, latent_size), (n,); for "kl", whose mean is over the batch, n equal numbers."""
        if self.penalty == "l1":
            return ops.sum(ops.abs(latents), axis=1)
        mean = ops.clip(ops.mean(latents, axis=0), EPSILON, 1 - EPSILON)
        divergence = self.target * ops.log(self.target / mean)
        divergence += (1 - self.target) * ops.log((1 - self.target) / (1 - mean))
        return ops.sum(divergence) * ops.ones_like(latents[:, 0])

    def weights_of_terms(self):
        return {"sparsity": self.weight * self.pixels}

    def get_config(self):
        return {**super().get_config(), "penalty": self.penalty, "weight": self.weight, "target": self.target}


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

    terms = ("reconstruction", "kl")
    generative = True

    def __init__(self, encoder, decoder, beta=1.0, decoder_scale="optimal", **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        self.beta = beta
        self.decoder_scale = decoder_scale
        self.seed_generator = keras.random.SeedGenerator()

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
        return {
            "reconstruction": self.reconstruction_error(images, reconstructions),
            "kl": kl_to_standard_normal(mean, log_variance),
        }

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
        return {"kl": self.beta}

    def gain(self, before, after):
        """Of a log density, which has no zero: the share of the squared error whose loss changes it as much."""
        if self.reconstruction_loss == "binary_crossentropy":
            return super().gain(before, after)
        return 1 - math.exp(-2 * (before - after) / self.pixels)

    def get_config(self):
        return {**super().get_config(), "beta": self.beta, "decoder_scale": self.decoder_scale}
