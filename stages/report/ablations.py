"""Ablations as the report tells them: whether a setting matters, and what blocks of changes gain and cost."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

from stages.common.params import changed
from stages.compare.significance import compare
from stages.compare.style import spoken
from stages.report.traits import deviation


class Ablation(NamedTuple):
    """The ablations of one architecture on one data set."""

    dataset: str
    architecture: str
    base: dict  # the metrics file of what is compared
    rows: list[dict]  # setting, value, compared, changes, scores and cost of every variant


def read_ablations(params: dict, results: dict[str, dict]) -> list[Ablation]:
    """All ablations that have been run of what has been compared, in the order of params.yaml."""
    found = []
    for dataset in params["ablated"]["datasets"]:
        for architecture in params["ablated"]["architectures"]:
            path = Path("metrics/ablations", dataset, f"{architecture}.json")
            base = results.get(dataset, {}).get("metrics", {}).get(architecture)
            if path.exists() and base and "reconstruction" in base["scores"]:
                found.append(Ablation(dataset, architecture, base, _rows(json.loads(path.read_text()))))
    return found


def _rows(content: dict) -> list[dict]:
    """A dict for each variant from a dict of lists."""
    parts = ("settings", "values", "compared", "changes")
    rows = [dict(zip(parts, row, strict=True)) for row in zip(*(content[part] for part in parts), strict=True)]
    for part in ("scores", "cost"):
        for i, row in enumerate(rows):
            row[part] = {name: values[i] for name, values in content[part].items()}
    return rows


def points_of(base: dict, rows: list[dict]) -> list[dict]:
    """Points of one setting of one architecture, in the order of the values where they are numbers, with the compared
    value among them: value, scores by seed, mean on test and on validation, whether it is the one compared, verdict on
    test against that, change relative to it, and whether it is the one that validation would choose."""
    compared, own = rows[0]["compared"], base["scores"]["reconstruction"]
    scores = {compared: own} | {row["values"]: row["scores"] for row in rows}
    errors = {value: found["mse"] for value, found in scores.items()}
    resampled = {value: np.mean(found["mse_resampled"], axis=0) for value, found in scores.items()}
    verdicts = compare(errors, resampled, compared, lower_is_better=True)
    validation = {value: float(np.mean(found["validation_mse"])) for value, found in scores.items()}
    points = [
        {
            "value": value,
            "scores": own_errors,
            "mean": float(np.mean(own_errors)),
            "validation": validation[value],
            "compared": value == compared,
            "chosen": value == min(validation, key=validation.get),
            "verdict": verdicts[value].verdict if value != compared else "itself",
            "change": float(np.mean(own_errors) / np.mean(errors[compared]) - 1),
        }
        for value, own_errors in errors.items()
    ]
    if all(isinstance(value, int | float) for value in errors):
        points.sort(key=lambda point: point["value"])
    return points


def settings(ablations: list[Ablation]) -> dict[str, dict]:
    """Setting -> data set -> architecture -> points, of all settings that have been varied alone."""
    found = {}
    for one in ablations:
        alone = [row for row in one.rows if row["values"] is not None]
        for setting in dict.fromkeys(row["settings"] for row in alone):
            points = points_of(one.base, [row for row in alone if row["settings"] == setting])
            found.setdefault(setting, {}).setdefault(one.dataset, {})[one.architecture] = points
    return found


def blocks(params: dict, ablations: list[Ablation]) -> list[dict]:
    """Every block of changes: name, data set, architecture, changes, and under cells the settings of the data set, the
    scores of reconstruction and the cost, as compared and as changed."""
    found = []
    for one in ablations:
        for row in one.rows:
            if row["values"] is None:
                own = changed(params, row["changes"])["data"][one.dataset]
                cells = [
                    (
                        "as compared",
                        params["data"][one.dataset],
                        one.base["scores"]["reconstruction"],
                        one.base["cost"],
                    ),
                    ("changed", own, row["scores"], row["cost"]),
                ]
                found.append({"name": row["settings"], **one._asdict(), "changes": row["changes"], "cells": cells})
    return found


def answer(panels: dict[str, dict]) -> list[str]:
    """Whether a setting matters, and by how much against the spread over seeds: a line for each data set."""
    lines = []
    for dataset, curves in panels.items():
        won = [(name, p) for name, points in curves.items() for p in points if p["verdict"] in ("better", "ahead")]
        lost = [(name, p) for name, points in curves.items() for p in points if p["verdict"] in ("worse", "behind")]
        spreads = [deviation(point["scores"]) for points in curves.values() for point in points]
        spreads = [value for value in spreads if value > 1e-6]  # PCA's seeds are all the same
        told = f"; seeds alone spread it by {100 * np.median(spreads):.1f} % (median)" if spreads else ""
        if not won and not lost:
            lines.append(f"{spoken(dataset)}: no, no value is told from the one compared{told}.")
            continue

        def most(found):
            name, point = max(found, key=lambda pair: abs(pair[1]["change"]))
            return f"{100 * abs(point['change']):.0f} % ({spoken(name)}, {spoken(str(point['value']))})"

        parts = [f"{way} by up to {most(found)}" for way, found in (("falls", won), ("rises", lost)) if found]
        total = sum(len(points) - 1 for points in curves.values())
        lines.append(
            f"{spoken(dataset)}: yes, {len(won) + len(lost)} of {total} changes are told from the value compared, "
            f"the error {' and '.join(parts)}{told}."
        )
    return lines
