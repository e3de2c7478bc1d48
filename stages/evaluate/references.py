"""References of a data set: all methods without a network on every task (JPEG, wavelets, raw pixels ...), and the
classifier in whose features generated images are compared.

python -m stages.evaluate.references --dataset mnist
"""

from pathlib import Path

import numpy as np

from stages.common.params import read_params
from stages.common.registry import about, load
from stages.common.stage import fresh, run
from stages.evaluate import classifier
from stages.evaluate.inputs import load_data, load_features
from stages.evaluate.metrics_file import gathered, write
from stages.evaluate.protocol import Data
from stages.train import determinism


def described(tasks: dict[str, dict]) -> list[dict]:
    """What each task says of itself, with its options: all that whoever reads the scores has to know of it."""
    return [
        module.TASK._replace(name=name, about=about(module), options=options)._asdict()
        for name, options in tasks.items()
        for module in [load("evaluate/tasks", name)]
    ]


def references(data: Data, tasks: dict[str, dict], seeds: list[int]) -> dict:
    """The content of the metrics file: for each task the best reference's main measure, as numbers that DVC shows;
    "tasks", see `described`; and under "scores", by task and reference, every score of every seed."""
    headline, scores = {}, {}
    for name, options in tasks.items():
        module = load("evaluate/tasks", name)
        task, by_seed = module.TASK, [module.references(data, seed, **options) for seed in seeds]
        scores[name] = {method: gathered([result[method] for result in by_seed]) for method in by_seed[0]}
        means = [np.mean(own[task.measure]) for method, own in scores[name].items() if method not in task.bounds]
        if means:
            headline[name] = {task.measure: float((min if task.lower_is_better else max)(means))}
    return headline | {"tasks": described(tasks), "scores": scores}


def main(dataset: str) -> None:
    params = read_params()
    settings = params["data"][dataset]
    determinism.start(params["training"]["threads"])
    determinism.reseed(0)
    from stages.train.saving import save

    data = load_data(dataset)
    model, accuracy = classifier.trained(
        data, params["classifier"], settings["batch_size"], settings["passes_per_epoch"]
    )
    folder = fresh(Path("data/references", dataset))
    save(model, folder / "classifier.keras")
    print(
        f"{dataset}: "
        + ("no labels, features of a random network" if accuracy is None else f"classifier {accuracy:.4f}")
    )

    determinism.reseed(0)
    data = data._replace(features=load_features(dataset))
    content = {"classifier": {} if accuracy is None else {"accuracy": round(accuracy, 4)}}
    content |= references(data, params["tasks"], settings["seeds"])
    for path in (folder, Path("metrics", dataset)):  # for evaluation, and for Git
        write(path / "references.json", content)
    for task in content["tasks"]:
        means = {name: np.mean(own[task["measure"]]) for name, own in content["scores"][task["name"]].items()}
        line = ", ".join(f"{name} {mean:.4g}" for name, mean in means.items())
        print(f"{dataset}: {task['name']}: {task['measure']}: {line}")


if __name__ == "__main__":
    run(main)
