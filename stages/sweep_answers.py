"""Does a setting matter? What the report makes of the sweeps."""

import json

import numpy as np

from stages.evidence import compare
from stages.remarks import deviation
from stages.style import spoken
from stages.swept import cells, path_of, values


def points_of(base: dict, compared, found: dict) -> list[dict]:
    """One sweep of one architecture, in the order of the values where they are numbers, with the value compared among
    them: value, scores by seed, mean, whether it is the one compared, verdict against that, change relative to it."""
    own = base["scores"]["reconstruction"]
    scores = {compared: own["mse"]} | dict(zip(found["values"], found["scores"]["mse"], strict=True))
    resampled = {compared: own["mse_resampled"]} | dict(
        zip(found["values"], found["scores"]["mse_resampled"], strict=True)
    )
    means = {value: np.mean(samples, axis=0) for value, samples in resampled.items()}
    verdicts = compare(scores, means, compared, lower_is_better=True)
    points = [
        {
            "value": value,
            "scores": errors,
            "mean": float(np.mean(errors)),
            "compared": value == compared,
            "verdict": verdicts[value].verdict if value != compared else "itself",
            "change": float(np.mean(errors) / np.mean(scores[compared]) - 1),
        }
        for value, errors in scores.items()
    ]
    if all(isinstance(value, int | float) for value in scores):
        points.sort(key=lambda point: point["value"])
    return points


def sweeps(params: dict, results: dict[str, dict]) -> dict[str, dict]:
    """Setting -> data set -> architecture -> points, of all sweeps that have been run."""
    found = {}
    for setting, dataset, architecture in cells(params):
        path = path_of(dataset, setting, architecture)
        base = results.get(dataset, {}).get("metrics", {}).get(architecture)
        compared, _ = values(params, dataset, setting)
        if path.exists() and base:
            points = points_of(base, compared, json.loads(path.read_text()))
            found.setdefault(setting, {}).setdefault(dataset, {})[architecture] = points
    return found


def answer(panels: dict[str, dict]) -> list[str]:
    """Does a setting matter, and by how much against the spread over seeds? A line for each data set."""
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
