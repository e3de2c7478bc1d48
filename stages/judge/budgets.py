"""Budgets: whether the first seed, with half of the epochs, gives the same ranks and the same answer as with all."""

import numpy as np

from stages.common.names import spoken
from stages.common.task import Task
from stages.judge.draws import scores_in, solved
from stages.judge.phrases import gain
from stages.judge.scale import difference, margin_of, scaled


def at_half(metrics: dict[str, dict], task: Task) -> dict[str, np.ndarray]:
    """Architecture -> the main measure with half of the epochs and with all, (2,), on the scale of scale.py, of the
    first seed; what is solved has the same twice. Without architectures that have no such score or a failed seed."""
    values = {}
    for name, scores in scores_in(metrics, task).items():
        whole, shorter = scores[task.measure][0], metrics[name].get("budgets", {"scores": {}})["scores"]
        half = whole if solved(metrics[name]) else shorter.get(task.name, {}).get(task.measure, [None])[-1]
        if half is not None and "failed_seeds" not in metrics[name]["facts"]:
            values[name] = scaled([half, whole], task)
    return values


def reachable_ranks(values: np.ndarray, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """The best and the worst rank (k,) that each of values (k,) has where those within the margin of it are tied."""
    above = values - values[:, None]  # how far each is above each
    return 1 + (above > margin).sum(axis=1), (above >= -margin).sum(axis=1)


def moved(metrics: dict[str, dict], task: Task, settings: dict) -> set[str]:
    """The networks whose rank is another with half of the epochs, also if all within the margin are tied; not what is
    solved, which no budget limits."""
    values, margin = at_half(metrics, task), margin_of(task, settings)
    if not values:
        return set()
    half, whole = (reachable_ranks(column, margin) for column in np.array([*values.values()]).T)
    apart = (half[1] < whole[0]) | (whole[1] < half[0])
    return {name for name, is_apart in zip(values, apart, strict=True) if is_apart and not solved(metrics[name])}


def same_at_half(
    decision: dict, metrics: dict[str, dict], references: dict, task: Task, settings: dict
) -> tuple[bool | None, str]:
    """Whether a decision would be the same with half of the epochs, also in words; None and "" where nothing was
    measured. It is where the recommended one, one of the candidates or, where nobody is recommended, the best one is
    within the margin of the best there, too, and a network above the best method without one by more than the margin.
    Else the words say what is ahead, and by how much.

    references: classical method -> scores in this task, which half of the epochs does not change
    """
    values, margin = at_half(metrics, task), margin_of(task, settings)
    kind, other, halves = decision["kind"], decision["reference"], {name: half for name, (half, _) in values.items()}
    if other in references and kind in ("take", "open", "none"):
        halves[other] = float(scaled(references[other][task.measure][0], task))
    front = [decision["front"]]
    asked = {"take": decision["names"][:1], "none": front}.get(kind, decision["names"] + front)
    asked = [name for name in asked if name in values]
    if not asked or (kind == "none" and other not in halves) or all(solved(metrics[name]) for name in values):
        return None, ""
    ahead, reached = max(halves, key=halves.get), halves[other] if kind == "none" else max(halves[n] for n in asked)
    if halves[ahead] - reached > margin:
        gap = gain(float(difference(halves[ahead] - reached, task)), task)
        return False, f"at half of the epochs {spoken(ahead)} is ahead by {gap.lstrip('+')}"
    if kind in ("take", "open") and other in halves and reached - halves[other] <= margin:
        return False, f"at half of the epochs not above {spoken(other)} by more than the margin"
    return True, "the same at half of the epochs"
