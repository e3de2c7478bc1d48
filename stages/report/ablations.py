"""Ablations as the report tells them: whether a setting matters, and what blocks of changes gain and cost."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

from stages.common.params import changed
from stages.common.task import Task
from stages.compare.ranking import margin_of, one_on_one, solved
from stages.compare.style import spoken
from stages.compare.verdicts import ONE_SEED, joint_draws, told
from stages.report.warnings import deviation

SIZES = "latent_size"  # the setting that has a picture of its own
TASK = Task("mse", "lower", "test MSE", "relative", name="reconstruction")  # what ablations are scored on


class Ablation(NamedTuple):
    """The ablations of one architecture on one data set."""

    architecture: str
    base: dict  # the metrics file of what is compared
    rows: list[dict]  # setting, value, compared, changes, scores and cost of every variant


def read_ablations(dataset: str, architectures: list[str]) -> list[Ablation]:
    """All ablations that have been run on a data set of architectures that have been measured, in their order."""
    found = []
    for name in architectures:
        path, measured = Path("metrics/ablations", dataset, f"{name}.json"), Path("metrics", dataset, f"{name}.json")
        if path.exists() and measured.exists():
            base = json.loads(measured.read_text())
            if TASK.name in base["scores"]:
                found.append(Ablation(name, base, _rows(json.loads(path.read_text()))))
    return found


def _rows(content: dict) -> list[dict]:
    """A dict for each variant from a dict of lists."""
    parts = ("settings", "values", "compared", "changes")
    rows = [dict(zip(parts, row, strict=True)) for row in zip(*(content[part] for part in parts), strict=True)]
    for part in ("scores", "cost"):
        for i, row in enumerate(rows):
            row[part] = {name: values[i] for name, values in content[part].items()}
    return rows


def points_of(base: dict, rows: list[dict], verdicts: dict) -> list[dict]:
    """Points of one setting of one architecture, in the order of the values where they are numbers, with the compared
    value among them: value, scores by seed, mean on test and on validation, whether it is the one compared, verdict on
    test against that, gain over it (+ is better), and whether it is the one that validation would choose.

    verdicts: the block in params.yaml
    """
    compared, own = rows[0]["compared"], base["scores"]["reconstruction"]
    scores = {compared: own} | {row["values"]: row["scores"] for row in rows}
    errors = {value: found["mse"] for value, found in scores.items()}
    resampled = {value: np.mean(found["mse_resampled"], axis=0) for value, found in scores.items()}
    values = list(errors)
    draws = joint_draws(
        list(errors.values()), list(resampled.values()), [not solved(base)] * len(values), TASK, verdicts["draws"]
    )
    gaps = draws.values - draws.values[:, [values.index(compared)]]

    def word(i):
        return one_on_one(gaps[:, i], margin_of(TASK, verdicts), verdicts["level"]) if len(own["mse"]) > 1 else ONE_SEED

    validation = {value: float(np.mean(found["validation_mse"])) for value, found in scores.items()}
    points = [
        {
            "value": value,
            "scores": own_errors,
            "mean": float(np.mean(own_errors)),
            "validation": validation[value],
            "compared": value == compared,
            "chosen": value == min(validation, key=validation.get),
            "verdict": word(i) if value != compared else "itself",
            "gain": float(told(draws.means[i] - draws.means[values.index(compared)], TASK)),
        }
        for i, (value, own_errors) in enumerate(errors.items())
    ]
    if all(isinstance(value, int | float) for value in errors):
        points.sort(key=lambda point: point["value"])
    return points


def settings(ablations: list[Ablation], verdicts: dict) -> dict[str, dict[str, list[dict]]]:
    """Setting -> architecture -> points, of all settings of a data set that have been varied alone."""
    found = {}
    for one in ablations:
        alone = [row for row in one.rows if row["values"] is not None]
        for setting in dict.fromkeys(row["settings"] for row in alone):
            points = points_of(one.base, [row for row in alone if row["settings"] == setting], verdicts)
            found.setdefault(setting, {})[one.architecture] = points
    return found


def blocks(dataset: str, params: dict, ablations: list[Ablation]) -> list[dict]:
    """Every block of changes: name, architecture, changes, and under cells the settings of the data set, the scores of
    reconstruction and the cost, as compared and as changed."""
    found = []
    for one in ablations:
        for row in one.rows:
            if row["values"] is None:
                own = changed(params, row["changes"])["data"][dataset]
                scores, cost = one.base["scores"]["reconstruction"], one.base["cost"]
                cells = [("as compared", params["data"][dataset], scores, cost)]
                cells.append(("changed", own, row["scores"], row["cost"]))
                names = {"name": row["settings"], "architecture": one.architecture, "changes": row["changes"]}
                found.append(names | {"cells": cells})
    return found


def answer(curves: dict[str, list[dict]]) -> str:
    """Whether a setting matters on a data set, and by how much against the spread over seeds.

    curves: architecture -> points
    """
    won = [(name, p) for name, points in curves.items() for p in points if p["verdict"] == "better"]
    lost = [(name, p) for name, points in curves.items() for p in points if p["verdict"] == "worse"]
    spreads = [deviation(point["scores"]) for points in curves.values() for point in points]
    spreads = [value for value in spreads if value > 1e-6]  # PCA's seeds are all the same
    told_of_seeds = f"; seeds alone spread it by {100 * np.median(spreads):.1f} % (median)" if spreads else ""
    if not won and not lost:
        return f"no, no value is told from the one compared{told_of_seeds}."

    def most(found):
        name, point = max(found, key=lambda pair: abs(pair[1]["gain"]))
        return f"{100 * abs(point['gain']):.0f} % ({spoken(name)}, {spoken(str(point['value']))})"

    parts = [f"{way} by up to {most(found)}" for way, found in (("falls", won), ("rises", lost)) if found]
    total = sum(len(points) - 1 for points in curves.values())
    return (
        f"yes, {len(won) + len(lost)} of {total} changes are told from the value compared, "
        f"the error {' and '.join(parts)}{told_of_seeds}."
    )
