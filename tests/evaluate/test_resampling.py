"""The bootstrap over test images."""

import numpy as np
import pytest

from stages.evaluate.measures.resampling import resampled, resampled_means, shortened


def test_resamples_show_the_standard_error_and_pair_up():
    random = np.random.default_rng(0)
    values = random.normal(0, 1, 400)
    assert np.std(resampled_means(values)) == pytest.approx(values.std() / 20, rel=0.25)
    shifted = np.subtract(resampled_means(values + 0.1), resampled_means(values))
    np.testing.assert_allclose(shifted, 0.1, atol=1e-12)
    spreads = np.std(resampled(lambda a, b: a.mean() - b.mean(), values, random.normal(0, 1, 400)))
    assert spreads == pytest.approx(np.sqrt(2) / 20, rel=0.25)


def test_draws_of_labels_are_resampled_as_well():
    """Its variance is that of the mean of a table of random rows and columns, to the rule of Owen 2007."""
    random = np.random.default_rng(1)
    images, draws = random.normal(0, 1, 400), random.normal(0, 0.2, 10)
    spread = np.std(resampled_means(draws[:, None] + images[None]))
    assert spread == pytest.approx(np.sqrt(images.var() / 400 + draws.var() / 10), rel=0.25)
    assert spread > 1.2 * np.std(resampled_means(images))
    table = np.tile(images, (10, 1))
    np.testing.assert_allclose(resampled_means(table), resampled_means(images), atol=1e-12)


def test_a_shortened_bootstrap_is_as_wide_and_takes_few_digits():
    values = np.random.default_rng(0).normal(20, 0.06, 100).tolist()
    assert max(len(str(value)) for value in shortened(values)) <= 5
    assert np.std(shortened(values)) == pytest.approx(np.std(values), rel=0.02)
    assert shortened([0.5] * 3) == [0.5] * 3 and np.isnan(shortened([float("nan")] * 2)).all()
