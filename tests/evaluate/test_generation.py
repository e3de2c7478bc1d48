"""Generation: samplers in the right order, and distances after their formulas."""

import numpy as np
import pytest
from helpers import SHAPE, bars, principal
from scipy.linalg import sqrtm

from stages.evaluate.protocol import Functions
from stages.evaluate.tasks import generation


def test_frechet_distance_is_that_of_the_formula():
    random = np.random.default_rng(0)
    real, fake = random.normal(size=(300, 5)), random.normal(1, 2, size=(200, 5)) @ random.normal(size=(5, 5))
    first, second = np.cov(real.T), np.cov(fake.T)
    shift = np.sum((real.mean(axis=0) - fake.mean(axis=0)) ** 2)
    expected = shift + np.trace(first + second - 2 * sqrtm(first @ second).real)
    assert generation.frechet_distance(real, fake) == pytest.approx(expected, rel=1e-6)
    assert generation.frechet_distance(real, real) == pytest.approx(0, abs=1e-8)


def test_density_and_coverage_by_the_definition():
    random = np.random.default_rng(0)
    real, fake = random.normal(size=(60, 3)), random.normal(0.3, 1, size=(60, 3))
    radius = np.array([np.sort(np.linalg.norm(real - one, axis=1))[5] for one in real])
    inside = np.array([[np.linalg.norm(f - r) <= s for f in fake] for r, s in zip(real, radius, strict=True)])
    expected = inside.sum() / 5 / 60, inside.any(axis=1).mean()
    assert generation.density_and_coverage(real, fake) == pytest.approx(expected)


def test_density_and_coverage_of_equal_distributions_are_near_one():
    random = np.random.default_rng(0)
    density, coverage = generation.density_and_coverage(*random.normal(size=(2, 1000, 4)))
    assert density == pytest.approx(1, abs=0.1) and coverage > 0.94


def test_generation_orders_samplers(data, tasks):
    real = bars(2000, SHAPE, seed=77)[0] / np.float32(255)
    random = np.random.default_rng(0)
    noisy = np.clip(real + random.normal(0, 0.4, real.shape), 0, 1)
    constant = np.broadcast_to(real[:1], real.shape)
    copies = data.train[random.integers(0, len(data.train), 2000)] / np.float32(255)
    samples = {"real": real, "noisy": noisy, "constant": constant, "copies": copies}
    found = {
        name: generation.score(
            Functions(None, None, sample_mixture=lambda n, seed, own=own: own[:n]), data, 0, **tasks["generation"]
        )
        for name, own in samples.items()
    }
    assert (
        found["real"]["frechet"] < found["noisy"]["frechet"] and found["real"]["frechet"] < found["constant"]["frechet"]
    )
    assert found["real"]["coverage"] > 0.9 > found["constant"]["coverage"]
    assert found["copies"]["nearest"] == pytest.approx(0, abs=1e-3) and found["real"]["nearest"] > 0.02
    assert "frechet_prior" not in found["real"]


def test_the_prior_is_scored_where_there_is_one(data, tasks):
    model = principal(data)
    with_prior = generation.score(model._replace(sample=model.sample_mixture), data, 0, **tasks["generation"])
    assert with_prior["frechet_prior"] == with_prior["frechet"]
    assert with_prior["coverage_prior"] == with_prior["coverage"]
