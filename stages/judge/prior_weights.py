"""Advice to "autoencoder or variational autoencoder?": at which weight of the prior, and how to draw samples."""

import numpy as np

from stages.common.task import WORSE, Task
from stages.judge.draws import joint_draws
from stages.judge.plain_or_variational import PAIRS
from stages.judge.varied_settings import TASK
from stages.judge.verdicts import compared

SAMPLES = Task("frechet", "lower", "Fréchet distance of samples", "relative", name="generation")
CLEAR = 1 / 4  # more wins than losses, or the other way, as a share of all comparisons: else it is a draw
SOURCES = {
    True: "to sample, fit a mixture to the latents and do not draw from the prior",
    False: "samples from the prior are as good as those from a fitted mixture",
}


def comparisons(metrics: dict[str, dict], ablations: dict[str, tuple[dict, list[dict]]], settings: dict) -> list[dict]:
    """A row for every pair of networks and weight of the prior on a data set: beta, None where it was not varied;
    verdicts on the variational network against the plain one in reconstruction and generation; validation, the
    logarithm of its validation MSE over the plain one's; and ratio, the Frechet distance of samples from the prior over
    that from the mixture. Weights with failed seeds have none.

    ablations: see `read_ablations`
    """
    rows = []
    for plain, variational in PAIRS.items():
        if not {plain, variational} <= set(metrics):
            continue
        base = metrics[variational]["scores"]
        varied = [row for row in ablations.get(variational, (None, []))[1] if row["setting"] == "beta"]
        weights = {varied[0]["compared"] if varied else None: base}
        weights |= {row["value"]: {TASK.name: row["scores"]} | row["further"] for row in varied if not row["fails"]}
        rows += [_row(beta, metrics[plain]["scores"], scores, settings) for beta, scores in weights.items()]
    return rows


def _row(beta: float | None, plain: dict, scores: dict, settings: dict) -> dict:
    verdicts, samples = [], scores.get(SAMPLES.name)
    for task in (TASK, SAMPLES):
        if task.name in plain and task.name in scores:
            pair = [plain[task.name], scores[task.name]]
            several = min(len(measured[task.measure]) for measured in pair) > 1
            draws = joint_draws(pair, [True, True], task, settings["draws"])
            verdicts.append(compared(draws, 0, 1, several, task, settings)["verdict"])
    ratio = float(np.mean(samples["frechet_prior"]) / np.mean(samples["frechet_mixture"])) if samples else None
    errors = [np.mean(own[TASK.name]["validation_mse"]) for own in (scores, plain)]
    return {"beta": beta, "verdicts": verdicts, "validation": float(np.log(errors[0] / errors[1])), "ratio": ratio}


def advice(rows: list[dict]) -> str:
    """A sentence over all data sets: what is better at the weight of the prior with the lowest validation error, and
    how to sample; "" without any pair. rows: of `comparisons`."""
    if not rows:
        return ""
    by_beta: dict[float | None, list[dict]] = {}
    for row in rows:
        by_beta.setdefault(row["beta"], []).append(row)
    beta = min(by_beta, key=lambda weight: np.mean([row["validation"] for row in by_beta[weight]]))
    words = [word for row in by_beta[beta] for word in row["verdicts"]]
    gain = (words.count("better") - words.count(WORSE)) / max(1, len(words))
    said = "A variational autoencoder" if gain > CLEAR else "A plain autoencoder" if gain < -CLEAR else "A draw"
    if beta is not None:
        said += f", at beta {beta:g}, which has the lowest validation error of those that were tried"
    ratios = [row["ratio"] for row in by_beta[beta] if row["ratio"] is not None]
    return f"{said}; {SOURCES[np.median(ratios) > 1]}." if ratios else f"{said}."
