"""The bootstrap over test images."""

import numpy as np
import pytest

from stages.evaluate.measures.resampling import resampled, resampled_means


def test_resamples_show_the_standard_error_and_pair_up():
    random = np.random.default_rng(0)
    values = random.normal(0, 1, 400)
    assert np.std(resampled_means(values)) == pytest.approx(values.std() / 20, rel=0.25)
    shifted = np.subtract(resampled_means(values + 0.1), resampled_means(values))
    np.testing.assert_allclose(shifted, 0.1, atol=1e-12)
    spreads = np.std(resampled(lambda a, b: a.mean() - b.mean(), values, random.normal(0, 1, 400)))
    assert spreads == pytest.approx(np.sqrt(2) / 20, rel=0.25)
