"""The stage: what it keeps is what the task scores, of models trained as the settings say."""

import json

import numpy as np
import pytest
from ruamel.yaml import YAML

from stages.ablate import __main__ as ablate
from stages.train import tune


@pytest.fixture
def trained(monkeypatch):
    """Settings that were trained, in place of training; a model is its seed."""
    seen = []

    def train_seeds(params, dataset, architecture, images, folder, thorough):
        assert not thorough
        seen.append((params, architecture))

    monkeypatch.setattr(ablate, "train_seeds", train_seeds)
    monkeypatch.setattr(ablate, "load_trained", lambda folder, architecture: ({0: 0, 1: 1, 2: 2}, {}, {}))
    monkeypatch.setattr(ablate, "functions_of", lambda model: model)
    monkeypatch.setattr(ablate, "cost_of", lambda model, shape: {"parameters": 7 + len(seen)})
    monkeypatch.setattr(ablate, "load_data", lambda dataset: Empty)
    monkeypatch.setattr(ablate, "read_images", lambda dataset: None)
    scored = {"mse_resampled": [0.1], "validation_mse": 0.2, "psnr": 20.0, "ssim": 0.9, "mae": 0.5}
    monkeypatch.setattr(ablate.reconstruction, "score", lambda model, data, seed: scored | {"mse": model + seed})
    return seen


class Empty:
    test = np.zeros((3, 8, 8, 1), np.uint8)


def run(params, tmp_path, monkeypatch, architecture):
    monkeypatch.chdir(tmp_path)
    YAML().dump(params, tmp_path / "params.yaml")
    params["tuning"]["trials"] = 0
    monkeypatch.setattr(tune, "read_params", lambda: params)
    tune.main("digits", architecture)
    ablate.main("digits", architecture)
    return json.loads((tmp_path / f"metrics/ablations/digits/{architecture}.json").read_text())


def test_every_value_and_every_seed_is_scored(params, trained, tmp_path, monkeypatch):
    params["ablations"]["digits"] = {"latent_size": [2, 5], "short": {"data.digits.epochs": 1}}
    found = run(params, tmp_path, monkeypatch, "deep")
    assert [own["data"]["digits"]["latent_size"] for own, _ in trained] == [2, 5, 16]
    assert [own["data"]["digits"]["epochs"] for own, _ in trained] == [12, 12, 1]
    assert found["settings"] == ["latent_size", "latent_size", "short"] and found["values"] == [2, 5, None]
    assert found["compared"] == [16, 16, None] and found["changes"][2] == {"data.digits.epochs": 1}
    assert set(found["scores"]) == set(ablate.KEPT) & {"mse", "mse_resampled", "validation_mse", "psnr", "ssim"}
    assert found["scores"]["mse"] == [[0, 2, 4]] * 3 and found["scores"]["mse_resampled"] == [[[0.1]] * 3] * 3
    assert found["cost"] == {"parameters": [8, 9, 10]}


def test_nothing_to_vary_leaves_an_empty_file(params, trained, tmp_path, monkeypatch):
    params["ablations"]["digits"] = {"optimizer": ["sgd"]}
    found = run(params, tmp_path, monkeypatch, "pca")  # solved: the optimizer changes nothing
    assert trained == [] and found["settings"] == [] and found["scores"] == {}


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
    assert found["values"] == trained_with and len(trained) == len(trained_with)


def test_tasks_without_reconstruction(params, trained, tmp_path, monkeypatch):
    del params["tasks"]["reconstruction"]
    params["ablations"]["digits"] = {"latent_size": [2]}
    assert run(params, tmp_path, monkeypatch, "deep")["scores"]["mse"] == [[0, 2, 4]]
