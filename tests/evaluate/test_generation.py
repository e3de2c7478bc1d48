"""Generation: samplers in the right order, and distances after their formulas."""

import numpy as np
import pytest
from helpers import SHAPE, bars, flat, principal
from scipy.linalg import sqrtm

from stages.evaluate.measures import sample_distances
from stages.evaluate.measures.sample_distances import density_and_coverage, frechet_distance, kernel_distance
from stages.evaluate.task_interface import Functions
from stages.evaluate.tasks import generation


def test_frechet_distance_is_that_of_the_formula():
    random = np.random.default_rng(0)
    real, fake = random.normal(size=(300, 5)), random.normal(1, 2, size=(200, 5)) @ random.normal(size=(5, 5))
    first, second = np.cov(real.T), np.cov(fake.T)
    shift = np.sum((real.mean(axis=0) - fake.mean(axis=0)) ** 2)
    expected = shift + np.trace(first + second - 2 * sqrtm(first @ second).real)
    assert frechet_distance(real, fake) == pytest.approx(expected, rel=1e-6)
    assert frechet_distance(real, real) == pytest.approx(0, abs=1e-8)


def test_kernel_distance_is_that_of_a_double_loop():
    random = np.random.default_rng(0)
    real, fake = random.normal(size=(30, 5)), random.normal(0.5, 1.5, size=(20, 5))

    def kernel(x, y):
        return (x @ y / 5 + 1) ** 3

    within = [
        np.mean([kernel(x, y) for i, x in enumerate(own) for j, y in enumerate(own) if i != j]) for own in (real, fake)
    ]
    expected = sum(within) - 2 * np.mean([kernel(x, y) for x in real for y in fake])
    assert kernel_distance(real, fake) == pytest.approx(expected, rel=1e-12)


def test_kernel_distance_is_unbiased():
    """Of few images of the same kind it is as often below 0 as above; the Frechet distance is far above."""
    random = np.random.default_rng(0)
    found = [kernel_distance(*random.normal(size=(2, 50, 8))) for _ in range(300)]
    assert np.mean(found) == pytest.approx(0, abs=3 * np.std(found) / np.sqrt(300))
    assert np.mean(np.array(found) < 0) > 0.3
    assert kernel_distance(random.normal(size=(50, 8)), random.normal(1, 1, (50, 8))) > 5 * np.std(found)
    # The same mean and covariance, but another distribution: what two moments do not tell.
    skewed = random.exponential(1, (3000, 8)) - 1
    normal = random.normal(size=(3000, 8))
    assert kernel_distance(normal, random.normal(size=(3000, 8))) < 0.01
    assert frechet_distance(normal, skewed) < 0.05 < kernel_distance(normal, skewed)


def test_density_and_coverage_by_the_definition():
    random = np.random.default_rng(0)
    real, fake = random.normal(size=(60, 3)), random.normal(0.3, 1, size=(60, 3))
    radius = np.array([np.sort(np.linalg.norm(real - one, axis=1))[5] for one in real])
    inside = np.array([[np.linalg.norm(f - r) <= s for f in fake] for r, s in zip(real, radius, strict=True)])
    expected = inside.sum() / 5 / 60, inside.any(axis=1).mean()
    assert density_and_coverage(real, fake) == pytest.approx(expected)


def test_density_and_coverage_of_equal_distributions_are_near_one():
    random = np.random.default_rng(0)
    density, coverage = density_and_coverage(*random.normal(size=(2, 1000, 4)))
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
    assert found["real"]["kernel"] < found["noisy"]["kernel"] and found["real"]["kernel"] < found["constant"]["kernel"]
    assert found["real"]["coverage"] > 0.9 > found["constant"]["coverage"]
    assert found["copies"]["nearest"] == pytest.approx(0, abs=1e-3) and found["real"]["nearest"] > 0.02
    assert "frechet_prior" not in found["real"]


def test_the_source_is_chosen_on_validation(data, tasks):
    """Mixture and prior are both scored; the one that is nearer to validation images is the headline, whatever test
    images say."""
    options = tasks["generation"]
    real = bars(2000, SHAPE, seed=77)[0] / np.float32(255)
    noisy = np.clip(real + np.random.default_rng(0).normal(0, 0.4, real.shape), 0, 1)
    model = principal(data)._replace(sample_mixture=lambda n, seed: noisy[:n], sample=lambda n, seed: real[:n])
    found = generation.score(model, data, 0, **options)
    assert found["source"] == ["prior"] and found["frechet_prior"] < found["frechet_mixture"]
    misled = generation.score(model, data._replace(validation=(255 * noisy[:90]).astype(np.uint8)), 0, **options)
    assert misled["source"] == ["mixture"] and misled["frechet"] == found["frechet_mixture"]
    for measure in ("frechet", "kernel", "density", "coverage", "nearest"):
        assert found[measure] == found[f"{measure}_prior"] and misled[measure] == found[f"{measure}_mixture"]
    assert np.mean(found["frechet_resampled"]) < np.mean(misled["frechet_resampled"])
    alone = generation.score(model._replace(sample=None), data, 0, **options)
    assert alone["source"] == ["mixture"] and "frechet_prior" not in alone


@pytest.mark.parametrize("block", [7, 400])
def test_the_nearest_image_is_found_in_whichever_block_it_lies(block, data, monkeypatch):
    monkeypatch.setattr(sample_distances, "BLOCK", block)
    samples = data.test[:50] / np.float32(255)
    apart = flat(data.test[:50])[:, None] - flat(data.train)[None]
    by_hand = np.median(np.sqrt(np.mean(apart**2, axis=2)).min(axis=1))
    assert sample_distances.nearest(samples, data.train) == pytest.approx(by_hand, rel=1e-4)
