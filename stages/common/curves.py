"""Curves of measured points, one for every seed."""

import numpy as np


def mean_curve(by_seed: list[list[float]]) -> np.ndarray:
    """The mean over seeds of what was measured at every point, (points,); where seeds have different numbers of points,
    as on splits of their own, the values of the first."""
    return np.mean(by_seed if len(set(map(len, by_seed))) == 1 else by_seed[:1], axis=0)
