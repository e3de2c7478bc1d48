"""The quantiser, and steps that fit a decoder."""

import numpy as np
import pytest

from stages.evaluate.measures.latent_codec import Quantiser
from stages.evaluate.measures.latent_coder import sensitivity


def test_bins_are_a_step_wide_and_that_of_zero_is_the_dead_zone():
    latents = np.linspace(-4, 4, 8001)[:, None].astype(np.float32)
    for dead_zone in (1.0, 1.2, 1.6):
        quantiser = Quantiser(np.array([0.5], np.float32), np.array([0.25], np.float32), dead_zone)
        numbers = quantiser.numbers(latents)[:, 0]
        widths = {k: np.mean(numbers == k) * 8 / 0.25 for k in (-2, -1, 0, 1, 2)}
        assert widths == pytest.approx({-2: 1, -1: 1, 0: dead_zone, 1: 1, 2: 1}, abs=0.02)
        errors = np.abs(quantiser.values(numbers[:, None]) - latents) / 0.25
        assert errors.max() == pytest.approx(dead_zone / 2, abs=0.01)


def test_sensitivity_of_linear_decoders_is_the_length_of_their_columns():
    random = np.random.default_rng(0)
    weights = random.normal(size=(4, 36)).astype(np.float32) * np.array([[1], [10], [0.1], [0]], np.float32)
    latents = random.normal(size=(200, 4)).astype(np.float32)
    found = sensitivity(lambda z: (z @ weights).reshape(-1, 6, 6, 1), latents)
    np.testing.assert_allclose(found, np.linalg.norm(weights, axis=1), rtol=1e-3)


def test_sensitivity_of_a_curved_decoder_is_its_mean_slope():
    latents = np.random.default_rng(0).normal(size=(300, 1)).astype(np.float32)
    found = sensitivity(lambda z: np.sin(z).reshape(-1, 1, 1, 1), latents)
    slopes = np.cos(np.random.default_rng(1).normal(size=100_000))
    assert found[0] == pytest.approx(np.sqrt(np.mean(slopes**2)), rel=0.2)
