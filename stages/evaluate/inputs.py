"""Inputs of the evaluation, read from disk. Keras is imported late: determinism.start comes first."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from stages.common.damage import whole
from stages.common.registry import load
from stages.evaluate.protocol import Data
from stages.train import determinism


def load_data(dataset: str) -> Data:
    """The prepared data set, without features and references."""
    folder = Path("data/prepared", dataset)
    with whole(folder, f"dvc repro prepare@{dataset}"):
        summary = json.loads((folder / "summary.json").read_text())
        sums = summary["sha256"]

    def read(name):
        path = folder / f"{name}.npy"
        with whole(path, f"dvc repro prepare@{dataset}"):
            return checked(np.load(path), sums[name]) if path.exists() else None

    return Data(
        train=read("images/train"),
        validation=read("images/validation"),
        **{name: read(name) for name in Data._fields[2:8]},
        classes=summary["classes"],
        seen_classes=summary["seen_classes"],
    )


def checked(array: np.ndarray, sha256: str) -> np.ndarray:
    """The array. Raises ValueError where its bytes are not those that were prepared."""
    if hashlib.sha256(array.tobytes()).hexdigest() != sha256:
        raise ValueError("its SHA-256 is not that of the array that was prepared")
    return array


def load_features(dataset: str) -> Callable[[np.ndarray], np.ndarray]:
    """Images (n, height, width, channels) -> features (n, units) of the data set's classifier."""
    import keras

    from stages.train.autoencoder import predict, scaled

    path = f"data/references/{dataset}/classifier.keras"
    with whole(path, f"dvc repro references@{dataset}"):
        classifier = keras.models.load_model(path)
    features = keras.Model(classifier.inputs, classifier.get_layer("features").output)
    return lambda images: predict(lambda batch: features(scaled(batch), training=False), images)


def load_references(dataset: str) -> dict:
    """Tasks and scores of the references, see stages/evaluate/references.py."""
    path = Path("data/references", dataset, "references.json")
    with whole(path, f"dvc repro references@{dataset}"):
        return json.loads(path.read_text())


def first_seed(scores: dict) -> dict:
    """task -> name -> measure -> value with the first seed, from lists over seeds."""
    return {
        task: {name: {measure: values[0] for measure, values in own.items()} for name, own in by_name.items()}
        for task, by_name in scores.items()
    }


def load_trained(folder: Path, architecture: str) -> tuple[dict, dict, dict]:
    """What training wrote to a folder: Autoencoders by seed, those trained on seen classes only (of the seeds that have
    one), and the content of training.json.

    It fixes the number of threads as in training. Importing the architecture registers its classes with Keras.
    """
    heal = f"dvc repro train@{folder.parent.name}-{architecture}"
    with whole(folder / "training.json", heal):
        training = json.loads((folder / "training.json").read_text())
    determinism.start(training["threads"])
    determinism.reseed(0)
    load("architectures", architecture)
    import keras

    def read(name):
        with whole(folder / name, heal):
            return keras.models.load_model(folder / name)

    models = {seed: read(f"seed-{seed}.keras") for seed in training["seeds"]}
    seen_too = [seed for seed in training["seeds"] if (folder / f"seed-{seed}-seen.keras").exists()]
    return models, {seed: read(f"seed-{seed}-seen.keras") for seed in seen_too}, training
