"""Ranking of architectures in one task: verdicts over all of them, and against PCA and what needs no network."""

import numpy as np

from stages.common.task import Task
from stages.compare.verdicts import (
    BEST,
    EQUIVALENT,
    ONE_SEED,
    WORSE,
    Draws,
    against,
    chances,
    distances,
    joint_draws,
    ranks,
    reach,
    told,
    unscaled,
    word,
)

FLOOR = "pca"  # needs no training: the method without a network where a task has no other
TAKE, AS_GOOD, CANDIDATE = "take", "as good", "candidate"


def margin_of(task: Task, settings: dict) -> float:
    """The margin of a task on the scale of verdicts.py; settings: `verdicts` in params.yaml."""
    margin = settings["margins"][task.name]
    return float(np.log1p(margin)) if task.margin == "relative" else margin


def one_on_one(gaps: np.ndarray, margin: float, level: float) -> str:
    """A word for one method against one other, from draws of how far it is above: "equivalent" where that is within the
    margin for sure, else "better", "worse" or "undecided"."""
    return EQUIVALENT if np.mean(np.abs(gaps) <= margin) >= level else against(np.mean(gaps > 0), level)


def solved(metrics: dict) -> bool:
    """Whether an architecture is solved, not trained: its losses are the same with every seed."""
    first, *others = metrics["curves"].values()
    return all(curves == first for curves in others)


def drawn(metrics: dict[str, dict], references: dict[str, dict], task: Task, settings: dict) -> dict[str, Draws]:
    """Joint draws of all architectures that have scores in a task, and of the methods without a network: "architecture"
    and "all", the architectures first, both in the order that is given."""
    sources = {name: own["scores"][task.name] for name, own in metrics.items() if task.name in own["scores"]}
    everything = sources | references
    draws = joint_draws(
        [own[task.measure] for own in everything.values()],
        [np.mean(own[f"{task.measure}_resampled"], axis=0) for own in everything.values()],
        [name in sources and not solved(metrics[name]) for name in everything],
        task,
        settings["draws"],
    )
    return {"all": draws, "architecture": draws.only(list(range(len(sources))))}


def usable(scores: dict, task: Task) -> bool:
    """Whether the scores of an architecture, means over seeds, lie above the least values that the task names."""
    return all(np.mean(scores[measure]) > least for measure, least in task.usable.items())


