"""Use of the latent: of a known posterior, of a discrete code, and by hand."""

import numpy as np
import pytest
from helpers import principal

from stages.evaluate.measures.latent_use import latent_use, prior_gap, sparsity
from stages.evaluate.task_interface import Functions


def test_use_of_a_known_posterior(data):
    random = np.random.default_rng(0)
    means = np.hstack([random.normal(0, 0.9, (len(data.test), 2)), np.zeros((len(data.test), 3))])
    log_variances = np.log(np.array([0.19, 0.19, 1, 1, 1.0]))[None].repeat(len(data.test), axis=0)
    width = data.test.shape[1:]
    model = Functions(
        encode=lambda x: means,
        decode=lambda latents: np.full((len(latents), *width), 0.5),
        posterior=lambda x: (means[: len(x)], log_variances[: len(x)]),
        sample=lambda n, seed: None,
    )
    found = latent_use(model, data, 0)
    assert found["active_units"] == 2 and found["dead_units"] == 3
    expected = (means**2 + np.exp(log_variances) - 1 - log_variances).sum() / 2 / len(means)
    assert found["kl"] == pytest.approx(expected) and found["kl_by_dimension"][2:] == pytest.approx([0, 0, 0])
    assert found["prior_gap"] < 0.05
    coins = -np.prod(width) * np.log(2)  # every pixel by a coin; the estimate lies below
    assert coins - 2 < found["log_likelihood"] <= coins


def test_use_of_a_discrete_code(data):
    model = principal(data)._replace(code=lambda x: np.arange(4 * len(x)).reshape(-1, 4) % 8, codebook_size=10)
    found = latent_use(model, data, 0)
    assert found["perplexity"] == pytest.approx(8) and found["dead_codes"] == 2


def test_sparsity_and_prior_gap_by_hand():
    assert sparsity(np.eye(4)) == pytest.approx(1) and sparsity(np.ones((3, 4))) == pytest.approx(0)
    random = np.random.default_rng(0)
    assert prior_gap(random.normal(size=(50_000, 3))) == pytest.approx(0, abs=1e-3)
    shifted = random.normal(2, 0.5, size=(50_000, 3))  # KL(N(2, 1/4) || N(0, 1))
    assert prior_gap(shifted) == pytest.approx((0.25 + 4 - 1 - np.log(0.25)) / 2, rel=0.02)
