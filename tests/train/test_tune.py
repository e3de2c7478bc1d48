"""Tuning: an equal number of trials, a choice by the validation loss, and a file that training can read."""

import json
from pathlib import Path

import numpy as np
import pytest
from helpers import blobs

from stages.train import recipe, tune
from stages.train.settings import cell_of
from stages.train.train_seeds import Images, tuned


@pytest.fixture
def small(params, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    images = Images(*(blobs(n, (16, 16, 1), n) for n in (64, 16, 3)))
    params["data"]["digits"] |= {"epochs": 4, "passes_per_epoch": 1, "width": 0.1}
    params["tuning"] |= {"trials": 4, "share_of_epochs": 0.5}
    monkeypatch.setattr(tune, "read_params", lambda: params)
    monkeypatch.setattr(recipe, "read_params", lambda: params)
    monkeypatch.setattr(tune, "read_folds", lambda dataset: [images])
    return params


def written(architecture):
    recipe.main()
    tune.main("digits", architecture)
    return json.loads(Path(f"metrics/digits/tuning/{architecture}.json").read_text())


def test_trials_begin_with_the_settings_and_the_best_is_chosen(small):
    found = written("deep")
    assert len(found["trials"]) == 4
    first = {name: small["training"][name] for name in ("learning_rate", "activation", "output")}
    assert found["trials"][0]["settings"] == first
    (chosen,) = found["chosen"]
    whole = [trial["loss"] for trial in found["trials"] if trial["ended"] == "complete"]
    assert found["trials"][chosen]["loss"] == min(whole)
    assert all(trial["epochs"] == 2 for trial in found["trials"] if trial["ended"] == "complete")
    low, high = small["tuning"]["learning_rate"]
    assert all(low <= trial["settings"]["learning_rate"] <= high for trial in found["trials"])
    cell = tuned("digits", "deep", [0])
    assert cell.training.model_dump(include=set(first)) == found["trials"][chosen]["settings"]
    assert cell.budget.epochs == 4
    assert written("deep") == found, "the same trials every time"


def test_a_trial_that_diverges_is_told_and_never_chosen(small, monkeypatch):
    small["training"]["optimizer"] = "sgd"
    small["training"]["clip_norm"] = 1e30
    small["training"]["reconstruction_loss"] = "absolute_error"
    small["tuning"]["learning_rate"] = [1e-4, 1e37]  # which no params.yaml may hold
    for module in (recipe, tune):
        monkeypatch.setattr(module, "read_block", lambda kind, params, name: kind.model_construct(**params[name]))
    small["tuning"]["output"] = ["linear"]
    small["training"]["output"] = "linear"
    found = written("vanilla")
    assert "diverged" in [trial["ended"] for trial in found["trials"]]
    assert [found["trials"][place]["ended"] for place in found["chosen"]] in (["complete"], [])
    assert np.isfinite([trial["loss"] for trial in found["trials"] if trial["loss"] is not None]).all()


def test_settings_are_written_as_they_stand_in_params(small):
    """To the byte: DVC compares the file, and a number written otherwise would train everything again."""
    written("pca")
    names = ("latent_size", "width", "epochs", "passes_per_epoch", "batch_size")
    cell = {"data": {name: small["data"]["digits"][name] for name in names}}
    cell |= {"training": small["training"], "architecture": small["architecture"]["pca"]}
    text = Path("metrics/digits/tuning/pca.json").read_text()
    assert f'"cell": [\n  {json.dumps(cell)}\n ]' in text


@pytest.mark.parametrize(("architecture", "trials"), [("pca", 4), ("deep", 0)])
def test_nothing_to_tune(small, architecture, trials):
    small["tuning"]["trials"] = trials
    assert written(architecture)["trials"] == []
    assert tuned("digits", architecture, small["data"]["digits"]["seeds"]) == cell_of(small, "digits", architecture)
