"""The stage: what it keeps is what the task scores, of models trained as the settings say."""

import json
from typing import NamedTuple

import numpy as np
import pytest
from ruamel.yaml import YAML

from stages.ablate import __main__ as ablate
from stages.train import recipe, tune


@pytest.fixture
def trained(monkeypatch):
    """Settings that were trained, in place of training; a model is its seed."""
    seen = []

    def train_seeds(cell, images, folder, thorough):
        assert not thorough
        seen.append(cell)

    monkeypatch.setattr(ablate, "train_seeds", train_seeds)
    monkeypatch.setattr(ablate, "load_trained", lambda folder, architecture: ({0: 0, 1: 1, 2: 2}, {}, {}))
    monkeypatch.setattr(ablate, "functions_of", lambda model, *splits: model)
    monkeypatch.setattr(ablate, "cost_of", lambda model, shape: {"parameters": 7 + len(seen)})
    monkeypatch.setattr(ablate, "with_references", lambda dataset: (Empty, {"generation": {"images": 9}}))
    monkeypatch.setattr(ablate, "read_images", lambda dataset: None)
    monkeypatch.setattr(ablate, "TASKS", {task: Scored(task) for task in ablate.TASKS})
    return seen


class Empty:
    train = validation = test = np.zeros((3, 8, 8, 1), np.uint8)


class Scored(NamedTuple):
    """A task, whose score is made up."""

    task: str

    def score(self, model, data, seed, images=0):
        if self.task == "generation":
            return {"frechet": model + images, "density": 1.0}
        scored = {"mse_resampled": [0.1], "validation_mse": 0.2, "psnr": 20.0, "ssim": 0.9, "mae": 0.5}
        return scored | {"mse": model + seed}


def run(params, tmp_path, monkeypatch, architecture, trials=0):
    monkeypatch.chdir(tmp_path)
    params["tuning"]["trials"] = trials
    YAML().dump(params, tmp_path / "params.yaml")
    recipe.main()
    tune.main("digits", architecture)
    ablate.main("digits", architecture)
    return json.loads((tmp_path / f"metrics/digits/ablations/{architecture}.json").read_text())["variants"]


def test_every_value_and_every_seed_is_scored(params, trained, tmp_path, monkeypatch):
    params["ablations"]["digits"] = {"latent_size": [2, 5], "short": {"data.digits.epochs": 1}}
    found = run(params, tmp_path, monkeypatch, "deep")
    assert [cell.budget.latent_size for cell in trained] == [2, 5, 16]
    assert [cell.budget.epochs for cell in trained] == [12, 12, 1]
    assert [row["variant"] for row in found] == ["latent_size 2", "latent_size 5", "short"]
    assert [(row["setting"], row["value"]) for row in found] == [
        ("latent_size", 2),
        ("latent_size", 5),
        ("short", None),
    ]
    assert [row["compared"] for row in found] == [16, 16, None] and found[2]["changes"] == {"data.digits.epochs": 1}
    for row, parameters in zip(found, (8, 9, 10), strict=True):
        scores = row["scores"]
        assert set(scores) == set(ablate.KEPT) & {"mse", "mse_resampled", "validation_mse", "psnr", "ssim"}
        assert scores["mse"] == [0, 2, 4] and scores["mse_resampled"] == [[0.1]] * 3
        assert (row["mse"], row["validation_mse"]) == (2.0, 0.2) and row["facts"] == {"parameters": [parameters]}


def test_a_weight_of_the_prior_is_scored_on_samples_too(params, trained, tmp_path, monkeypatch):
    """And a size of the latent on bits, where that is a task of the data set, which it is not here."""
    params["ablations"]["digits"] = {"latent_size": [2], "beta": [0.3]}
    found = run(params, tmp_path, monkeypatch, "variational")
    assert [cell.options["beta"] for cell in trained] == [1.0, 0.3]
    assert [row["further"] for row in found] == [{}, {"generation": {"frechet": [9, 10, 11]}}]
    assert [row["scores"]["mse"] for row in found] == [[0, 2, 4]] * 2


def test_nothing_to_vary_leaves_an_empty_file(params, trained, tmp_path, monkeypatch):
    params["ablations"]["digits"] = {"optimizer": ["sgd"]}
    found = run(params, tmp_path, monkeypatch, "pca")  # solved: the optimizer changes nothing
    assert trained == [] and found == []


@pytest.mark.parametrize(
    ("architecture", "setting", "values", "trained_with"),
    [
        ("vanilla", "activation", ["relu", "tanh"], []),
        ("vanilla", "width", [0.25], []),
        ("vanilla", "latent_size", [2], [2]),
        ("vector_quantized", "latent_size", [2], []),
        ("deep", "activation", ["relu"], ["relu"]),
        ("deep", "width", [0.25], [0.25]),
        ("deep", "reconstruction_loss", ["absolute_error"], ["absolute_error"]),
        ("pca", "reconstruction_loss", ["absolute_error"], []),
        ("sparse", "block", {"architecture.sparse.weight": 3.0}, [None]),
    ],
)
def test_what_changes_nothing_is_not_trained(
    params, trained, tmp_path, monkeypatch, architecture, setting, values, trained_with
):
    """Otherwise its scores would stand in the report as if the setting did not matter."""
    params["ablations"]["digits"] = {setting: values}
    found = run(params, tmp_path, monkeypatch, architecture)
    assert [row["value"] for row in found] == trained_with and len(trained) == len(trained_with)


@pytest.mark.parametrize(
    ("setting", "chosen", "values", "trained_with"),
    [
        ("learning_rate", 0.01, [0.001, 0.003, 0.01], [0.001, 0.003]),
        ("activation", "gelu", ["gelu", "elu", "tanh"], ["elu", "tanh"]),
        ("output", "linear", ["linear", "sigmoid"], ["sigmoid"]),
    ],
)
def test_an_ablation_overrides_what_tuning_chose(
    params, trained, tmp_path, monkeypatch, setting, chosen, values, trained_with
):
    """Also with the value that `training` has, where tuning chose another; what it chose is the one compared with."""

    def search(cell, tuning, images):
        settings = cell.training.model_dump(include={"learning_rate", "activation", "output"}) | {setting: chosen}
        return [{"settings": settings, "loss": 1.0, "epochs": 1, "ended": "complete"}]

    monkeypatch.setattr(tune, "search", search)
    monkeypatch.setattr(tune, "read_folds", lambda dataset: [None])
    params["ablations"]["digits"] = {setting: values, "block": {f"training.{setting}": values[1]}}
    found = run(params, tmp_path, monkeypatch, "deep", trials=1)
    assert [getattr(cell.training, setting) for cell in trained] == [*trained_with, values[1]]
    assert [row["compared"] for row in found] == [chosen] * len(trained_with) + [None]


def test_tasks_without_reconstruction(params, trained, tmp_path, monkeypatch):
    del params["tasks"]["reconstruction"]
    params["ablations"]["digits"] = {"latent_size": [2]}
    (row,) = run(params, tmp_path, monkeypatch, "deep")
    assert row["scores"]["mse"] == [0, 2, 4]
