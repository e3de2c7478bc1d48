"""Use of the latent: active dimensions, sparsity, distance to the prior, perplexity. Explains scores, ranks nothing."""

import numpy as np

from stages.common.subset import spread
from stages.evaluate.measures.budgets import fewer
from stages.evaluate.measures.likelihood import log_likelihood
from stages.evaluate.task_interface import Data, Functions, Scores

ACTIVE = 0.01  # Burda et al. 2016, section 5.1
DEAD = 1e-6  # variance of a dimension over the largest
IMAGES = 2000
LIKELIHOOD_IMAGES, DRAWS = 200, 200


def latent_use(model: Functions, data: Data, seed: int) -> Scores:
    """Of test images' latents (n, k):

    active_units: dimensions whose variance over images is above 0.01: for a prior of N(0, I) as it is (Burda et al.
    2016), otherwise, the scale of a latent being arbitrary, relative to the mean variance of its dimensions
    dead_units: dimensions that do not vary at all
    sparsity: mean over images of 0 (all latents alike) to 1 (a single one not zero) (Hoyer 2004, section 3.1)
    kl: nats per image from the posterior to the prior, and kl_by_dimension, largest first; with a posterior only
    log_likelihood: nats per image of 200 test images, fewer of large ones, every pixel made black or white by chance
    (dynamic binarisation), from 200 importance samples each (Burda et al. 2016); with a posterior, and for grey images,
    only. The models learn from shades of grey, so this is a common yardstick, not what they were trained for.
    prior_gap: nats from N(0, I) to a Gaussian of the mean and covariance that latents drawn for test images have, per
    dimension; where the prior is N(0, I). Far from 0, samples from the prior meet a decoder that does not know them.
    perplexity: how many of its codes a discrete latent uses, as if all equally often, out of codebook_size.
    """
    pictures = data.test[spread(IMAGES, len(data.test))]
    latents = model.encode(pictures).astype(np.float64)
    variances = latents.var(axis=0)
    with_prior = model.sample is not None and model.code is None
    scale = 1.0 if with_prior else max(variances.mean(), 1e-12)
    results = {
        "active_units": float(np.sum(variances > ACTIVE * scale)),
        "dead_units": float(np.sum(variances <= DEAD * max(variances.max(), 1e-12))),
        "sparsity": sparsity(latents),
    }  # type: Scores
    of_posterior, drawn = _of_posterior(model, data, pictures, seed) if model.posterior is not None else ({}, latents)
    results |= of_posterior
    if with_prior:
        results["prior_gap"] = prior_gap(drawn)
    return results if model.code is None else results | _of_codes(model, pictures)  # type: ignore[operator]


def _of_posterior(model: Functions, data: Data, pictures: np.ndarray, seed: int) -> tuple[Scores, np.ndarray]:
    """kl, kl_by_dimension and log_likelihood, and a latent drawn for each of the uint8 pictures."""
    means, log_variances = (values.astype(np.float64) for values in model.posterior(pictures))
    by_dimension = (means**2 + np.exp(log_variances) - 1 - log_variances).mean(axis=0) / 2
    results = {"kl": float(by_dimension.sum()), "kl_by_dimension": np.sort(by_dimension)[::-1].tolist()}
    if data.test.shape[3] == 1:
        count = fewer(LIKELIHOOD_IMAGES, data.test.shape[1:], least=20)
        some = data.test[spread(count, len(data.test))] / 255
        binary = (np.random.default_rng(0).random(some.shape) < some).astype(np.float32)
        nats = log_likelihood(model.posterior, model.decode, binary, DRAWS, seed)
        results["log_likelihood"] = float(nats.mean())
    noise = np.random.default_rng(seed).normal(size=means.shape)
    return results, means + np.exp(log_variances / 2) * noise


def _of_codes(model: Functions, pictures: np.ndarray) -> dict[str, float]:
    counts = np.bincount(model.code(pictures).ravel(), minlength=model.codebook_size)
    shares = counts[counts > 0] / counts.sum()
    perplexity, dead = np.exp(-np.sum(shares * np.log(shares))), np.sum(counts == 0)
    return {"perplexity": float(perplexity), "codebook_size": float(model.codebook_size), "dead_codes": float(dead)}


def sparsity(latents: np.ndarray) -> float:
    """Hoyer's measure, mean over latents (n, k); 0 where there is but one dimension."""
    k = latents.shape[1]
    if k == 1:
        return 0.0
    norms = np.linalg.norm(latents, axis=1)
    ratio = np.abs(latents).sum(axis=1)[norms > 0] / norms[norms > 0]
    return float(((np.sqrt(k) - ratio) / (np.sqrt(k) - 1)).mean()) if len(ratio) else 1.0


def prior_gap(latents: np.ndarray) -> float:
    """KL(N(m, C) || N(0, I)) / k in nats, of the mean m and covariance C of latents (n, k)."""
    mean, covariance = latents.mean(axis=0), np.atleast_2d(np.cov(latents.T))
    log_determinant = np.linalg.slogdet(covariance + 1e-9 * np.eye(len(mean)))[1]
    return float((np.trace(covariance) + mean @ mean - len(mean) - log_determinant) / 2 / len(mean))
