"""Scores of a trained architecture on every task, with its cost, its use of the latent and its training curves."""

from collections.abc import Iterable

import numpy as np

from stages.common.registry import load
from stages.evaluate.measures.cost import cost_of
from stages.evaluate.measures.image_quality import ssim_windows
from stages.evaluate.measures.latent_use import latent_use
from stages.evaluate.metrics_file import gathered
from stages.evaluate.protocol import Data, Functions


def scores_of(
    models: dict[int, object],
    functions: Iterable[tuple[int, Functions]],
    data: Data,
    tasks: dict[str, dict],
    training: dict,
) -> dict:
    """The content of the metrics file of one architecture on one data set.

    models: seed -> Autoencoder; functions: each seed with the functions of its model, taken one after another, so that
    latents which a model's functions remember can be given up before the next
    tasks: name -> options of its `score`; training: the content of training.json
    Numbers are means over seeds, the headline that DVC shows; everything else stands in lists, which DVC passes over.
    """
    by_seed = {task: [] for task in tasks}
    states = []
    for seed, model in functions:
        states.append(latent_use(model, data, seed))
        for task, options in tasks.items():
            by_seed[task].append(load("evaluate/tasks", task).score(model, data, seed, **options))
    scores = {task: gathered(results) for task, results in by_seed.items() if results[0]}
    metrics = {
        task: {name: float(np.mean(own[name])) for name in load("evaluate/tasks", task).TASK.headline}
        for task, own in scores.items()
    }
    first = next(iter(models.values()))
    metrics["cost"] = cost_of(first, data.test.shape[1:])
    metrics["scores"] = scores | {"latent_use": gathered(states)}
    metrics["facts"] = {
        "seeds": list(models),
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
