"""Seeds of one architecture: the epoch that each kept, and scores without those that failed."""

import numpy as np

from stages.common.json_file import finite

RESAMPLED = "_resampled"  # ends the name of the list that holds a measure's bootstrap over test images


def bootstrap(scores: dict, measure: str) -> np.ndarray:
    """A measure in each of r bootstrap samples of the test images, (r,), mean over seeds, which all have the same
    samples. scores: of a task, whose bootstrap is a list for each seed, or the list of their means."""
    return np.atleast_2d(np.asarray(scores[f"{measure}{RESAMPLED}"], float)).mean(axis=0)


def stopped_by(metrics: dict) -> str:
    """The curve by which early stopping kept an epoch: "loss", or the name of a term. metrics: a metrics file."""
    return metrics["facts"].get("stopped_by", ["loss"])[0]


def kept_epochs(metrics: dict) -> list[int]:
    """For every seed the index of the epoch that was kept. metrics: content of a metrics file."""
    return [int(np.argmin(terms[f"val_{stopped_by(metrics)}"])) for terms in metrics["curves"].values()]


def without_seeds(metrics: dict[str, dict], failed: dict[str, dict[str, str]]) -> dict[str, dict]:
    """Metrics files, by architecture, whose scores are those of the seeds that work, with facts.failed_seeds, seed ->
    why, where some do not. Where none works, a task keeps the seeds that have a number for each of its scores, and a
    task without such a seed is left out. Curves and other facts stay as they are.
    """
    return {name: _without(content, failed.get(name, {})) for name, content in metrics.items()}


def _without(content: dict, failed: dict[str, str]) -> dict:
    if not failed:
        return content
    seeds = content["facts"]["seeds"]
    working, scores = [i for i, seed in enumerate(seeds) if str(seed) not in failed], {}
    for task, measured in content["scores"].items():
        whole = [i for i in range(len(seeds)) if all(finite(values[i]) for values in measured.values())]
        if kept := working or whole:
            scores[task] = {name: [values[i] for i in kept] for name, values in measured.items()}
    return content | {"scores": scores, "facts": content["facts"] | {"failed_seeds": failed}}
