"""Scores of a trained architecture on every task, with its cost, its use of the latent and its training curves."""

import numpy as np

from stages.common.registry import load
from stages.evaluate.measures.cost import cost_of
from stages.evaluate.measures.image_quality import ssim_windows
from stages.evaluate.measures.latent_use import latent_use
from stages.evaluate.metrics_file import gathered
from stages.evaluate.protocol import Data, Functions


def scores_of(model: Functions, data: Data, seed: int, tasks: dict[str, dict]) -> dict[str, dict]:
    """Scores of one seed's model by task, of those tasks that have any on these data, and its latent_use.

    tasks: name -> options of its `score`
    """
    state = latent_use(model, data, seed)
    scores = {task: load("evaluate/tasks", task).score(model, data, seed, **own) for task, own in tasks.items()}
    return {task: own for task, own in scores.items() if own} | {"latent_use": state}


def metrics_of(first, by_seed: dict[int, dict[str, dict]], data: Data, training: dict) -> dict:
    """The content of the metrics file of one architecture on one data set.

    first: the Autoencoder of the first seed; by_seed: seed -> its scores; training: the content of training.json
    Numbers are means over seeds, the headline that DVC shows; everything else stands in lists, which DVC passes over.
    """
    scores = {task: gathered([own[task] for own in by_seed.values()]) for task in next(iter(by_seed.values()))}
    metrics = {
        task: {name: float(np.mean(own[name])) for name in load("evaluate/tasks", task).TASK.headline}
        for task, own in scores.items()
        if task != "latent_use"
    }
    metrics["cost"] = cost_of(first, data.test.shape[1:])
    metrics["scores"] = scores
    metrics["facts"] = {
        "seeds": list(by_seed),
        "image_shape": list(data.test.shape[1:]),
        "images": [len(data.train), len(data.validation), len(data.test)],
        "ssim_windows": [ssim_windows(*data.test.shape[1:3])],
        "classes": data.classes or [],
        "seen_classes": data.seen_classes or [],
        "generative": [bool(first.generative)],
    }
    half = training.get("half_budget")  # what is solved has none
    if half:
        metrics["facts"] |= {"gain_of_second_half": [half["gain"]], "budget_limited": [half["limited"]]}
    metrics["curves"] = training["curves"]
    return metrics
