"""Ranking of all architectures in one case of a task, and how each compares with PCA and with classical methods.

Every row has task, case, architecture, kind ("architecture", "reference" or, for a method that is no rival, "bound"),
the measure and its mean over seeds, low and high (where other seeds and other test images would put it), good_enough
(above the least values), usable and choice (decisions.py). Rows of architectures have besides:

place: the index of the architecture in params.yaml, which gives its colour
rank: by the mean; rank_low, rank_high: the best and the worst that it may be
budget_limited: its rank is another with half of the epochs, see budgets.py; multiply_adds: of one image
failed_seeds: how many failed; the mean is of the others, and who has any comes last and is no rival of who has none
verdict: "best", "equivalent", "worse", "undecided", "one seed" or, of an architecture with failed seeds, "fails 1 of 3"
p_best, p_within: the chance to be the best, and to be within the margin of the best
distance, distance_low, distance_high: how far above the best of the others
gain_floor, p_floor: how far above PCA, and the chance to be better; gain_reference, p_reference: the same of the best
classical method; these and distances are relative to the other where the task says so, + is better
p_worth: the chance to be above that method, or PCA where there is no other, by more than the margin
usable: without failed seeds, good enough, and worth a network: that chance is at least the level, with one seed on
these test images; of a classical method whether it is good enough

With one seed low and high are None; with one, or where seeds failed, the ranks, chances and ends of the distance are.
"""

import numpy as np

from stages.common.task import FLOOR, ONE_SEED, Task
from stages.judge.budgets import moved
from stages.judge.decisions import choose
from stages.judge.draws import Draws, chances, drawn, scores_in
from stages.judge.failed_seeds import fails
from stages.judge.scale import difference, margin_of, scaled, unscaled
from stages.judge.verdicts import distances, ranks, reach, word

JUDGED = ("rank_low", "rank_high", "verdict", "p_best", "p_within", "distance_low", "distance_high")


def good_enough(scores: dict, task: Task, settings: dict) -> bool:
    """Whether scores, by their means over seeds, lie above the least values that the task names and, where the task
    restores images, above the identity by more than the margin.

    scores: measure -> a value for each seed; task: in one case; settings: `verdicts` in params.yaml
    """
    identity = settings["identity"].get(task.name)
    if identity is not None:
        gain = scaled(np.mean(scores[task.measure]), task) - scaled(identity, task)
        if gain <= margin_of(task, settings):
            return False
    return all(np.mean(scores[measure]) > least for measure, least in task.usable.items())


def ranked(metrics: dict[str, dict], references: dict[str, dict], task: Task, settings: dict) -> list[dict]:
    """A row for each architecture, best first, then one for each classical method, as the module says, of those
    that are in this case. Nothing where the data set does not have this task (features need classes).

    metrics: without seeds that failed; references: method -> scores in this task; task: in one case, see its `by_case`
    """
    trained, level = scores_in(metrics, task), settings["level"]
    references = {name: scores for name, scores in references.items() if task.measure in scores}
    if not trained:
        return []
    draws = drawn(metrics, references, task, settings)
    measured = _measured(trained | references, draws, task, level)
    failed = {name: fails(metrics[name]) for name in trained}
    order = sorted(measured, key=lambda name: (bool(failed.get(name)), -draws.means[list(measured).index(name)], name))
    rivals = [name for name in order if name in references and name not in task.bounds]
    others = ({"floor": FLOOR} if FLOOR in trained else {}) | ({"reference": rivals[0]} if rivals else {})
    judged = _judged(failed, draws, task, settings)
    limited, rows = moved(metrics, task, settings), []
    for rank, name in enumerate((name for name in order if name in trained), start=1):
        chances_over, gains = _over(name, list(measured), others, draws, task, margin_of(task, settings))
        worth, enough = chances_over["p_worth"] >= level, good_enough(trained[name], task, settings)
        distance, sure = judged[name][0], judged[name][1] | chances_over
        if failed[name] or len(trained[name][task.measure]) == 1:
            sure = dict.fromkeys(sure) | {"verdict": failed[name] or ONE_SEED}
        facts = _facts(name, metrics) | {"rank": rank, "budget_limited": name in limited}
        row = measured[name] | facts | sure | {"distance": distance} | gains
        rows.append(row | {"good_enough": enough, "usable": worth and enough and not failed[name]})
    for name in (name for name in order if name in references):
        kind, enough = "bound" if name in task.bounds else "reference", good_enough(references[name], task, settings)
        rows.append(measured[name] | {"kind": kind, "good_enough": enough, "usable": enough})
    return choose(rows)


