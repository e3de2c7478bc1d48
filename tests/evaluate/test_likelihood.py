"""The likelihood by importance sampling against numerical integration over a small latent."""

import numpy as np
import pytest
from scipy import integrate, special, stats

from stages.evaluate.measures import likelihood
from stages.evaluate.measures.likelihood import log_likelihood, log_mean_exp

IMAGES = np.random.default_rng(0).integers(0, 2, (6, 3, 4, 1))
SLOPES = np.random.default_rng(1).normal(0, 1.5, (2, 12))


def decode(latents):
    """Latents (n, 1 or 2) -> probabilities (n, 3, 4, 1)."""
    return special.expit(latents @ SLOPES[: latents.shape[1]]).reshape(-1, 3, 4, 1)


def rough_posterior(latent_size):
    """Near the prior, somewhat shifted: a proposal that is wrong but covers everything."""
    return lambda images: (np.full((len(images), latent_size), 0.2), np.full((len(images), latent_size), 0.1))


def density(image, *latent):
    z = np.array([latent])
    white = decode(z)[0]
    return np.prod(np.where(image == 1, white, 1 - white)) * stats.norm.pdf(z).prod()


@pytest.mark.parametrize("latent_size", [1, 2])
def test_equals_the_integral(latent_size):
    estimated = log_likelihood(rough_posterior(latent_size), decode, IMAGES, 40_000, seed=0)
    options = {"epsabs": 1e-9, "epsrel": 1e-5}
    limits = [(-8, 8)] * latent_size
    exact = [
        np.log(integrate.nquad(lambda *z, x=image: density(x, *z), limits, opts=options)[0])
        for image in IMAGES[: 6 if latent_size == 1 else 2]
    ]
    assert estimated.dtype == np.float64
    np.testing.assert_allclose(estimated[: len(exact)], exact, atol=0.03)


def test_the_exact_posterior_needs_one_draw():
    """Where decoding ignores the latent, q = p is exact: every draw gives the same, known answer."""
    prior = lambda images: (np.zeros((len(images), 3)), np.zeros((len(images), 3)))  # noqa: E731
    quarter = lambda latents: np.full((len(latents), 3, 4, 1), 0.25)  # noqa: E731
    white = IMAGES.sum(axis=(1, 2, 3))
    expected = white * np.log(0.25) + (12 - white) * np.log(0.75)
    np.testing.assert_allclose(log_likelihood(prior, quarter, IMAGES, 1, seed=0), expected, rtol=1e-6)


def test_more_draws_lie_higher_and_a_seed_repeats():
    few, many = (
        np.mean([log_likelihood(rough_posterior(2), decode, IMAGES, n, seed) for seed in range(50)]) for n in (1, 20)
    )
    assert few < many
    again = [log_likelihood(rough_posterior(2), decode, IMAGES, 7, seed=3) for _ in range(2)]
    np.testing.assert_array_equal(*again)


def test_blocks_bound_what_is_decoded_at_once(monkeypatch):
    sizes = []
    count = lambda z: (sizes.append(len(z)), decode(z))[1]  # noqa: E731
    expected = [log_likelihood(rough_posterior(2), decode, IMAGES, draws, seed=0) for draws in (250, 30)]
    monkeypatch.setattr(likelihood, "BLOCK", 100 * IMAGES[0].size)
    found = [log_likelihood(rough_posterior(2), count, IMAGES, draws, seed=0) for draws in (250, 30)]
    assert sizes == [100, 100, 50] * len(IMAGES) + [3 * 30] * 2
    np.testing.assert_array_equal(found[1], expected[1])
    np.testing.assert_allclose(found[0], expected[0], rtol=0.1)


def test_log_mean_exp_does_not_overflow():
    values = np.array([[1000.0, 1000.0], [-2000.0, -2000.0 + np.log(3)]])
    np.testing.assert_allclose(log_mean_exp(values, axis=1), [1000.0, -2000.0 + np.log(2)])


def test_grey_images_are_refused():
    with pytest.raises(ValueError, match="binarised"):
        log_likelihood(rough_posterior(1), decode, IMAGES / 2, 1, seed=0)
