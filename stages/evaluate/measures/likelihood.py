"""Log-likelihood of images under a latent-variable model, from many draws: tighter than the bound it trains."""

from collections.abc import Callable

import numpy as np

BLOCK = 4_000_000  # pixels that are decoded at once: of several images, or of some of the draws for one
SMALLEST = 1e-7  # a pixel's probability is kept this far from 0 and 1


def log_mean_exp(values: np.ndarray, axis: int) -> np.ndarray:
    """The logarithm of the mean of exp(values) along an axis, without overflow."""
    top = values.max(axis=axis, keepdims=True)
    return np.squeeze(top, axis) + np.log(np.mean(np.exp(values - top), axis=axis))


def log_likelihood(posterior: Callable, decode: Callable, images: np.ndarray, samples: int, seed: int) -> np.ndarray:
    """log p(x) in nats of every image, (n,) float64, from `samples` draws of z from q(z | x).

    posterior: images -> means and log variances of the Gaussian q(z | x), each (n, latent_size)
    decode: latents (n, latent_size) -> the probability that a pixel is white, (n, height, width, channels)
    images: binarised, (n, height, width, channels) of 0 and 1; the prior is N(0, I)

    The log of the mean of p(x | z) p(z) / q(z | x) (Burda et al. 2016, "Importance weighted autoencoders", equation 8;
    section 5 takes 5,000 draws). On average it lies below log p(x), the less the more draws there are.
    """
    images = np.asarray(images)
    if not np.isin(images, (0, 1)).all():
        raise ValueError("log_likelihood is of binarised images: every value is to be 0 or 1")
    images = images.astype(np.float32)
    means, log_variances = (np.asarray(values, np.float64) for values in posterior(images))
    random, pixels = np.random.default_rng(seed), images[0].size
    count, draws = max(1, BLOCK // (samples * pixels)), max(1, BLOCK // pixels)
    likelihoods = np.empty(len(images))
    for first in range(0, len(images), count):
        some = np.s_[first : first + count, None]
        mean, log_variance, is_white = means[some], log_variances[some], images[some] == 1
        weights = np.empty((len(mean), samples))
        for start in range(0, samples, draws):
            noise = random.standard_normal((len(mean), min(draws, samples - start), mean.shape[-1]))
            latents = mean + np.exp(log_variance / 2) * noise
            ratio = (noise**2 + log_variance - latents**2).sum(axis=2) / 2  # log p(z) - log q(z | x)
            white = decode(latents.reshape(-1, mean.shape[-1]).astype(np.float32))
            white = np.clip(white, SMALLEST, 1 - SMALLEST).astype(np.float64).reshape(*ratio.shape, *images.shape[1:])
            logs = np.log(np.where(is_white, white, 1 - white)).reshape(*ratio.shape, -1)
            weights[:, start : start + draws] = ratio + logs.sum(axis=2)
        likelihoods[first : first + count] = log_mean_exp(weights, axis=1)
    return likelihoods
