"""References of a data set: all methods without a network on every task (JPEG, wavelets, raw pixels ...), and the
classifier in whose features generated images are compared.

python -m stages.evaluate.references --dataset mnist
"""

from functools import cache
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits

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


def pca_spectrum(train: np.ndarray, validation: np.ndarray) -> dict[str, list]:
    """The error of PCA, fitted to uint8 images (n, height, width, channels), on validation images: validation_mse per
    pixel, clipped to [0, 1] as everywhere, for latent_sizes 1, 2, 4 ... up to the number of pixels and channels."""
    flat, held = (images.reshape(len(images), -1) / np.float32(255) for images in (train, validation))
    pixels = flat.shape[1]
    directions = PCA(svd_solver="covariance_eigh").fit(flat)
    mean, components = directions.mean_, directions.components_
    sizes = [size for size in 2 ** np.arange(17) if size < pixels] + [pixels]
    codes = (held - mean) @ components.T
    restored = (codes[:, :size] @ components[:size] + mean for size in sizes)
    errors = [float(np.mean(np.square(held - np.clip(own, 0, 1), dtype=np.float64))) for own in restored]
    return {"latent_sizes": [int(size) for size in sizes], "validation_mse": errors}


def references(data: Data, tasks: dict[str, dict], seeds: list[int]) -> dict:
    """The content of the metrics file: for each task the best reference's main measure, as numbers that DVC shows;
    "tasks", see `described`; and under "scores", by task and reference, every score of every seed."""
    headline, scores = {}, {}
    for name, options in tasks.items():
        module = load("evaluate/tasks", name)
        task, by_seed = module.TASK, module.references(data, seeds, **options)
        scores[name] = {method: gathered([result[method] for result in by_seed]) for method in by_seed[0]}
        means = [np.mean(own[task.measure]) for method, own in scores[name].items() if method not in task.bounds]
        if means:
            headline[name] = {task.measure: float((min if task.lower_is_better else max)(means))}
    return headline | {"tasks": described(tasks), "scores": scores}


def main(dataset: str) -> None:
    params = read_params()
    settings = params["data"][dataset]
    threadpool_limits(params["training"]["threads"])
    data = load_data(dataset)
    folder = fresh(Path("data/references", dataset))

    @cache
    def trained():
        """The features, and the accuracy that their classifier has. It waits until a task asks for it, as generation
        does, the last: TensorFlow keeps more than a gigabyte afterwards, which tasks on all pixels would be short of.
        """
        determinism.start(params["training"]["threads"])
        from stages.train.saving import save

        determinism.reseed(0)
        model, accuracy = classifier.trained(data, params["classifier"], settings["passes_per_epoch"])
        save(model, folder / "classifier.keras")
        determinism.reseed(0)
        return load_features(dataset), accuracy

    spectrum = pca_spectrum(data.train, data.validation)
    scores = references(data._replace(features=lambda images: trained()[0](images)), params["tasks"], settings["seeds"])
    accuracy = trained()[1]
    content = {"classifier": {} if accuracy is None else {"accuracy": round(accuracy, 4)}} | scores
    content["pca_spectrum"] = spectrum
    for path in (folder, Path("metrics", dataset)):  # for evaluation, and for Git
        write(path / "references.json", content)
    print(
        f"{dataset}: "
        + ("no labels, features of a random network" if accuracy is None else f"classifier {accuracy:.4f}")
    )
    for task in content["tasks"]:
        means = {name: np.mean(own[task["measure"]]) for name, own in content["scores"][task["name"]].items()}
        line = ", ".join(f"{name} {mean:.4g}" for name, mean in means.items())
        print(f"{dataset}: {task['name']}: {task['measure']}: {line}")


if __name__ == "__main__":
    run(main)
