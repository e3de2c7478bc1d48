"""Trained models of one architecture, read from disk. Keras is imported late: determinism.start comes first."""

import json
from pathlib import Path

from stages.common.file_errors import whole
from stages.common.registry import load
from stages.train import determinism


def load_trained(folder: Path, architecture: str) -> tuple[dict, dict, dict]:
    """What training wrote to a folder: Autoencoders by seed, those trained on seen classes only (of the seeds that have
    one), and the content of training.json.

    It fixes the number of threads as in training. Importing the architecture registers its classes with Keras.
    """
    with whole(folder / "training.json", _heal(folder)):
        training = json.loads((folder / "training.json").read_text())
    determinism.start(training["threads"])
    determinism.reseed(0)
    load("architectures", architecture)
    models = {seed: _model(folder, f"seed-{seed}") for seed in training["seeds"]}
    seen_too = [seed for seed in training["seeds"] if (folder / f"seed-{seed}-seen.keras").exists()]
    return models, {seed: _model(folder, f"seed-{seed}-seen") for seed in seen_too}, training


def load_shorter(folder: Path, training: dict) -> list:
    """The Autoencoders of the first seed with a quarter and with half of the epochs; none of what is solved. After
    load_trained, whose third part is `training`."""
    return [_model(folder, name) for name in training.get("budgets", {}).get("models", [])]


def _model(folder: Path, name: str):
    """The Autoencoder in <name>.keras. Raises UserError where that is missing or damaged."""
    import keras

    path = folder / f"{name}.keras"
    with whole(path, _heal(folder)):
        return keras.models.load_model(path)


def _heal(folder: Path) -> str:
    """The command that makes a folder of models, data/<data set>/models/<architecture>, anew."""
    return f"dvc repro train@{folder.parents[1].name}-{folder.name}"
