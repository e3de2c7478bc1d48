"""Log-likelihood of images under a latent-variable model, from many draws: tighter than the bound it trains."""

from collections.abc import Callable

import numpy as np

BLOCK = 5000  # latents that are decoded at once
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
    random = np.random.default_rng(seed)
    results = np.empty(len(images))
    for i, (image, mean, log_variance) in enumerate(zip(images, means, log_variances, strict=True)):
        weights = np.empty(samples)
        for start in range(0, samples, BLOCK):
            noise = random.standard_normal((min(BLOCK, samples - start), len(mean)))
            latents = mean + np.exp(log_variance / 2) * noise
            ratio = (noise**2 + log_variance - latents**2).sum(axis=1) / 2  # log p(z) - log q(z | x)
            white = np.clip(decode(latents.astype(np.float32)), SMALLEST, 1 - SMALLEST).astype(np.float64)
            pixels = np.log(np.where(image == 1, white, 1 - white)).reshape(len(latents), -1)
            weights[start : start + BLOCK] = ratio + pixels.sum(axis=1)
        results[i] = log_mean_exp(weights, axis=0)
    return results
