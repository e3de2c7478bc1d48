"""Evaluation of a trained architecture: scores on every task for each seed, and what pictures and its use need.

python -m stages.evaluate --dataset mnist --architecture vanilla
"""

from itertools import cycle
from pathlib import Path

import numpy as np

from stages.common.json_file import write
from stages.common.stage import fresh, run
from stages.evaluate.load import load_features, load_folds, load_references, of_seed
from stages.evaluate.load_trained import load_shorter, load_trained
from stages.evaluate.measures.detection import seen_images
from stages.evaluate.model_functions import functions_of
from stages.evaluate.picture_arrays import compared, located, noise_levels, single, write_arrays, write_strips
from stages.evaluate.scores import metrics_of, scores_of, scores_of_budgets, whole
from stages.evaluate.usage_files import usage
from stages.train.build import takes_part


def main(dataset: str, architecture: str) -> None:
    references = load_references(dataset)
    folder = Path("data", dataset, "models", architecture)
    models, seen, training = load_trained(folder, architecture)
    features, folds = load_features(dataset), load_folds(dataset)
    known = [of_seed(references["scores"], i) for i in range(min(len(folds), len(models)))]
    data = [fold._replace(features=features, references=of) for fold, of in zip(folds, known, strict=False)]
    tasks = {task["name"]: task["options"] for task in references["tasks"] if takes_part(architecture, task["name"])}
    headlines = {task["name"]: task["headline"] for task in references["tasks"]}
    train_seen = seen_images(data[0], "train") if seen else None
    kept = fresh(Path("data", dataset, "usage", architecture))

    by_seed = {}
    for (seed, network), fold in zip(models.items(), cycle(data), strict=False):
        second = functions_of(seen[seed], train_seen) if seed in seen else None
        model = functions_of(network, fold.train, fold.validation, fold.test)._replace(seen=second)
        by_seed[seed] = scores = scores_of(model, fold, seed, tasks)
        measured, _ = whole({task: scores[task] for task in tasks if task in scores})
        write_arrays(kept / f"seed-{seed}", usage(folder / f"seed-{seed}.keras", model, fold, seed, measured))
        if len(by_seed) == 1:  # now, so that no seed's latents outlast its turn
            strips = compared(model, fold, seed, noise_levels(tasks))
            if fold.anomaly_masks is not None and "anomaly" in measured:
                strips |= located(model, fold, seed, measured["anomaly"]["map_threshold"])
            write_strips(Path("plots", dataset, "shown", architecture), {} if fold.private else strips)
            before = np.load(folder / "untrained.npy")
            write_arrays(Path("data", dataset, "shown", architecture), single(model, fold, before))
    first, shorter = next(iter(models.values())), [functions_of(model) for model in load_shorter(folder, training)]
    by_budget = scores_of_budgets(shorter, data[0], training["seeds"][0], tasks)
    metrics = metrics_of(first, by_seed, data[0], training, by_budget, headlines)
    metrics["facts"] |= {"folds": [len(folds)]} if len(folds) > 1 else {}
    write(Path("metrics", dataset, "scores", f"{architecture}.json"), metrics)
    for task in (task for task in tasks if task in metrics):
        headline = ", ".join(f"{name} {value:.4g}" for name, value in metrics[task].items())
        print(f"{dataset} {architecture}: {task}: {headline}")


if __name__ == "__main__":
    run(main)
