"""Words of the rows of a ranking, as tables show them."""

import numpy as np

from stages.common.names import class_name
from stages.common.task import FLOOR, Task
from stages.judge.phrases import gain, many
from stages.judge.verdicts import against


def words_of_row(row: dict, reference: str | None, task: Task, metrics: dict, level: float) -> dict[str, str]:
    """What tables show of an architecture's row: rank, distance to the best other, what it is over PCA (over_floor) and
    over the best classical method (over_reference), its gain over the latter or else PCA alone, and its hardest
    class, "" where classes are not known.

    reference: the name of that method, None where there is none; metrics: content of the architecture's metrics file
    """
    ends = [row["distance_low"], row["distance_high"]]
    interval = "" if None in ends else f" ({' to '.join(gain(end, task) for end in ends)})"
    return {
        "rank": rank_of(row),
        "distance": gain(row["distance"], task) + interval,
        "over_floor": _over(row, "floor", FLOOR, task, level),
        "over_reference": _over(row, "reference", reference, task, level),
        "gain": next((gain(row[kind], task) for kind in ("gain_reference", "gain_floor") if kind in row), ""),
        "hardest_class": _hardest_class(metrics, task),
    }


def cost_of(row: dict | None, floor: dict | None, metrics: dict[str, dict]) -> dict[str, str]:
    """The cost of a row that may be None, as a cell of a table (multiply_adds, also over those of floor, PCA's row) and
    as a sentence (cost)."""
    if row is None:
        return {"multiply_adds": "", "cost": ""}
    if row["kind"] != "architecture":
        return {"multiply_adds": "", "cost": "nothing to train, and no network to run"}
    count, weights = row["multiply_adds"], metrics[row["architecture"]]["facts"]["parameters"][0]
    times = f", {count / floor['multiply_adds']:.3g} x PCA" if floor and floor is not row else ""
    return {"multiply_adds": many(count) + times, "cost": f"{count:,} multiply-adds an image; {weights:,} weights"}


def rank_of(row: dict) -> str:
    """The ranks that an architecture may have; in brackets from one seed, none where seeds failed."""
    low, high = row["rank_low"], row["rank_high"]
    unknown = "-" if row["failed_seeds"] else f"({row['rank']})"
    return unknown if low is None else f"{low}" if low == high else f"{low} to {high}"


def _over(row: dict, kind: str, name: str | None, task: Task, level: float) -> str:
    if f"gain_{kind}" not in row or row["architecture"] == name:
        return "-"
    p = row[f"p_{kind}"]
    return gain(row[f"gain_{kind}"], task) + ("" if p is None else f", {against(p, level)}")


def _hardest_class(metrics: dict, task: Task) -> str:
    by_class = metrics["scores"][task.name].get(f"{task.measure}_by_class")
    if not by_class:
        return ""
    means = np.mean(by_class, axis=0)
    worst = int(np.argmax(means) if task.lower_is_better else np.argmin(means))
    return f"{class_name(metrics, worst)} ({means[worst]:.3g})"
