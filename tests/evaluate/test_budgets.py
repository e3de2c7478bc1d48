"""Budgets: small images are measured whole, large ones in about the time that small ones take."""

import numpy as np

from stages.evaluate.measures import budgets
from stages.evaluate.measures.budgets import examples, factor, fewer, smaller
from stages.evaluate.tasks.generation import _pixel_gaussian


def test_small_images_are_measured_whole():
    images = np.arange(2 * 32 * 32, dtype=np.uint8).reshape(2, 32, 32, 1)
    assert smaller(images) is images and examples(images) is images
    assert fewer(30, (32, 32, 1), 4) == 30 and factor((16, 32, 3)) == 1


def test_large_images_are_fewer_and_smaller(monkeypatch):
    assert fewer(200, (64, 64, 1), 4) == 50 and fewer(200, (256, 256, 3), 8) == 8 and fewer(5, (256, 256, 3), 8) == 5
    images = np.random.default_rng(0).integers(0, 256, (3, 66, 70, 3)).astype(np.uint8)
    means = smaller(images)
    assert means.shape == (3, 22, 23, 3)
    np.testing.assert_allclose(means[1, 2, 3, 1], images[1, 6:9, 9:12, 1].mean(), rtol=1e-6)
    monkeypatch.setattr(budgets, "MOST", 2)
    monkeypatch.setattr(budgets, "EXAMPLES", 2)
    np.testing.assert_array_equal(examples(images), images[[0, 2]])


def test_a_gaussian_of_fewer_images_than_pixels_has_their_moments():
    random = np.random.default_rng(0)
    flat = random.normal(size=(6, 9)) @ random.normal(size=(9, 9))
    drawn = _pixel_gaussian(flat)(random, 200_000)
    np.testing.assert_allclose(drawn.mean(axis=0), flat.mean(axis=0), atol=0.05)
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(flat.T), atol=0.25)
    assert np.linalg.matrix_rank(np.cov(drawn.T)) == 5
