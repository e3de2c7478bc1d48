"""Ranking of architectures in one task, with verdicts against the best, PCA and the best method without a network."""

import numpy as np

from stages.common.task import Task
from stages.compare.significance import compare, interval, standard_error

FLOOR = "pca"  # what every architecture is held against, besides the best one


def ranked(metrics: dict[str, dict], references: dict[str, dict], task: Task) -> list[dict]:
    """A row for each architecture, best first: the main measure, its interval, and what it amounts to; then a row for
    each method without a network. Nothing where the data set does not have this task (features need classes).

    metrics: architecture -> content of its metrics file; references: method -> scores in this task
    kind: "architecture", "reference" or, for a method that is no rival, "bound"
    place: of the architecture in params.yaml, which gives its colour; others have none
    rank: 1 for the best architecture and all that tie with it, else the place by mean; others have none
    versus_best, versus_floor, versus_reference: verdicts as in significance.py against the best architecture, PCA and
    the best reference; margin_*: difference of the means, relative to the other's where the task says so
    seed_error, test_image_error: standard errors of the mean, over seeds (0 for a single one) and over test images
    """
    scores = {name: content["scores"] for name, content in metrics.items()}
    sources = {name: own[task.name] for name, own in scores.items() if task.name in own}
    if not sources:
        return []
    rivals = [name for name in references if name not in task.bounds]
    everything = {name: own[task.measure] for name, own in (sources | references).items()}
    resampled = {
        name: np.mean(own[f"{task.measure}_resampled"], axis=0) for name, own in (sources | references).items()
    }

    def image_error(name):
        return float(np.std(resampled[name], ddof=1))

    def by_mean(names):
        return sorted(names, key=lambda n: ((1 if task.lower_is_better else -1) * np.mean(everything[n]), n))

    ordered = by_mean(sources)
    others = {"best": ordered[0]}
    if FLOOR in sources:
        others["floor"] = FLOOR
    if rivals:
        others["reference"] = by_mean(rivals)[0]
    verdicts = {}
    for kind, other in others.items():
        chosen = {name: everything[name] for name in {**sources, other: None}}
        verdicts[kind] = compare(chosen, resampled, other, task.lower_is_better)

    rows = []
    for place, name in enumerate(ordered, start=1):
        row = {"task": task.name, "architecture": name, "kind": "architecture", "measure": task.measure}
        row["place"] = list(metrics).index(name)
        row |= dict(zip(("mean", "low", "high"), interval(everything[name]), strict=True))
        row |= {"seed_error": standard_error(everything[name]), "test_image_error": image_error(name)}
        for kind, other in others.items():
            verdict = verdicts[kind].get(name)
            scale = float(np.mean(everything[other])) if task.margin == "relative" else 1.0
            row[f"versus_{kind}"] = verdict.verdict if verdict else "itself"
            row[f"p_{kind}"] = verdict.p_value if verdict else None
            row[f"margin_{kind}"] = verdict.difference / scale if verdict else 0.0
        row["rank"] = 1 if row["versus_best"] in ("itself", "tie") else place
        rows.append(row)
    for name in by_mean(references):
        kind = "bound" if name in task.bounds else "reference"
        row = {"task": task.name, "architecture": name, "kind": kind, "measure": task.measure}
        row |= dict(zip(("mean", "low", "high"), interval(everything[name]), strict=True))
        rows.append(row | {"seed_error": standard_error(everything[name]), "test_image_error": image_error(name)})
    return rows
