"""What a check measures: one architecture on one data set, and how it is trained there."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from stages.evaluate.task_interface import Data
from stages.train.settings import Budget, Cell, NetworkSpec, Training

TRAINING = Training(  # what a check does not say; the whole budget is used, and the epoch of the best validation kept
    optimizer="adam",
    learning_rate=0.002,
    schedule="cosine",
    warmup=0.05,
    clip_norm=1.0,
    activation="elu",
    output="sigmoid",
    reconstruction_loss="squared_error",
    patience=10_000,
    precision="float32",
    threads=1,
)
PLAIN = {"schedule": "constant", "warmup": 0.0, "clip_norm": 1e9}  # the optimizer as it is in most publications


class Subject(NamedTuple):
    """One architecture on one data set, as a check sees it."""

    dataset: str
    architecture: str
    data: Data

    def on_all_training_images(self) -> "Subject":
        """The same with the validation images among the training images, where the publication held none out. They
        still choose the epoch."""
        data = self.data
        train = np.concatenate([data.train, data.validation])
        labels = np.concatenate([data.train_labels, data.validation_labels])
        return self._replace(data=data._replace(train=train, train_labels=labels))

    def models(self, seeds: list[int], epochs: int, latent_size: int, *network, **options) -> Iterator:
        """An Autoencoder for each seed, trained on the training images: the same object every time, see `trainer`."""
        train = self.trainer(latent_size, *network, **options)
        splits = self.data.train, self.data.validation
        return (train(*splits, seed, epochs, f"{latent_size} latents") for seed in seeds)

    def trainer(self, latent_size: int, network: dict | Callable, batch_size: int = 128, **training) -> Callable:
        """A function (train, validation, seed, epochs, label) -> Autoencoder, trained from scratch on uint8 images
        (n, height, width, channels). It is the same object every time: score it before the next one is trained.

        network: the architecture's block; where the published network is another, a function NetworkSpec -> Autoencoder
        training: what differs from TRAINING
        Further arguments of the function go to `fit`, but `curves`, a dict that is filled with what `fit` returns.
        """
        from stages.train.build import build
        from stages.train.train_seeds import Images, runner

        sizes = {"latent_size": latent_size, "width": 1.0, "batch_size": batch_size}
        budget = Budget(**sizes, epochs=1, passes_per_epoch=1, seeds=[0])  # type: ignore[arg-type]  # both are arguments of the function
        settings = Training(**TRAINING.model_dump() | training)
        spec = latent_size, settings.activation, settings.output, settings.reconstruction_loss
        known = isinstance(network, dict)
        make = build if known else lambda cell, image_shape: network(NetworkSpec(image_shape, *spec))  # type: ignore[operator]
        start = runner(Cell(self.dataset, self.architecture, budget, settings, network if known else {}), make)  # type: ignore[arg-type]

        def train(train: np.ndarray, validation: np.ndarray, seed: int, epochs: int, label: str, **options):
            curves = options.pop("curves", {})
            label = f"{self.dataset} {self.architecture}, {label}, seed {seed}"
            model, measured = start(Images(train, validation, self.data.test[:0]), seed, epochs, label, **options)
            curves |= measured
            return model

        return train
