"""What the evaluation reads: damaged files are named, with the commands that make them anew."""

import json

import numpy as np
import pytest
from helpers import blobs

from stages.architectures import vanilla
from stages.common.registry import load
from stages.common.stage import UserError
from stages.evaluate import inputs
from stages.prepare.split import sums
from stages.train import determinism
from stages.train.saving import save

DAMAGE = {
    "a bit": lambda content: content[:-9] + bytes([content[-9] ^ 1]) + content[-8:],
    "cut": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "another file": lambda content: b"something else",
}


@pytest.fixture
def prepared(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data/prepared/digits"
    (folder / "images").mkdir(parents=True)
    names = ("images/train", "images/validation", "test", "shown", "anomalies", "train_labels")
    arrays = {name: blobs(5, (8, 8, 1), seed) for seed, name in enumerate(names)}
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    (folder / "summary.json").write_text(json.dumps({"classes": None, "seen_classes": [], "sha256": sums(arrays)}))
    return folder


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", ["images/train.npy", "anomalies.npy", "summary.json"])
def test_a_damaged_array_is_named(prepared, name, damage):
    assert len(inputs.load_data("digits").train) == 5
    path = prepared / name
    content = path.read_bytes()
    path.write_bytes(DAMAGE[damage](content))
    if name == "summary.json" and damage == "a bit":
        return  # it may be a bit of a sum that still is one, and then an array is told
    with pytest.raises(
        UserError, match=r"is damaged .* `python -m tools\.heal && .* && dvc repro prepare@digits`"
    ) as caught:
        inputs.load_data("digits")
    assert "\n" not in str(caught.value) and name.removesuffix("summary.json") in str(caught.value)


@pytest.mark.parametrize("damage", ["cut", "empty", "another file", "a bit in the middle"])
def test_a_damaged_model_is_named(tmp_path, damage):
    folder = tmp_path / "digits/vanilla"
    folder.mkdir(parents=True)
    determinism.reseed(0)
    save(
        vanilla.build((8, 8, 1), 4, "relu", "sigmoid", "squared_error", latent_activation="linear"),
        folder / "seed-0.keras",
    )
    (folder / "training.json").write_text(json.dumps({"seeds": [0], "threads": 1, "curves": {}}))
    models, _, _ = inputs.load_trained(folder, "vanilla")
    assert list(models) == [0]
    path = folder / "seed-0.keras"
    content = path.read_bytes()
    middle = len(content) // 2
    bent = content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :]
    path.write_bytes(DAMAGE[damage](content) if damage in DAMAGE else bent)
    with pytest.raises(UserError, match=r"seed-0\.keras is damaged .* dvc repro train@digits-vanilla`") as caught:
        inputs.load_trained(folder, "vanilla")
    assert "\n" not in str(caught.value)
    path.unlink()
    with pytest.raises(UserError, match=r"seed-0\.keras is missing|is damaged"):
        inputs.load_trained(folder, "vanilla")


def test_both_models_of_a_seed_are_loaded(tmp_path):
    images, written = blobs(3, (8, 8, 1)), {}
    for name in ("seed-0", "seed-4", "seed-4-seen"):
        determinism.reseed(len(written))
        model = load("architectures", "vanilla").build(
            (8, 8, 1), 2, "relu", "sigmoid", "squared_error", latent_activation="linear"
        )
        save(model, tmp_path / f"{name}.keras")
        written[name] = np.asarray(model.encode(images))
    (tmp_path / "training.json").write_text(json.dumps({"seeds": [0, 4], "threads": 1, "curves": {}}))
    models, seen, training = inputs.load_trained(tmp_path, "vanilla")
    assert list(models) == [0, 4] and list(seen) == [4] and training["curves"] == {}
    for name, model in {"seed-0": models[0], "seed-4": models[4], "seed-4-seen": seen[4]}.items():
        np.testing.assert_array_equal(np.asarray(model.encode(images)), written[name])
