"""Inputs of the evaluation, read from disk. Keras is imported late: determinism.start comes first."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from stages.common.registry import load
from stages.evaluate.protocol import Data
from stages.train import determinism


def load_data(dataset: str) -> Data:
    """The prepared data set, without features and references."""
    folder = Path("data/prepared", dataset)

    def read(name):
        path = folder / f"{name}.npy"
        return np.load(path) if path.exists() else None

    return Data(
        train=read("images/train"),
        validation=read("images/validation"),
        **{name: read(name) for name in Data._fields[2:8]},
        classes=json.loads((folder / "summary.json").read_text())["classes"],
    )


def load_features(dataset: str) -> Callable[[np.ndarray], np.ndarray]:
    """Images (n, height, width, channels) -> features (n, units) of the data set's classifier."""
    import keras

    from stages.train.autoencoder import predict, scaled

    classifier = keras.models.load_model(f"data/references/{dataset}/classifier.keras")
    features = keras.Model(classifier.inputs, classifier.get_layer("features").output)
    return lambda images: predict(lambda batch: features(scaled(batch), training=False), images)


def load_references(dataset: str) -> dict:
    """Tasks and scores of the references, see stages/evaluate/references.py."""
    return json.loads(Path("data/references", dataset, "references.json").read_text())


def first_seed(scores: dict) -> dict:
    """task -> name -> measure -> value with the first seed, from lists over seeds."""
    return {
        task: {name: {measure: values[0] for measure, values in own.items()} for name, own in by_name.items()}
        for task, by_name in scores.items()
    }


def load_trained(folder: Path, architecture: str) -> tuple[dict, dict]:
    """What training wrote to a folder: Autoencoders by seed, and the content of training.json.

    It fixes the number of threads as in training. Importing the architecture registers its classes with Keras.
    """
    training = json.loads((folder / "training.json").read_text())
    determinism.start(training["threads"])
    determinism.reseed(0)
    load("architectures", architecture)
    import keras

    models = {seed: keras.models.load_model(folder / f"seed-{seed}.keras") for seed in training["seeds"]}
    return models, training
