"""Reconstruction at a larger latent: which other networks are as good there as the best one is at the size compared."""

import numpy as np

from stages.common.names import spoken
from stages.common.task import FLOOR
from stages.judge.draws import joint_draws, scores_in
from stages.judge.failed_seeds import fails
from stages.judge.phrases import shortened
from stages.judge.scale import margin_of
from stages.judge.varied_settings import TASK


def as_good(best: dict, ablations: dict[str, tuple[dict, list[dict]]], settings: dict) -> dict[str, dict]:
    """Network -> value and mean test MSE of the smallest larger latent with which it is, by the chance that verdicts
    ask for, within the margin of the best network, or better; of those that have one of which no seed failed.

    best: metrics file of the best network; ablations: see `read_ablations`
    """
    found = {}
    for name, (_, rows) in ablations.items():
        sizes = [row for row in rows if row["setting"] == "latent_size" and row["value"] > row["compared"]]
        for row in sorted(sizes, key=lambda row: row["value"]):
            draws = joint_draws([best["scores"][TASK.name], row["scores"]], [True, True], TASK, settings["draws"])
            above = draws.values[:, 1] - draws.values[:, 0]
            if name != FLOOR and not row["fails"] and np.mean(above >= -margin_of(TASK, settings)) >= settings["level"]:
                found[name] = {"value": row["value"], "mean": float(np.mean(row["scores"][TASK.measure]))}
                break
    return found


def sentence(measured: dict[str, dict], ablations: dict[str, tuple[dict, list[dict]]], settings: dict) -> str:
    """What `as_good` finds for the network with the lowest test MSE of those without failed seeds, in words; "" where
    that is nothing or there is one seed. measured: architecture -> its metrics file, of all that were compared."""
    scores = {name: scores for name, scores in scores_in(measured, TASK).items() if not fails(measured[name])}
    errors = {name: own[TASK.measure] for name, own in scores.items() if name != FLOOR}
    if not errors or min(map(len, errors.values())) == 1:
        return ""
    best = min(errors, key=lambda name: np.mean(errors[name]))
    others = as_good(measured[best], {name: rows for name, rows in ablations.items() if name != best}, settings)
    said = [f"{spoken(name)} with {other['value']} numbers ({other['mean']:.5f})" for name, other in others.items()]
    whose = f"{spoken(best)}, the best as compared (test MSE {np.mean(errors[best]):.5f})"
    return f"With a larger latent, others are as good as {whose}: {shortened(said)}." if said else ""
