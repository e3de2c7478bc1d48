"""Reconstruction at a larger latent: with which size another architecture is as good there, or better, as the best
network at the size compared."""

import numpy as np

from stages.common.names import spoken
from stages.common.task import EQUIVALENT, FLOOR
from stages.judge.draws import joint_draws, scores_in, solved
from stages.judge.failed_seeds import fails
from stages.judge.phrases import listed, numbers
from stages.judge.scale import margin_of
from stages.judge.varied_settings import TASK
from stages.judge.verdicts import one_on_one

WORDS = {"better": "Less error", EQUIVALENT: "As good", "": "As good or better"}


def as_good(best: dict, ablations: dict[str, tuple[dict, list[dict]]], settings: dict) -> dict[str, dict]:
    """Architecture -> value, mean test MSE and words (of WORDS) of the smallest larger latent with which it is, by the
    chance that verdicts ask for, within the margin of the best network, or better; of those that have one of which no
    seed failed.

    best: metrics file of the best network; ablations: see `read_ablations`
    """
    found, margin, level = {}, margin_of(TASK, settings), settings["level"]
    for name, (base, rows) in ablations.items():
        sizes = [row for row in rows if row["setting"] == "latent_size" and row["value"] > row["compared"]]
        for row in sorted(sizes, key=lambda row: row["value"]):
            pair, moderate = [best["scores"][TASK.name], row["scores"]], [True, not solved(base)]
            draws = joint_draws(pair, moderate, TASK, settings["draws"])
            above = draws.values[:, 1] - draws.values[:, 0]
            if not row["fails"] and np.mean(above >= -margin) >= level:
                words = WORDS.get(one_on_one(above, margin, level), WORDS[""])
                mean = float(np.mean(row["scores"][TASK.measure]))
                found[name] = {"value": row["value"], "mean": mean, "words": words}
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
    said: dict[str, list[str]] = {}
    for name, other in others.items():
        said.setdefault(other["words"], []).append(
            f"{spoken(name)} with {numbers(other['value'])} ({other['mean']:.5f})"
        )
    parts = [f"{words} with a larger latent: {listed(said[words])}." for words in WORDS.values() if words in said]
    whose = f"The best network as compared is {spoken(best)} (test MSE {np.mean(errors[best]):.5f})."
    return " ".join([whose, *parts]) if parts else ""
