"""Scale of all comparisons: more is better, and differences mean the same everywhere.

It is the logarithm for a measure whose differences are relative (MSE, Frechet distance), the measure itself else, with
its sign turned where less is better.
"""

import numpy as np

from stages.common.task import Task


def scaled(values, task: Task) -> np.ndarray:
    """Values of the task's main measure on the scale on which more is better."""
    values = np.asarray(values, float)
    values = np.log(np.maximum(values, np.finfo(float).tiny)) if task.margin == "relative" else values
    return -values if task.lower_is_better else values


def unscaled(values, task: Task) -> np.ndarray:
    """Values on that scale as the measure has them."""
    values = -np.asarray(values) if task.lower_is_better else np.asarray(values)
    return np.exp(values) if task.margin == "relative" else values


def difference(gap, task: Task) -> np.ndarray:
    """A difference on that scale as people write it, + is better: relative to the other's value, or in the unit."""
    if task.margin != "relative":
        return np.asarray(gap, float)
    return -np.expm1(-np.asarray(gap)) if task.lower_is_better else np.expm1(gap)


def margin_of(task: Task, settings: dict) -> float:
    """The margin of a task on that scale."""
    margin = settings["margins"][task.name]
    return float(np.log1p(margin)) if task.margin == "relative" else margin
