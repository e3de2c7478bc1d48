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
    verdicts on the variational network against the plain one in reconstruction and generation; and ratio, the Frechet
    distance of samples from the prior over that from the mixture. Weights with failed seeds have none.

    metrics: architecture -> its metrics file; ablations: see `read_ablations`; settings: `verdicts` in params.yaml
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
    return {"beta": beta, "verdicts": verdicts, "ratio": ratio}


def advice(rows: list[dict]) -> str:
    """A sentence over all data sets: what is better at the weight of the prior that does best, and how to sample; ""
    without any pair. rows: of `comparisons`."""
    if not rows:
        return ""
    gains = {}
    for beta in dict.fromkeys(row["beta"] for row in rows):
        words = [word for row in rows if row["beta"] == beta for word in row["verdicts"]]
        gains[beta] = (words.count("better") - words.count(WORSE)) / max(1, len(words))
    beta = max(gains, key=gains.get)
    at = "" if beta is None else f" at beta {beta:g}"
    said = f"A variational autoencoder{at}" if gains[beta] > CLEAR else f"A draw{at}"
    if gains[beta] < -CLEAR:
        said = "A plain autoencoder" + (f"; of the weights that were tried beta {beta:g} loses least" if at else "")
    ratios = [row["ratio"] for row in rows if row["beta"] == beta and row["ratio"] is not None]
    if not ratios:
        return f"{said}."
    return f"{said}; {SOURCES[np.median(ratios) > 1]}."
