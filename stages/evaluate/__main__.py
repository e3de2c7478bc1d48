"""Evaluation of a trained architecture: scores on every task for each seed, and what pictures and its use need.

python -m stages.evaluate --dataset mnist --architecture vanilla
"""

from pathlib import Path

import numpy as np

from stages.common.stage import run
from stages.evaluate.applied import applied, codec_arrays, write_applied
from stages.evaluate.functions import functions_of
from stages.evaluate.inputs import first_seed, load_data, load_features, load_references, load_trained
from stages.evaluate.metrics_file import write
from stages.evaluate.scores import metrics_of, scores_of
from stages.evaluate.shown import compared, single, write_arrays, write_strips


def main(dataset: str, architecture: str) -> None:
    references = load_references(dataset)
    folder = Path("data/models", dataset, architecture)
    models, seen, training = load_trained(folder, architecture)
    data = load_data(dataset)._replace(features=load_features(dataset), references=first_seed(references["scores"]))
    tasks = {task["name"]: task["options"] for task in references["tasks"]}

    by_seed, codec = {}, {}
    for seed, own in models.items():
        model = functions_of(own, data.train, data.validation, data.test)
        by_seed[seed] = scores_of(
            model._replace(seen=functions_of(seen[seed]) if seed in seen else None), data, seed, tasks
        )
        if len(by_seed) == 1:  # now, so that no seed's latents outlast its turn
            codec = codec_arrays(model, data, by_seed[seed])
            write_strips(Path("plots/shown", dataset, architecture), compared(model, data, seed))
            before = np.load(folder / "untrained.npy")
            write_arrays(Path("data/shown", dataset, architecture), single(model, data, before))
    metrics = metrics_of(next(iter(models.values())), by_seed, data, training)

    write_applied(Path("data/applied", dataset, f"{architecture}.npz"), applied(folder, by_seed, codec))
    write(Path("metrics", dataset, f"{architecture}.json"), metrics)
    for task in (name for name in tasks if name in metrics):
        headline = ", ".join(f"{name} {value:.4g}" for name, value in metrics[task].items())
        print(f"{dataset} {architecture}: {task}: {headline}")


if __name__ == "__main__":
    run(main)
