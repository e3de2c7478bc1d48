"""The statistics of `python -m tools diff`: is a change more than the luck of seeds and test images?"""

import numpy as np
import pytest
from helpers import task_of

from tools.significance import image_variance, p_values

MSE = task_of("reconstruction")


def state(values, jitter=0.0):
    luck = np.random.default_rng(0).normal(0, jitter, 50)
    return {"mse": values, "mse_resampled": (np.mean(values) * np.exp(luck)).tolist()}


def test_p_values_of_a_change():
    before = [state([0.010, 0.0101, 0.0099]), state([0.02] * 3), state([0.02] * 3), state([0.01])]
    after = [state([0.005, 0.0051, 0.0049, 0.005]), state([0.02] * 3), state([0.03] * 3), state([0.02])]
    found = p_values(before, after, MSE)
    assert found[0] < 0.001 and found[1] == 1 and found[2] < 1e-9 and np.isnan(found[3])
    tables = []
    random = np.random.default_rng(0)
    for _ in range(40):
        sides = [[state(np.exp(random.normal(-4, 0.05, 3)).tolist(), 0.001) for _ in range(12)] for _ in range(2)]
        tables.append(np.mean(p_values(*sides, MSE) < 0.05))
    assert 0.02 <= np.mean(tables) <= 0.08, "uniform where nothing changed"


def test_more_bootstrap_samples_than_before_still_compare():
    old, new = state([0.010] * 3, 0.02), state([0.011] * 3, 0.02)
    paired = image_variance(old, new, MSE)
    apart = image_variance(old, new | {"mse_resampled": 2 * new["mse_resampled"]}, MSE)
    assert paired < 1e-9 and apart == pytest.approx(2 * 0.02**2, rel=0.3)
