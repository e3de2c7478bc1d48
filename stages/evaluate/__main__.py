"""Evaluation of a trained architecture: scores on every task for each seed, and what pictures and its use need.

python -m stages.evaluate --dataset mnist --architecture vanilla
"""

from itertools import chain
from pathlib import Path

import numpy as np

from stages.common.stage import run
from stages.evaluate.applied import applied, write_applied
from stages.evaluate.functions import functions_of
from stages.evaluate.inputs import first_seed, load_data, load_features, load_references, load_trained
from stages.evaluate.metrics_file import write
from stages.evaluate.scores import scores_of
from stages.evaluate.shown import compared, single, write_arrays, write_strips


def main(dataset: str, architecture: str) -> None:
    references = load_references(dataset)
    folder = Path("data/models", dataset, architecture)
    models, seen, training = load_trained(folder, architecture)
    data = load_data(dataset)._replace(features=load_features(dataset), references=first_seed(references["scores"]))

    def functions(seed):
        return functions_of(models[seed], data.train, data.validation)._replace(
            seen=functions_of(seen[seed]) if seed in seen else None
        )

    seed, *others = models
    first = functions(seed)  # which is wanted again below
    tasks = {task["name"]: task["options"] for task in references["tasks"]}
    in_turn = chain([(seed, first)], ((other, functions(other)) for other in others))
    metrics = scores_of(models, in_turn, data, tasks, training)

    write_strips(Path("plots/shown", dataset, architecture), compared(first, data, seed))
    write_arrays(Path("data/shown", dataset, architecture), single(first, data, np.load(folder / "untrained.npy")))
    arrays = applied(folder, first, data, list(models), metrics["scores"])
    write_applied(Path("data/applied", dataset, f"{architecture}.npz"), arrays)
    write(Path("metrics", dataset, f"{architecture}.json"), metrics)
    for task in (name for name in tasks if name in metrics):
        headline = ", ".join(f"{name} {value:.4g}" for name, value in metrics[task].items())
        print(f"{dataset} {architecture}: {task}: {headline}")


if __name__ == "__main__":
    run(main)
