"""Failed seeds: training runs that went wrong, which say nothing of an architecture but that this happens."""

import numpy as np

from stages.common.json_file import finite
from stages.common.seeds import stopped_by, without_seeds

MSE = "validation MSE"
FACTOR = 2.0  # times the median error of the other seeds
RULE = (
    f"a seed fails where its MSE of validation images is above {FACTOR:g} times the median of the other seeds of the "
    "architecture (not where each has a split of its own), or above that of the mean image; of a network that is not "
    "scored on reconstruction the lowest validation loss counts, against the other seeds alone; a seed with a score "
    "that is not a finite number fails as well; means and verdicts are made without a failed seed, and an architecture "
    "with one is neither recommended nor a rival of the others"
)


def failed_seeds(metrics: dict[str, dict], references: dict[str, dict]) -> dict[str, dict[str, str]]:
    """Architecture -> seed -> why, of the seeds that failed; of those architectures alone that have any. references:
    task -> method -> scores"""
    mean_image = references.get("reconstruction", {}).get("mean_image", {}).get("validation_mse", [np.inf])
    found: dict[str, dict[str, str]] = {}
    for name, content in metrics.items():
        (what, errors), one_split = _errors(content), "folds" not in content["facts"]
        most = mean_image if what == MSE else [np.inf]
        whys = {}
        for i, (seed, error) in enumerate(zip(content["facts"]["seeds"], errors, strict=False)):
            others = [other for other in errors[:i] + errors[i + 1 :] if other] * one_split
            if error is not None and (why := _why(error, others, most[i % len(most)])):
                whys[str(seed)] = f"{what} {error:.3g}, {why}"
        if whys := whys | _not_finite(content):
            found[name] = whys
    return found


def of_working_seeds(metrics: dict[str, dict], references: dict[str, dict]) -> dict[str, dict]:
    """Metrics files without the seeds that failed, see common/seeds.py; arguments: see `failed_seeds`."""
    return without_seeds(metrics, failed_seeds(metrics, references))


def _errors(metrics: dict) -> tuple[str, list[float]]:
    """What tells whether a seed failed, in words, and its value for every seed: the MSE of validation images, or where
    reconstruction was not measured, as of a network for denoising alone, the lowest loss by which an epoch was kept."""
    scores = metrics["scores"].get("reconstruction")
    if scores:
        return MSE, scores.get("validation_mse", [])
    return "validation loss", [min(terms[f"val_{stopped_by(metrics)}"]) for terms in metrics["curves"].values()]


def _not_finite(metrics: dict) -> dict[str, str]:
    """Seed -> its first score that is null, in words; of seeds that have one."""
    lost: dict[str, str] = {}
    for task, measured in metrics["scores"].items():
        for name, values in measured.items():
            for seed, value in zip(metrics["facts"]["seeds"], values, strict=False):
                if not finite(value):
                    lost.setdefault(str(seed), f"{name} of {task} is not a finite number")
    return lost


def _why(error: float, others: list[float], most: float) -> str:
    """Why a seed failed, "" where it did not. error: of validation images; others: those of the other seeds; most: that
    of the mean image."""
    if others and error > FACTOR * np.median(others) >= 0:  # a loss may be negative, and has then no ratio
        return f"{error / np.median(others):.1f} times the median of the others"
    return f"{error / most:.1f} times the mean image's" if error > most else ""


def fails(metrics: dict) -> str:
    """How many seeds of an architecture failed, "" where none did. metrics: as `without_seeds` gives them."""
    facts = metrics["facts"]
    return f"fails {len(facts['failed_seeds'])} of {len(facts['seeds'])}" if "failed_seeds" in facts else ""