def ranked(metrics: dict[str, dict], references: dict[str, dict], task: Task, settings: dict) -> list[dict]:
    """A row for each architecture, best first: the main measure, its interval, and what it amounts to; then a row for
    each method without a network. Nothing where the data set does not have this task (features need classes).

    metrics: architecture -> content of its metrics file; references: method -> scores in this task
    settings: `verdicts` in params.yaml

    kind: "architecture", "reference" or, for a method that is no rival, "bound"
    mean, low, high: over seeds; where other seeds and other test images would put it
    place: of the architecture in params.yaml, which gives its colour
    rank: by the mean; rank_low, rank_high: the best and the worst that it may be
    verdict: "best", "equivalent", "worse", "undecided" or "one seed"
    p_best, p_within: the chance to be the best, and to be within the margin of the best
    distance, distance_low, distance_high: how far above the best of the others
    gain_floor, p_floor: how far above PCA, and the chance to be better; gain_reference, p_reference: the same of the
    best method without a network; these and distances are relative to the other where the task says so, + is better
    usable: told to be better than the best method without a network (PCA where there is no other), with one seed on
    these test images, and above the least values of the task; of a method without a network the latter alone
    budget_limited: more epochs would have lowered what was trained for; multiply_adds: of one image
    choice: what to take for this task, see `choose`
    With one seed low, high, the ranks, the chances and the ends of the distance are None.
    """
    sources = {name: own["scores"][task.name] for name, own in metrics.items() if task.name in own["scores"]}
    if not sources:
        return []
    everything = sources | references
    names, level, tail = list(everything), settings["level"], (1 - settings["level"]) / 2
    draws = drawn(metrics, references, task, settings)
    values, own = draws["all"].values, draws["architecture"]
    edges = np.sort(unscaled(np.quantile(values, (tail, 1 - tail), axis=0), task), axis=0)
    margin = margin_of(task, settings)
    p_best, p_within = chances(own, margin)
    ends = reach(own, level)
    (lowest, highest), (rank_low, rank_high) = distances(ends), ranks(ends)

    def by_mean(chosen):
        return sorted(chosen, key=lambda name: (-draws["all"].means[names.index(name)], name))

    def row_of(name, kind):
        several = len(everything[name][task.measure]) > 1
        low, high = edges[:, names.index(name)] if several else (None, None)
        mean = np.mean(everything[name][task.measure])
        row = {"task": task.name, "architecture": name, "kind": kind, "measure": task.measure}
        return row | {"mean": float(mean), "low": low and float(low), "high": high and float(high)}

    rivals = by_mean(name for name in references if name not in task.bounds)
    others = {"floor": FLOOR} if FLOOR in sources else {}
    others |= {"reference": rivals[0]} if rivals else {}
    rows = []
    for rank, name in enumerate(by_mean(sources), start=1):
        i = names.index(name)
        row = {
            "rank_low": int(rank_low[i]),
            "rank_high": int(rank_high[i]),
            "verdict": word(p_best[i], p_within[i], highest[i], margin, level),
            "p_best": float(p_best[i]),
            "p_within": float(p_within[i]),
            "distance_low": float(told(lowest[i], task)),
            "distance_high": float(told(highest[i], task)),
        }
        gains = {"distance": float(told(own.means[i] - max(np.delete(own.means, i), default=own.means[i]), task))}
        for kind, j in ((kind, names.index(other)) for kind, other in others.items()):
            row[f"p_{kind}"] = float(np.mean(values[:, i] > values[:, j])) if i != j else None
            gains[f"gain_{kind}"] = float(told(draws["all"].means[i] - draws["all"].means[j], task))
        beaten = row.get("p_reference", row.get("p_floor", 1.0)) or 0.0  # PCA does not beat itself
        gains["usable"] = beaten >= level and usable(sources[name], task)
        if len(sources[name][task.measure]) == 1:
            row = dict.fromkeys(row) | {"verdict": ONE_SEED}
        limited = metrics[name]["facts"].get("budget_limited", [False])[0]
        place = {"place": list(metrics).index(name), "rank": rank, "budget_limited": limited}
        cost = {"multiply_adds": metrics[name]["cost"]["multiply_adds"]}
        rows.append(row_of(name, "architecture") | place | cost | row | gains)
    for name in by_mean(references):
        row = row_of(name, "bound" if name in task.bounds else "reference")
        rows.append(row | {"usable": usable(references[name], task)})
    return choose(rows, level)


def leading(rows: list[dict]) -> set[str]:
    """The architectures that are best or equivalent."""
    return {row["architecture"] for row in rows if row.get("verdict") in (BEST, EQUIVALENT)}


def without_network(rows: list[dict]) -> dict | None:
    """The row of the best method without a network, PCA's where there is no other; None where there is neither."""
    others = [row for row in rows if row["kind"] == "reference"] or [r for r in rows if r["architecture"] == FLOOR]
    return others[0] if others else None


def choose(rows: list[dict], level: float) -> list[dict]:
    """The rows with `choice`, which is None unless said here.

    Where architectures are usable and best or equivalent: "take" for the one of them with the fewest multiply-adds, "as
    good" for the others. Else "candidate" for the usable ones that more seeds might tell from each other. Where none is
    usable: "take" for the best method without a network; but where that lacks the least values of the task as well, the
    same choice among the architectures that are better than it, with a chance of at least `level`.
    """
    own = [row for row in rows if row["kind"] == "architecture"]
    useful, other = [row for row in own if row["usable"]], without_network(rows)
    if not useful and other and not other["usable"]:
        useful = [row for row in own if (row.get("p_reference") or 0) >= level]
    told_best = [row for row in useful if row["verdict"] in (BEST, EQUIVALENT)]
    if own[0]["verdict"] == ONE_SEED:
        choices = dict.fromkeys((row["architecture"] for row in useful or own), CANDIDATE)
    elif told_best:
        choices = dict.fromkeys((row["architecture"] for row in told_best), AS_GOOD)
        choices[min(told_best, key=lambda row: row["multiply_adds"])["architecture"]] = TAKE
    elif useful:
        open_ones = [row for row in useful if row["verdict"] != WORSE] or useful
        choices = dict.fromkeys((row["architecture"] for row in open_ones), CANDIDATE)
    else:
        choices = {(other or own[0])["architecture"]: TAKE}
    return [row | {"choice": choices.get(row["architecture"])} for row in rows]
