"""Settings that were varied, one at a time: how each value changes the error, beside what seeds alone do."""

import numpy as np

from stages.common.names import spoken
from stages.common.task import EQUIVALENT, ONE_SEED, UNDECIDED, WORSE, Task
from stages.evaluate.tasks.reconstruction import deviation
from stages.judge.draws import joint_draws, solved
from stages.judge.failed_seeds import fails
from stages.judge.phrases import gain, listed, signed
from stages.judge.verdicts import compared

TASK = Task("mse", "lower", "test MSE", "relative", name="reconstruction")  # what ablations are scored on


def points_of(base: dict, rows: list[dict], settings: dict) -> list[dict]:
    """Points of one setting of one architecture, in the order of the values where they are numbers, with the compared
    value among them: value, scores by seed, mean on test and on validation, whether it is the one compared, verdict on
    test against that and gain over it (+ is better), also in words, and whether it is the one that validation would
    choose. A value with failed seeds has no verdict but that, and is not chosen where others have none.

    base: metrics file of what is compared; rows: of `read_ablations`
    """
    first = rows[0]["compared"]
    scores = {first: base["scores"][TASK.name]} | {row["value"]: row["scores"] for row in rows}
    validation = {value: float(np.mean(measured["validation_mse"])) for value, measured in scores.items()}
    failing = {first: fails(base)} | {row["value"]: row["fails"] for row in rows}
    chosen = min(validation, key=lambda value: (bool(failing[value]), validation[value]))
    several = len(scores[first][TASK.measure]) > 1
    draws = joint_draws(list(scores.values()), [not solved(base)] * len(scores), TASK, settings["draws"])
    points = [
        {
            "value": value,
            "scores": measured[TASK.measure],
            "mean": float(np.mean(measured[TASK.measure])),
            "validation": validation[value],
            "compared": value == first,
            "chosen": value == chosen,
            **compared(draws, 0, index, several, TASK, settings),
            **({"verdict": "itself" if value == first else failing[value]} if value == first or failing[value] else {}),
        }
        for index, (value, measured) in enumerate(scores.items())
    ]
    points = [point | {"words": f"{point['verdict']}, {gain(point['gain'], TASK)}"} for point in points]
    if all(isinstance(value, int | float) for value in scores):
        points.sort(key=lambda point: point["value"])
    return points


def answer(curves: dict[str, list[dict]]) -> str:
    """How each value of a setting changes the test error against the one compared, over all architectures, and by how
    much seeds alone spread it, in a sentence. curves: architecture -> points"""
    ways: dict[str, dict[str, list[float]]] = {}
    failing = []
    for value in dict.fromkeys(point["value"] for points in curves.values() for point in points):
        points = [(name, point) for name, own in curves.items() for point in own if point["value"] == value]
        changed = [(name, point) for name, point in points if not point["compared"]]
        failed = [spoken(name) for name, point in changed if point["verdict"].startswith("fails")]
        working = [point for _, point in changed if not point["verdict"].startswith("fails")]
        if failed:
            failing.append(f"{spoken(str(value))} fails in a training run of {listed(failed)}")
        if working:
            verdicts = {point["verdict"] for point in working}
            way = verdicts.pop() if len(verdicts) == 1 else UNDECIDED
            ways.setdefault(way, {})[spoken(str(value))] = [100 * point["gain"] for point in working]
    spreads = [deviation(point["scores"]) for points in curves.values() for point in points]
    spreads = [value for value in spreads if value > 1e-6]  # PCA's seeds are all the same
    spread = [f"seeds alone spread it by {100 * np.median(spreads):.1f} % (median)"] if spreads else []
    return "; ".join([_change(way, gains) for way, gains in ways.items()] + failing + spread) + "."


def _change(way: str, gains: dict[str, list[float]]) -> str:
    """What values do to the error, which all have the same verdict; gains: value -> its gains in per cent."""
    values, s = listed(list(gains)), "s" if len(gains) == 1 else ""
    every = [gain for of_value in gains.values() for gain in of_value]
    low, high = (f"{abs(end):,.0f}" for end in sorted((min(every), max(every)), key=abs))
    size = f"{low} %" if low == high else f"{low} to {high} %"
    if way == ONE_SEED:
        return f"not known of {values}: one seed"
    if way == EQUIVALENT:
        return f"{values} change{s} the error by no more than the margin"
    if way in ("better", WORSE):
        return f"{values} {'lower' if way == 'better' else 'raise'}{s} the error by {size}"
    ends = " to ".join(f"{signed(-end, 0)} %" for end in (max(every), min(every)))
    return f"{values} change{s} the error by {ends}, for some architectures by less than the margin or undecided"