def _facts(name: str, metrics: dict[str, dict]) -> dict:
    """What is known of an architecture without a comparison."""
    return {
        "kind": "architecture",
        "place": list(metrics).index(name),
        "failed_seeds": len(metrics[name]["facts"].get("failed_seeds", {})),
        "multiply_adds": metrics[name]["facts"]["multiply_adds"][0],
    }


def _measured(everything: dict[str, dict], draws: Draws, task: Task, level: float) -> dict[str, dict]:
    """Name -> the main measure and its interval, of all."""
    edges = np.quantile(draws.values, [(1 - level) / 2, (1 + level) / 2], axis=0)
    rows = {}
    for (name, scores), (low, high) in zip(everything.items(), np.sort(unscaled(edges, task), axis=0).T, strict=True):
        values = scores[task.measure]
        ends = {"low": float(low), "high": float(high)} if len(values) > 1 else dict.fromkeys(("low", "high"))
        row = {"task": task.name, "case": task.case, "architecture": name, "kind": None, "measure": task.measure}
        rows[name] = row | {"mean": float(np.mean(values))} | ends
    return rows


def _judged(failed: dict[str, str], draws: Draws, task: Task, settings: dict) -> dict[str, tuple[float, dict]]:
    """Name -> distance to the best of the others, and ranks, verdict, chances and its ends, of all architectures.

    failed: how many of the seeds of each failed, "" where none did: the others alone are rivals
    """
    places = [i for i, said in enumerate(failed.values()) if not said]
    rivals = _of_rivals([list(failed)[i] for i in places], draws.only(places), task, settings) if places else {}
    best, judged = max(draws.means[places], default=max(draws.means[: len(failed)])), {}
    for name, mean in zip(failed, draws.means[: len(failed)], strict=True):
        judged[name] = rivals.get(name) or (float(difference(mean - best, task)), dict.fromkeys(JUDGED))
    return judged


def _of_rivals(names: list[str], draws: Draws, task: Task, settings: dict) -> dict[str, tuple[float, dict]]:
    """The same of those without failed seeds."""
    margin, ends = margin_of(task, settings), reach(draws, settings["level"])
    p_best, p_within = chances(draws, margin)
    (lowest, highest), (rank_low, rank_high) = distances(ends), ranks(ends)
    judged = {}
    for i, name in enumerate(names):
        best_other = max(np.delete(draws.means, i), default=draws.means[i])
        sure = {
            "rank_low": int(rank_low[i]),
            "rank_high": int(rank_high[i]),
            "verdict": word(p_best[i], p_within[i], highest[i], margin, settings["level"]),
            "p_best": float(p_best[i]),
            "p_within": float(p_within[i]),
            "distance_low": float(difference(lowest[i], task)),
            "distance_high": float(difference(highest[i], task)),
        }
        judged[name] = float(difference(draws.means[i] - best_other, task)), sure
    return judged


def _over(
    name: str, names: list[str], others: dict[str, str], draws: Draws, task: Task, margin: float
) -> tuple[dict, dict]:
    """The chances of an architecture to be better than the others, kind -> name, and than the last of them by more than
    the margin; and its gains over them. PCA is not better than itself."""
    i, p, gains = names.index(name), {"p_worth": 1.0}, {}
    for kind, j in ((kind, names.index(other)) for kind, other in others.items()):
        above = draws.values[:, i] - draws.values[:, j]
        better = float(np.mean(np.sign(above) + 1) / 2) if i != j else None  # a tie is as much a win as a loss
        p |= {f"p_{kind}": better, "p_worth": float(np.mean(above > margin))}
        gains[f"gain_{kind}"] = float(difference(draws.means[i] - draws.means[j], task))
    return p, gains
