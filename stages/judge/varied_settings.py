"""Settings that were varied, one at a time: how each value changes the error, beside what seeds alone do."""

import numpy as np

from stages.common.names import spoken
from stages.common.task import EQUIVALENT, ONE_SEED, WORSE, Task
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
    said: list[str] = []
    alike: dict[str, list[str]] = {EQUIVALENT: [], ONE_SEED: []}
    for value in dict.fromkeys(point["value"] for points in curves.values() for point in points):
        own = [(name, point) for name, points in curves.items() for point in points if point["value"] == value]
        changed = [(name, point) for name, point in own if not point["compared"]]
        called = f"{value:g}" if isinstance(value, float) else spoken(str(value))
        failed = [name for name, point in changed if point["verdict"].startswith("fails")]
        working = [point for name, point in changed if name not in failed]
        verdicts = {point["verdict"] for point in working}
        if len(verdicts) == 1 and verdicts <= set(alike):
            alike[verdicts.pop()].append(called)
        elif working:
            said.append(_change(called, verdicts, [100 * point["gain"] for point in working]))
        if failed:
            said.append(f"{called} fails in a training run of {listed([spoken(name) for name in failed])}")
    if same := alike[EQUIVALENT]:
        said.append(f"{listed(same)} change{'s' * (len(same) == 1)} it by no more than the margin")
    if unknown := alike[ONE_SEED]:
        said.append(f"not known of {listed(unknown)}: one seed")
    spreads = [deviation(point["scores"]) for points in curves.values() for point in points]
    spreads = [value for value in spreads if value > 1e-6]  # PCA's seeds are all the same
    said += [f"seeds alone spread it by {100 * np.median(spreads):.1f} % (median)"] if spreads else []
    return "; ".join(said).replace(" it by", " the error by", 1) + "."


def _change(value: str, verdicts: set[str], gains: list[float]) -> str:
    """What a value does to the error; gains: of all architectures, in per cent, + is less error."""
    if verdicts in ({"better"}, {WORSE}):
        low, high = (f"{size:,.0f}" for size in (min(map(abs, gains)), max(map(abs, gains))))
        size = f"{low} %" if low == high else f"{low} to {high} %"
        return f"{value} {'lowers' if verdicts == {'better'} else 'raises'} it by {size}"
    low, high = (signed(-gain, 0) for gain in (max(gains), min(gains)))
    return f"{value} changes it by {low if low == high else f'{low} to {high}'} % (not everywhere beyond the margin)"
