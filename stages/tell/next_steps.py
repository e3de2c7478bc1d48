"""What can be done with the answer on a folder of the user's images: commands with what is recommended, and when the
anomaly map says more than the score."""

from pathlib import Path

import numpy as np

from stages.common.names import spoken, use_of
from stages.common.task import ONE_SEED
from stages.tell.results import GIVEN, MAP

DO = {  # task -> command, and what it writes
    "compression": ("compress", "images.aec"),
    "denoising": ("apply", "cleaned"),
    "anomaly": ("apply", "--scores scores.csv"),
    "features": ("apply", "--latents latents.csv"),
}
CLASSICAL = {  # task -> methods that `apply` knows, see tools/classical.py
    "denoising": ("nonlocal_means", "median", "switching_median", "wavelet", "total_variation", "linear_regression"),
    "anomaly": ("nearest_neighbours",),
}
FOR_NOISE = "linear_regression"  # `apply` fits it to Gaussian noise, not to other damage
OPENED = ("open", ONE_SEED)  # kinds of decisions that name whoever may be the best and recommend nobody
CLEARLY = 0.05  # of AUROC


def commands(dataset: str, decisions: dict[tuple[str, str], dict], architectures: list[str]) -> list[tuple[str, str]]:
    """Command and use, of every use for which a method that a command can apply is recommended, or likeliest to be;
    uses with the same command share a line. decisions: by task and case; architectures: those that were compared."""
    found: dict[str, list[str]] = {}
    for (task, case), decision in decisions.items():
        name = next(iter(decision["names"]), "")
        known = name in architectures or name in CLASSICAL.get(task, ())
        if task not in DO or not known or (name == FOR_NOISE and not case.startswith("noise")):
            continue
        (command, out), place = DO[task], f"models/{name}" if name in architectures else name
        if task == "anomaly" and name in architectures:
            out += " --maps defects"
        line = f"python -m tools {command} data/{dataset}/{place} IMAGES {out}"
        found.setdefault(line, []).append(use_of(task, case) + (" (not decided)" if decision["kind"] in OPENED else ""))
    return [(line, "; ".join(uses)) for line, uses in found.items()]


def by_map(metrics: dict[str, dict]) -> str:
    """A sentence where anomaly maps tell the given anomalies from normal images clearly better than scores do, else "".

    metrics: architecture -> content of its metrics file
    """
    aurocs = {}
    for name, content in metrics.items():
        own = content["scores"].get("anomaly")
        if own and MAP in own["detectors"][0]:
            means, column = np.mean(own["auroc_by_anomaly"], axis=0), own["anomalies"][0].index(GIVEN)
            aurocs[name] = means[own["detectors"][0].index(MAP), column], means[0, column]
    if not aurocs:
        return ""
    mapped, scored = max(aurocs, key=lambda name: aurocs[name][0]), max(aurocs, key=lambda name: aurocs[name][1])
    best, other = aurocs[mapped][0], aurocs[scored][1]
    if best - other < CLEARLY:
        return ""
    return (
        f"The largest value of the anomaly map tells these anomalies better than any score, as small defects do: AUROC "
        f"{best:.2f} by the map of {spoken(mapped)}, {other:.2f} by the score of {spoken(scored)}. `--maps` writes "
        "the maps; `map_verdict` in the table of `--scores` is their verdict."
    )


def far_heading(anomalies: str) -> str | None:
    """The heading of the column of the user's own anomalies, None where they are another data set's. anomalies: the
    setting of that name, a path or a data set."""
    return f"{Path(anomalies).name}: anomalies" if Path(anomalies).is_absolute() else None
