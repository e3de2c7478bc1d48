"""Significance of changes of scores between two states: beyond what seeds and test images explain."""

import numpy as np
from scipy import stats

from stages.common.seeds import bootstrap
from stages.common.task import Task
from stages.judge.scale import scaled
from stages.judge.variances import errors

# The share of luck among what is called real, not the chance of any: with a few seeds a row, the latter calls next to
# nothing real in a table of a hundred rows, even where all is better by a fifth.
LUCK = 0.05
RULE = (
    "Real: Welch's t test over seeds, with variances moderated over all rows of a task (Smyth 2004) and with the error "
    "of the test images; of all rows called real at most 5 % are expected to be false positives (Benjamini and "
    "Hochberg 1995). Within noise: the rest. With one seed only the test images can be judged by."
)
NOISE = "within noise"
Cells = dict[tuple[str, str, str, str], dict]  # data set, architecture, task and case -> scores


def verdicts(old: Cells, new: Cells, tasks: dict[tuple[str, str], Task]) -> dict[tuple, str]:
    """For each cell and case that both have and that moved, which way its main measure did and whether that is real."""
    chances: dict[tuple, float] = {}
    for use, task in tasks.items():
        both = [key for key in sorted(set(old) & set(new)) if key[2:] == use]
        if both:
            luck = p_values([old[key] for key in both], [new[key] for key in both], task)
            chances |= dict(zip(both, luck, strict=True))
    moved = [key for key in chances if old[key][tasks[key[2:]].measure] != new[key][tasks[key[2:]].measure]]
    tested = [key for key in moved if not np.isnan(chances[key])]
    adjusted = stats.false_discovery_control([chances[key] for key in tested]) if tested else []
    real = dict(zip(tested, (luck < LUCK for luck in adjusted), strict=True))
    found = {}
    for key in moved:
        task = tasks[key[2:]]
        before, after = (scaled(np.mean(side[key][task.measure]), task) for side in (old, new))
        way = "better" if after > before else "worse"
        if key in real:
            found[key] = f"{way}, real" if real[key] else NOISE
        else:
            seen = abs(after - before) > 1.96 * np.sqrt(image_variance(old[key], new[key], task))
            found[key] = f"{way} on these test images; one seed" if seen else NOISE
    return found


def image_variance(old: dict, new: dict, task: Task) -> float:
    """Variance of the difference of two means over bootstrap samples of the test images, which are the same for both
    where their number is."""
    before, after = (scaled(bootstrap(side, task.measure), task) for side in (old, new))
    if len(before) != len(after):
        return float(np.var(before, ddof=1) + np.var(after, ddof=1))
    return float(np.var(after - before, ddof=1))


def p_values(before: list[dict], after: list[dict], task: Task) -> np.ndarray:
    """Two-sided p values (k,) that nothing but seeds and test images moved the means of k methods from one state to
    another; nan where one of the two has a single seed, and the variance over seeds is not known.

    before, after: scores of each method in the task. Welch's t test with moderated variances, whose squared error also
    has the variance of the difference over the same bootstrap samples of the test images.
    """
    pairs, main = list(zip(before, after, strict=True)), task.measure
    scores = [side[main] for side in (*before, *after)]
    spread, df = errors(scores, [np.ptp(values) > 0 for values in scores], task)
    squares, df = spread.reshape(2, -1) ** 2, df.reshape(2, -1)
    gaps = np.array([scaled(np.mean(new[main]), task) - scaled(np.mean(old[main]), task) for old, new in pairs])
    square = squares.sum(axis=0) + [image_variance(old, new, task) for old, new in pairs]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = 2 * stats.t.sf(np.abs(gaps) / np.sqrt(square), square**2 / (squares**2 / df).sum(axis=0))
    found = np.where(square == 0, (gaps == 0).astype(float), found)
    return np.where([1 in (len(old[main]), len(new[main])) for old, new in pairs], np.nan, found)
