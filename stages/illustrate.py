"""Draw the pictures of one trained cell (its first seed).

python -m stages.illustrate --dataset mnist --architecture vanilla
"""

import argparse
import json
import shutil
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.decomposition import PCA

from stages import runtime
from stages.catalogue import load, read_params, run
from stages.cell import Data, Functions
from stages.measures import mse
from stages.style import save
from stages.trained import functions_of, load_data, load_model

SHOWN = 10  # images in a row
POINTS = 2000  # test images in the latent space


class Cell(NamedTuple):
    """What the figures of a cell see. Images: uint8 or float (n, height, width, channels)."""

    dataset: str
    architecture: str
    classes: list[str] | None
    images: np.ndarray  # showcase test images
    before: np.ndarray  # their reconstructions by the untrained model
    after: np.ndarray  # and by the trained one
    latents: np.ndarray  # (n, 2) of test images
    explained: float  # share of the latents' variance that the two dimensions hold
    labels: np.ndarray | None  # (n,) their classes
    worst: tuple[np.ndarray, np.ndarray, np.ndarray]  # test images, reconstructions, MSE; highest error first
    best: tuple[np.ndarray, np.ndarray, np.ndarray]  # the same, lowest error first
    samples: np.ndarray | None  # decoded draws from the prior
    mixture_samples: np.ndarray  # decoded draws from a mixture of Gaussians fitted to the training latents
    interpolation: np.ndarray | None  # decoded points on the line between two test images' latents


def flattened(latents: np.ndarray) -> tuple[np.ndarray, float]:
    """Latents (n, k) -> (n, 2), on their first two principal axes, and the share of the variance these hold."""
    if latents.shape[1] == 1:
        return np.column_stack([latents, np.zeros(len(latents))]), 1.0
    projection = PCA(2, svd_solver="covariance_eigh").fit(latents)
    return projection.transform(latents), float(projection.explained_variance_ratio_.sum())


def collect(dataset: str, architecture: str, model: Functions, data: Data, before: np.ndarray, classes) -> Cell:
    """Everything the figures need, from the functions of a trained model."""
    latents = model.encode(data.test)
    reconstructions = model.decode(latents)
    errors = mse(data.test / np.float32(255), reconstructions)
    order = np.argsort(errors, kind="stable")
    best, worst = order[:SHOWN], order[::-1][:SHOWN]
    points, explained = flattened(latents[:POINTS])
    samples = interpolation = None
    if model.sample is not None:
        samples = model.sample(5 * SHOWN, seed=0)
        first, second = latents[data.showcase[:2]]
        interpolation = model.decode(np.linspace(first, second, SHOWN, dtype=np.float32))
    return Cell(
        dataset=dataset,
        architecture=architecture,
        classes=classes,
        images=data.test[data.showcase],
        before=before,
        after=reconstructions[data.showcase],
        latents=points,
        explained=explained,
        labels=None if data.test_labels is None else data.test_labels[:POINTS],
        worst=(data.test[worst], reconstructions[worst], errors[worst]),
        best=(data.test[best], reconstructions[best], errors[best]),
        samples=samples,
        mixture_samples=model.sample_mixture(5 * SHOWN, seed=0),
        interpolation=interpolation,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--architecture", required=True)
    names = parser.parse_args()
    params = read_params()
    runtime.start(params["training"]["threads"])
    models = Path("data/models", names.dataset, names.architecture)
    model = load_model(models / f"seed-{params['data'][names.dataset]['seeds'][0]}.keras", names.architecture)
    classes = json.loads(Path("data/prepared", names.dataset, "summary.json").read_text())["classes"]
    before = np.load(models / "untrained.npy")
    data = load_data(names.dataset)
    cell = collect(names.dataset, names.architecture, functions_of(model, data.train), data, before, classes)

    folder = Path("data/pictures", names.dataset, names.architecture)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in params["figures"]["cell"]:
        figure = load("figures/cell", name).draw(cell)
        if figure is not None:
            save(figure, folder / f"{name}.png")
    print(f"{names.dataset} {names.architecture}: {len(list(folder.iterdir()))} pictures in {folder}")


if __name__ == "__main__":
    run(main)
