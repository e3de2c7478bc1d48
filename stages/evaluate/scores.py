"""Scores of a trained architecture on every task, with its cost, its use of the latent and its training curves."""

import numpy as np

from stages.common.json_file import finite, gathered
from stages.common.registry import load
from stages.evaluate.measures.cost import cost_of
from stages.evaluate.measures.image_quality import ssim_windows
from stages.evaluate.measures.latent_use import latent_use
from stages.evaluate.measures.resampling import of_each_seed, over_seeds
from stages.evaluate.task_interface import Data, Functions


def scores_of(model: Functions, data: Data, seed: int, tasks: dict[str, dict]) -> dict[str, dict]:
    """Scores of one seed's model by task, of those tasks that have any on these data; and its latent_use, where it has
    a latent.

    tasks: name -> options of its `score`
    """
    state = {} if model.encode is None else {"latent_use": latent_use(model, data, seed)}
    scores = {name: load("evaluate/tasks", name).score(model, data, seed, **options) for name, options in tasks.items()}
    return {name: measured for name, measured in scores.items() if measured} | state


def scores_of_budgets(models: list[Functions], data: Data, seed: int, tasks: dict[str, dict]) -> dict[str, dict]:
    """Task -> measure -> scores with a quarter and with half of the epochs, of tasks that are cheap (SHORTER) and of
    measures that are one number. models: of the first seed, see load_shorter; {} where there are none."""
    scores = {}
    for name, options in tasks.items():
        module = load("evaluate/tasks", name)
        if models and getattr(module, "SHORTER", False):
            measured = gathered([module.score(model, data, seed, **options) for model in models])
            scores[name] = {measure: values for measure, values in measured.items() if isinstance(values[0], float)}
    return scores


def metrics_of(
    first,
    by_seed: dict[int, dict[str, dict]],
    data: Data,
    training: dict,
    by_budget: dict[str, dict],
    headlines: dict[str, list[str]],
) -> dict:
    """The content of the metrics file of one architecture on one data set.

    first: the Autoencoder of the first seed; by_seed: seed -> its scores; training: the content of training.json
    by_budget: see scores_of_budgets; headlines: task -> measures
    Numbers are means over seeds, the headline that DVC shows; everything else stands in lists, which DVC passes over.
    A bootstrap has a list for each seed, since whose seed counts is judged later. A score that is not finite is null in
    the list and named under facts.not_finite; numbers are means over the seeds whose scores are. A task in which no
    seed has only finite scores is left out.
    """
    finite_in, lost = {}, []  # type: dict[str, list[int]], list[str]
    for seed, own in by_seed.items():
        kept, gone = whole(own)
        finite_in |= {task: [*finite_in.get(task, []), seed] for task in kept}
        lost += [f"{name}, seed {seed}" for name in gone]
    scores = {task: of_each_seed([own[task] for own in by_seed.values()]) for task in finite_in}
    means = {task: over_seeds([by_seed[seed][task] for seed in seeds]) for task, seeds in finite_in.items()}
    metrics = {
        task: {name: float(np.mean(means[task][name])) for name in headlines[task] if name in measured}
        for task, measured in scores.items()
        if task != "latent_use"
    }  # type: dict[str, dict]
    metrics["scores"] = scores
    metrics["facts"] = {"seeds": list(by_seed)} | _facts(first, data)
    budgets = training.get("budgets")  # what is solved has none
    if budgets:
        metrics["budgets"] = {"epochs": budgets["epochs"], "scores": by_budget}
        metrics["facts"] |= {"gain_of_second_half": [budgets["gain_of_second_half"]]}
    metrics["facts"] |= {"not_finite": lost} if lost else {}
    metrics["curves"] = training["curves"]
    return metrics


def _facts(first, data: Data) -> dict[str, list]:
    """What is so with every seed, in lists; also the cost."""
    return {
        "image_shape": list(data.test.shape[1:]),
        "images": [len(data.train), len(data.validation), len(data.test)],
        "ssim_windows": [ssim_windows(*data.test.shape[1:3])],
        "classes": data.classes or [],
        "seen_classes": data.seen_classes or [],
        "generative": [bool(first.generative)],
        "solved": [bool(first.solved)],
        "stopped_by": [first.stopped_by],
    } | {name: [value] for name, value in cost_of(first, data.test.shape[1:]).items()}


def whole(scores: dict[str, dict]) -> tuple[dict[str, dict], list[str]]:
    """Scores by task, of those whose every score is finite, and "<task>: <measure>" for each that is not."""
    lost = {task: [name for name in measured if not finite(measured[name])] for task, measured in scores.items()}
    kept = {task: measured for task, measured in scores.items() if not lost[task]}
    return kept, [f"{task}: {name}" for task, names in lost.items() for name in names]
