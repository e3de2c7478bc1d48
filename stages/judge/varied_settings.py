"""Settings that were varied, one at a time: whether one matters, and by how much against the spread over seeds."""

import numpy as np

from stages.common.names import spoken
from stages.common.task import Task
from stages.evaluate.tasks.reconstruction import deviation
from stages.judge.draws import joint_draws, solved
from stages.judge.failed_seeds import fails
from stages.judge.phrases import gain
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


def answer(curves: dict[str, list[dict]]) -> dict[str, str]:
    """Whether a setting matters on a data set (matters), and by how much against the spread over seeds (answer).
    curves: architecture -> points"""
    pairs = [(name, point) for name, points in curves.items() for point in points]
    total = len(pairs) - len(curves)
    won, lost = ([pair for pair in pairs if pair[1]["verdict"] == word] for word in ("better", "worse"))
    spreads = [deviation(point["scores"]) for _, point in pairs]
    spreads = [value for value in spreads if value > 1e-6]  # PCA's seeds are all the same
    spread = f"; seeds alone spread it by {100 * np.median(spreads):.1f} % (median)" if spreads else ""
    fail = sum(point["verdict"].startswith("fails") for _, point in pairs)
    failing = f"; {fail} of {total} changes {'fails' if fail == 1 else 'fail'} in a training run" if fail else ""
    if fail == total:
        return {"matters": failing[2:], "answer": f"{failing[2:]}{spread}."}
    if not won and not lost:
        answer = f"no, no value differs significantly from the one compared{failing}{spread}."
        return {"matters": f"no{failing}", "answer": answer}
    parts = [f"{way} by up to {_most(moved)}" for way, moved in (("falls", won), ("rises", lost)) if moved]
    count = len(won) + len(lost)
    matters, differ = f"yes, {count} of {total} changes", "differs" if count == 1 else "differ"
    said = f"{differ} significantly from the value compared, the error {' and '.join(parts)}{failing}{spread}."
    return {"matters": f"{matters}{failing}", "answer": f"{matters} {said}"}


def _most(pairs: list[tuple[str, dict]]) -> str:
    name, point = max(pairs, key=lambda pair: abs(pair[1]["gain"]))
    return f"{100 * abs(point['gain']):.0f} % ({spoken(name)}, {spoken(str(point['value']))})"
