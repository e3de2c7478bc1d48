"""Joint draws of what the means of all methods may truly be, over other seeds and other test images."""

from typing import NamedTuple

import numpy as np

from stages.common.seeds import bootstrap
from stages.common.task import Task
from stages.judge.scale import scaled
from stages.judge.variances import errors


class Draws(NamedTuple):
    """Joint draws of what the means of k methods may truly be, over other seeds and other test images."""

    means: np.ndarray  # (k,), as measured
    values: np.ndarray  # (draws, k)

    def only(self, columns: list[int]) -> "Draws":
        """The same of some methods."""
        return Draws(self.means[columns], self.values[:, columns])


def joint_draws(measured: list[dict], moderate: list[bool], task: Task, draws: int) -> Draws:
    """Draws from the moderated t distribution of every mean, each with one bootstrap sample of the test images, which
    is the same for all methods.

    measured: for each method its scores, of which the main measure has one value a seed, and its bootstrap r samples,
    see common/seeds.py; moderate: see `errors`
    """
    random, scores = np.random.default_rng(0), [values[task.measure] for values in measured]
    means = scaled([np.mean(values) for values in scores], task)
    spread, df = errors(scores, moderate, task)
    shifts = scaled([bootstrap(values, task.measure) for values in measured], task).T  # (r, k)
    chosen = random.integers(0, len(shifts), draws)
    return Draws(means, means + spread * random.standard_t(df, (draws, len(means))) + (shifts - shifts.mean(0))[chosen])


def chances(draws: Draws, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """For each of k methods the chance that it is the best, which those that are tied share, and that it is within a
    margin of the best."""
    best = draws.values.max(axis=1, keepdims=True)
    tied = draws.values == best
    return (tied / tied.sum(axis=1, keepdims=True)).mean(axis=0), (draws.values >= best - margin).mean(axis=0)


def solved(metrics: dict) -> bool:
    """Whether an architecture is solved, not trained, as its metrics file states."""
    return metrics["facts"]["solved"][0]


def scores_in(metrics: dict[str, dict], task: Task) -> dict[str, dict]:
    """Architecture -> scores in a task, of those that are in this case."""
    scores = {name: content["scores"].get(task.name, {}) for name, content in metrics.items()}
    return {name: own for name, own in scores.items() if task.measure in own}


def drawn(metrics: dict[str, dict], references: dict[str, dict], task: Task, settings: dict) -> Draws:
    """Joint draws of all architectures that have scores in a task, then of the classical methods, both in the
    order that is given."""
    trained = scores_in(metrics, task)
    everything = trained | references
    moderate = [name in trained and not solved(metrics[name]) for name in everything]
    return joint_draws(list(everything.values()), moderate, task, settings["draws"])
