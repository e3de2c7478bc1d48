"""Verdicts: who is best, who is as good and who is worse, from scores over seeds and over test images.

All of it happens on a scale on which more is better and differences mean the same everywhere: the logarithm for a
measure that is told relatively (MSE, Frechet distance), the measure itself else, with its sign turned where less is
better.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import digamma, fdtri, polygamma

from stages.common.task import Task

BEST, EQUIVALENT, WORSE, UNDECIDED = "best", "equivalent", "worse", "undecided"
ONE_SEED = "one seed"  # in place of a verdict


class Draws(NamedTuple):
    """Joint draws of what the means of k methods may truly be, over other seeds and other test images."""

    means: np.ndarray  # (k,), as measured
    values: np.ndarray  # (draws, k)

    def only(self, columns: list[int]) -> "Draws":
        """The same of some methods."""
        return Draws(self.means[columns], self.values[:, columns])


def scaled(values, task: Task) -> np.ndarray:
    """Values of the task's main measure on the scale on which more is better."""
    values = np.asarray(values, float)
    values = np.log(np.maximum(values, np.finfo(float).tiny)) if task.margin == "relative" else values
    return -values if task.lower_is_better else values


def unscaled(values, task: Task) -> np.ndarray:
    """Values on that scale as the measure has them."""
    values = -np.asarray(values) if task.lower_is_better else np.asarray(values)
    return np.exp(values) if task.margin == "relative" else values


def told(difference, task: Task) -> np.ndarray:
    """A difference on that scale as people tell it, + is better: relative to the other's value, or in the unit."""
    if task.margin != "relative":
        return np.asarray(difference, float)
    return -np.expm1(-np.asarray(difference)) if task.lower_is_better else np.expm1(difference)


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


def errors(scores: list[list[float]], moderate: list[bool], task: Task) -> tuple[np.ndarray, np.ndarray]:
    """Standard errors (k,) of the means over seeds, and their degrees of freedom; nothing is known of a single seed.

    scores: one value a seed, for each of k methods; moderate: whose variances belong together. What is solved instead
    of trained has a variance of its own, mostly none, which says nothing about that of others.
    """
    counts = np.array([len(values) for values in scores])
    variances = np.array([np.var(scaled(values, task), ddof=1) if len(values) > 1 else 0.0 for values in scores])
    df = np.maximum(counts - 1.0, 1)
    chosen = np.flatnonzero(np.array(moderate) & (counts > 1))
    chosen = chosen[~outlying(variances[chosen], df[chosen])]
    variances[chosen], df[chosen] = moderated(variances[chosen], df[chosen])
    return np.sqrt(variances / counts), df


def joint_draws(
    scores: list[list[float]], resampled: list[np.ndarray], moderate: list[bool], task: Task, draws: int
) -> Draws:
    """Draws from the moderated t distribution of every mean, each with one bootstrap sample of the test images, which
    is the same for all methods.

    scores, moderate: see `errors`; resampled: for each method its mean over seeds in each of r bootstrap samples
    """
    random = np.random.default_rng(0)
    means = scaled([np.mean(values) for values in scores], task)
    spread, df = errors(scores, moderate, task)
    shifts = scaled(resampled, task).T  # (r, k)
    chosen = random.integers(0, len(shifts), draws)
    return Draws(means, means + spread * random.standard_t(df, (draws, len(means))) + (shifts - shifts.mean(0))[chosen])


def chances(draws: Draws, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """For each of k methods the chance that it is the best, and that it is within a margin of the best."""
    best = draws.values.max(axis=1, keepdims=True)
    return (draws.values == best).mean(axis=0), (draws.values >= best - margin).mean(axis=0)


def word(p_best: float, p_within: float, highest: float, margin: float, level: float) -> str:
    """One of four words for two chances and for the upper end of the distance to the best.

    The chances take each best draw for what may be the best, so where many are alike, all look worse than it; "worse"
    therefore also needs the interval, which allows for that.
    """
    if p_best >= level:
        return BEST
    if p_within >= level:
        return EQUIVALENT
    return WORSE if p_within <= 1 - level and highest < -margin else UNDECIDED


def against(p_better: float, level: float) -> str:
    """A word for the chance to be better than one other."""
    return "better" if p_better >= level else WORSE if p_better <= 1 - level else UNDECIDED


def reach(draws: Draws, level: float) -> np.ndarray:
    """Upper ends (k, k) of how far method i is above method j, those of each i against all j at once.

    Dunnett's one-sided comparisons with i as the control, their critical value from the draws, which know unequal
    variances and the test images that all share. On the diagonal: infinite.
    """
    off = draws.values - draws.means
    ends = np.full((off.shape[1],) * 2, np.inf)
    for i in range(len(ends)):
        others = np.arange(len(ends)) != i
        apart = off[:, [i]] - off[:, others]
        error = np.maximum(apart.std(axis=0), 1e-12)
        critical = np.quantile((apart / error).max(axis=1), level) if len(error) else 0.0
        ends[i, others] = draws.means[i] - draws.means[others] + critical * error
    return ends


def distances(ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper ends (k,) of intervals for how far each method is above the best of the others; ends: `reach`.

    Hsu 1984, "Constrained simultaneous confidence intervals for multiple comparisons with the best", with unequal
    variances: a lower end is 0 where nothing else may be best. His upper ends are not below 0, and all intervals hold
    together; here an upper end below 0 is told as well, which holds for each method by itself.
    """
    highest = ends.min(axis=1)
    rivals = highest > 0
    lowest = np.where(rivals[:, None], -ends, np.inf)
    np.fill_diagonal(lowest, np.inf)
    return np.minimum(lowest.min(axis=0), 0), np.where(np.isinf(highest), 0, highest)


def ranks(ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The best and the worst rank (k,) that each method may have: after all that are above it for sure, and before all
    that are below it for sure. For confidence in ranks see Mogstad et al. 2024, "Inference for ranks"."""
    below = ends < 0  # i is below j
    return 1 + below.sum(axis=1), len(ends) - below.sum(axis=0)
