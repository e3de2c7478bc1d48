"""References of a data set: all classical methods on every task (JPEG, wavelets, raw pixels ...), and the
classifier in whose features generated images are compared.

python -m stages.evaluate.references --dataset mnist
"""

from functools import cache
from itertools import cycle
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits

from stages.common.json_file import write
from stages.common.params import read_params
from stages.common.registry import about, load
from stages.common.results import NO_NETWORK
from stages.common.settings import read_block
from stages.common.stage import fresh, run
from stages.common.task import Task
from stages.evaluate import classifier
from stages.evaluate.load import load_features, load_folds
from stages.evaluate.measures.budgets import examples
from stages.evaluate.measures.resampling import over_seeds
from stages.evaluate.picture_arrays import classical, noise_levels, write_strips
from stages.evaluate.scores import whole
from stages.evaluate.task_interface import Data
from stages.train import determinism
from stages.train.components import solver
from stages.train.settings import Budget, Training


def described(tasks: dict[str, dict]) -> list[dict]:
    """What each task says of itself, with its options: all that whoever reads the scores has to know of it. The
    headline of a task with cases: the lowest and the highest level."""
    return [
        module.TASK._replace(
            name=name,
            about=about(module),
            method=module.method(**options),
            options=options,
            cases=cases,
            headline=module.TASK.headline or tuple(levels[i] for i in (0, -1) if levels),
        )._asdict()
        for name, options in tasks.items()
        for module in [load("evaluate/tasks", name)]
        for cases in [module.cases(**options) if hasattr(module, "cases") else ()]
        for levels in [[case.measure for case in cases if case.scale]]
    ]


def pca_spectrum(train: np.ndarray, validation: np.ndarray) -> dict[str, list]:
    """The error of PCA, fitted to uint8 images (n, height, width, channels), of large ones to some of them, on
    validation images: validation_mse per pixel, clipped to [0, 1] as everywhere, for latent_sizes 1, 2, 4 ... up to the
    number of components that there are."""
    flat, held = (images.reshape(len(images), -1) / np.float32(255) for images in (examples(train), validation))
    directions = PCA(svd_solver=solver(*flat.shape)).fit(flat)
    mean, components = directions.mean_, directions.components_
    most = len(components)
    sizes = [size for size in 2 ** np.arange(17) if size < most] + [most]
    codes = (held - mean) @ components.T
    restored = (codes[:, :size] @ components[:size] + mean for size in sizes)
    errors = [float(np.mean(np.square(held - np.clip(images, 0, 1), dtype=np.float64))) for images in restored]
    return {"latent_sizes": [int(size) for size in sizes], "validation_mse": errors}


def references(folds: list[Data], tasks: dict[str, dict], seeds: list[int]) -> dict:
    """The content of the metrics file: for each task the best reference's headline measures, as numbers that DVC
    shows; "tasks", see `described`; and under "scores", by task and reference, the scores of every seed.

    folds: the data set by split, of which each seed has another where there are several
    """
    headline, scores, about = {}, {}, described(tasks)
    for task in (Task(**one) for one in about):
        measure = load("evaluate/tasks", task.name).references
        parts = zip(cycle(folds), ([seed] for seed in seeds)) if len(folds) > 1 else [(folds[0], seeds)]
        by_seed = [scored for data, some in parts for scored in measure(data, some, **task.options)]
        measured = {method: over_seeds([result[method] for result in by_seed]) for method in by_seed[0]}
        scores[task.name], lost = whole(measured)
        for method in lost:
            print(f"{task.name}: {method} is not finite, so this method, and what is measured against it, is left out")
        if best := best_of(scores[task.name], task):
            headline[task.name] = best
    return headline | {"tasks": about, "scores": scores}


def best_of(scores: dict[str, dict], task: Task) -> dict[str, float]:
    """Measure -> the best mean of all methods that are rivals, of the main measures that are in the headline."""
    best = {}
    for measure in (case.measure for case in task.by_case().values() if case.measure in task.headline):
        rivals = [values for method, values in scores.items() if method not in task.bounds and measure in values]
        if rivals:
            best[measure] = float((min if task.lower_is_better else max)(np.mean(own[measure]) for own in rivals))
    return best


def main(dataset: str) -> None:
    params = read_params()
    budget, threads = read_block(Budget, params, "data", dataset), read_block(Training, params, "training").threads
    settings = read_block(classifier.Classifier, params, "classifier")
    threadpool_limits(threads)
    folds = load_folds(dataset)
    data, folder = folds[0], fresh(Path("data", dataset, "references"))

    @cache
    def trained():
        """The features, and the accuracy that their classifier has. It waits until a task asks for it, as generation
        does, the last: TensorFlow keeps more than a gigabyte afterwards, which tasks on all pixels would be short of.
        """
        determinism.start(threads)
        from stages.train.saving import save

        determinism.reseed(0)
        model, accuracy = classifier.trained(data, settings, budget.passes_per_epoch)
        save(model, folder / "classifier.keras")
        determinism.reseed(0)
        return load_features(dataset), accuracy

    spectrum = pca_spectrum(data.train, data.validation)
    folds = [data._replace(features=lambda images: trained()[0](images)) for data in folds]
    scores = references(folds, params["tasks"], budget.seeds)
    accuracy = trained()[1]
    content = {"classifier": {} if accuracy is None else {"accuracy": round(accuracy, 4)}, **scores}
    content["pca_spectrum"] = spectrum
    write(Path("metrics", dataset, "references.json"), content)
    denoised = classical(data, scores["scores"].get("denoising", {}), noise_levels(params["tasks"]))
    write_strips(Path("plots", dataset, "shown", NO_NETWORK), {} if data.private else denoised)
    said = "no labels, features of a random network" if accuracy is None else f"classifier {accuracy:.4f}"
    print(f"{dataset}: {said}")
    for task in (task for task in params["tasks"] if task in scores):
        best = ", ".join(f"{measure} {value:.4g}" for measure, value in scores[task].items())
        print(f"{dataset}: {task}: at best {best}")


if __name__ == "__main__":
    run(main)
