"""Variances over seeds, moderated: few seeds of each architecture say more together than each for itself."""

import numpy as np
from scipy.optimize import brentq
from scipy.special import digamma, fdtri, polygamma

from stages.common.task import Task
from stages.judge.scale import scaled


def prior(variances: np.ndarray, df: np.ndarray) -> tuple[float, float]:
    """The variance that sample variances (g,) with degrees of freedom df (g,) scatter around, and the degrees of
    freedom that knowing it is worth: 0 where there are too few, infinite where they differ by chance alone.

    Smyth 2004, "Linear models and empirical Bayes methods for assessing differential expression", section 6.2: s0^2 and
    d0 from the mean and the variance of the logarithms. Zero variances tell nothing of others and are passed over.
    """
    variances, df = variances[variances > 0], df[variances > 0]
    if len(variances) < 2:
        return 0.0, 0.0
    logs = np.log(variances) - digamma(df / 2) + np.log(df / 2)
    excess = logs.var(ddof=1) - polygamma(1, df / 2).mean()
    if excess <= 0:
        return float(np.average(variances, weights=df)), np.inf  # one variance for all: the pooled one is best
    half = float(np.exp(brentq(lambda x: polygamma(1, np.exp(x)) - excess, -30, 30)))
    return float(np.exp(logs.mean() + digamma(half) - np.log(half))), 2 * half


def moderated(variances: np.ndarray, df: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sample variances (g,) drawn towards what they scatter around, and their degrees of freedom (g,).

    Smyth 2004, equation 4, "s tilde"; no more degrees of freedom than all samples have together, as in limma.
    """
    center, worth = prior(variances, df)
    if np.isinf(worth):
        return np.full(len(variances), center), np.full(len(variances), df.sum())
    return (worth * center + df * variances) / (worth + df), np.minimum(worth + df, df.sum())


def outlying(variances: np.ndarray, df: np.ndarray) -> np.ndarray:
    """Which of the sample variances (g,) are larger than what the others scatter around allows, by an F test at 5 %
    over all. Such an architecture keeps its own, as in limma's robust fit (Phipson et al. 2016), but all or nothing."""
    out = np.zeros(len(variances), bool)
    while True:
        center, worth = prior(variances[~out], df[~out])
        allowed = np.inf if worth == 0 else center * fdtri(df, min(worth, 1e9), 1 - 0.05 / len(variances))
        if np.array_equal(out, found := out | (variances > allowed)):
            return out
        out = found


def _variance(values: np.ndarray) -> float:
    """The sample variance of values (n,); 0, without the rounding of their mean, where all are the same."""
    return float(np.var(values, ddof=1)) if np.ptp(values) > 0 else 0.0


def errors(scores: list[list[float]], moderate: list[bool], task: Task) -> tuple[np.ndarray, np.ndarray]:
    """Standard errors (k,) of the means over seeds, and their degrees of freedom; nothing is known of a single seed.

    scores: one value a seed, for each of k methods; moderate: whose variances belong together. What is solved instead
    of trained has a variance of its own, mostly none, which says nothing about that of others.
    """
    counts = np.array([len(values) for values in scores])
    variances = np.array([_variance(scaled(values, task)) for values in scores])
    df = np.maximum(counts - 1.0, 1)
    chosen = np.flatnonzero(np.array(moderate) & (counts > 1))
    chosen = chosen[~outlying(variances[chosen], df[chosen])]
    variances[chosen], df[chosen] = moderated(variances[chosen], df[chosen])
    return np.sqrt(variances / counts), df
