"""Measurement of a figure that others published, by the same protocol, with this project's own code.

python -m stages.published --name pca_mnist

What was published stands beside each check, in stages/published/checks/<check>.yaml, and is compared afterwards, in
table.py: so rewording a protocol trains nothing.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from stages.common.params import read_params
from stages.common.registry import load
from stages.common.stage import run
from stages.evaluate.inputs import load_data
from stages.evaluate.metrics_file import write
from stages.evaluate.protocol import Data
from stages.train import determinism

SIDES = {"mnist": 28, "fashion_mnist": 28, "cifar10": 32}  # pixels of the published images; else ours is another task
TRAINING = {  # what a check does not say itself; the whole budget is used, and the epoch of the best validation kept
    "optimizer": "adam",
    "learning_rate": 0.002,
    "schedule": "cosine",
    "warmup": 0.05,
    "clip_norm": 1.0,
    "activation": "elu",
    "output": "sigmoid",
    "reconstruction_loss": "squared_error",
    "patience": 10_000,
    "precision": "float32",
}


class Cell(NamedTuple):
    """One architecture on one data set, as a check sees it."""

    dataset: str
    architecture: str
    data: Data

    def trainer(self, latent_size: int | None, network: dict, batch_size: int = 128, **training) -> Callable:
        """A function (train, validation, seed, epochs, label) -> Autoencoder, trained from scratch on uint8 images
        (n, height, width, channels). It is the same object every time: score it before the next one is trained.

        network: the architecture's own settings; training: what differs from TRAINING
        Further arguments of the function go to `fit`.
        """
        from stages.train.runs import Images, runner

        data = {"latent_size": latent_size, "width": 1.0, "passes_per_epoch": 1, "batch_size": batch_size}
        params = {"data": {self.dataset: data}, "training": TRAINING | training}
        params["architecture"] = {self.architecture: network}
        start = runner(params, self.dataset, self.architecture, self.data.test.shape[1:])

        def train(train: np.ndarray, validation: np.ndarray, seed: int, epochs: int, label: str, **options):
            label = f"{self.dataset} {self.architecture}, {label}, seed {seed}"
            return start(Images(train, validation, self.data.test[:0]), seed, epochs, label, **options)[0]

        return train


def main(name: str) -> None:
    params = read_params()
    options = dict(params["published"][name])
    check, dataset, architecture = (options.pop(key) for key in ("check", "dataset", "architecture"))
    determinism.start(params["training"]["threads"])
    cell = Cell(dataset, architecture, load_data(dataset))
    height, width = cell.data.test.shape[1:3]
    measured = {}
    if height == width == SIDES[dataset]:
        measured = load("published/checks", check).measure(cell, **options)
    else:
        print(f"{name}: not run: the published images of {dataset} are {SIDES[dataset]} pixels wide, ours {width}")
    for key, values in measured.items():
        print(f"{name}: {key}: {values}")
    about = {"check": check, "dataset": dataset, "architecture": architecture, "options": options}
    write(Path("metrics/published", f"{name}.json"), {"cell": [about], "measured": measured})


if __name__ == "__main__":
    run(main)
