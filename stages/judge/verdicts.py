"""Verdicts: who is best, who is as good and who is worse, from joint draws on the scale of scale.py."""

import numpy as np

from stages.common.task import BEST, EQUIVALENT, ONE_SEED, UNDECIDED, WORSE, Task
from stages.judge.draws import Draws
from stages.judge.scale import difference, margin_of


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


def one_on_one(gaps: np.ndarray, margin: float, level: float) -> str:
    """A word for one method against one other, from draws of how far it is above: "equivalent" where that is within the
    margin for sure, "better" or "worse" where it is beyond it for sure, else "undecided"."""
    sure = {EQUIVALENT: np.abs(gaps) <= margin, "better": gaps > margin, WORSE: gaps < -margin}
    return next((said for said, hits in sure.items() if np.mean(hits) >= level), UNDECIDED)


def compared(draws: Draws, first: int, second: int, several: bool, task: Task, settings: dict) -> dict:
    """The verdict on the second of two methods against the first, and its gain over it (+ is better).

    several: whether both have more than one seed
    """
    gaps = draws.values[:, second] - draws.values[:, first]
    verdict = one_on_one(gaps, margin_of(task, settings), settings["level"]) if several else ONE_SEED
    return {"verdict": verdict, "gain": float(difference(draws.means[second] - draws.means[first], task))}


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
    together; here an upper end below 0 is given as well, which holds for each method by itself.
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
