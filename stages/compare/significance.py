"""Significance: the statistics behind every verdict on who is better and who ties."""

from typing import NamedTuple

import numpy as np
from scipy import stats

LEVEL = 0.05  # the chance of calling a win where there is none, over all comparisons of a table


class Interval(NamedTuple):
    """A mean over seeds and its 95 % interval; low and high are None with a single seed."""

    mean: float
    low: float | None
    high: float | None


class Comparison(NamedTuple):
    """One architecture against a reference: mean difference over seeds and what it amounts to."""

    difference: float
    p_value: float | None  # of the paired t test, Holm-adjusted; None with a single seed
    verdict: str  # "better", "worse", "tie"; with a single seed "ahead", "behind", "tie": by the test images alone


def interval(values: list[float]) -> Interval:
    """The mean and Student's t interval of values of different seeds.

    A percentile bootstrap of three seeds covers 71 % where it says 95 %; the t interval covers what it says.
    """
    mean = float(np.mean(values))
    if len(values) < 2:
        return Interval(mean, None, None)
    half = stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    return Interval(mean, float(mean - half), float(mean + half))


def standard_error(values: list[float]) -> float:
    """Of the mean of values of different seeds; 0 for a single one."""
    return float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0


def holm(p_values: list[float]) -> list[float]:
    """Adjusted p values (Holm 1979, "A simple sequentially rejective multiple test procedure")."""
    order = np.argsort(p_values)
    factors = len(p_values) - np.arange(len(p_values))
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(np.array(p_values)[order] * factors), 1)
    return adjusted.tolist()


def compare(
    scores: dict[str, list[float]], resampled: dict[str, np.ndarray], reference: str, lower_is_better: bool
) -> dict[str, Comparison]:
    """Every architecture but the reference against it.

    scores: architecture -> one value a seed, the same seeds everywhere
    resampled: architecture -> (r,), its mean over seeds in each of r bootstrap samples of the test images, the same
    samples everywhere

    A win needs both: a paired t test over seeds, Holm-adjusted, below 5 %, and a difference beyond 1.96 standard
    errors of the test images, which are the standard deviation of the difference over the samples. With one seed the
    first cannot be had; the verdict then says only who is ahead on these test images.
    """
    others = [name for name in scores if name != reference]
    differences = {name: np.subtract(scores[name], scores[reference]) for name in others}
    several = len(scores[reference]) > 1
    adjusted = dict.fromkeys(others)
    if several and others:
        adjusted = dict(zip(others, holm([paired_p(differences[name]) for name in others]), strict=True))
    result = {}
    for name in others:
        difference = float(differences[name].mean())
        sampling_error = np.std(np.subtract(resampled[name], resampled[reference]), ddof=1)
        beyond_sampling = abs(difference) > 1.96 * sampling_error
        verdict = "tie"
        if beyond_sampling and (not several or adjusted[name] < LEVEL):
            win, loss = ("better", "worse") if several else ("ahead", "behind")
            verdict = win if (difference < 0) == lower_is_better else loss
        result[name] = Comparison(difference, adjusted[name], verdict)
    return result


def paired_p(differences: np.ndarray) -> float:
    """Two-sided p value of the paired t test; where all seeds differ by the same, 0, or 1 if that is nothing."""
    if np.ptp(differences) <= 1e-12 * np.abs(differences).max():
        return float(differences[0] == 0)
    return float(stats.ttest_1samp(differences, 0).pvalue)
