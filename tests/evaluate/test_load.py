"""What the evaluation reads: damaged files are named, with the commands that make them anew."""

import itertools
import json

import numpy as np
import pytest
from helpers import blobs

from stages.architectures import vanilla
from stages.common.stage import UserError
from stages.evaluate.load import load_data
from stages.evaluate.load_trained import load_shorter, load_trained
from stages.prepare.split import sums
from stages.train import determinism
from stages.train.saving import save
from stages.train.settings import NetworkSpec

DAMAGE = {
    "a bit": lambda content: content[:-9] + bytes([content[-9] ^ 1]) + content[-8:],
    "cut": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "another file": lambda content: b"something else",
}


@pytest.fixture
def prepared(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data/digits/prepared"
    (folder / "images").mkdir(parents=True)
    names = ("images/train", "images/validation", "test", "shown", "anomalies", "train_labels")
    arrays = {name: blobs(5, (8, 8, 1), seed) for seed, name in enumerate(names)}
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    (folder / "summary.json").write_text(json.dumps({"classes": None, "seen_classes": [], "sha256": sums(arrays)}))
    return folder


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        (name, damage)
        for name, damage in itertools.product(["images/train.npy", "anomalies.npy", "summary.json"], DAMAGE)
        if (name, damage) != ("summary.json", "a bit")  # it may be of a sum, and then the array is named
    ],
)
def test_a_damaged_array_is_named(prepared, name, damage):
    assert len(load_data("digits").train) == 5
    path = prepared / name
    content = path.read_bytes()
    path.write_bytes(DAMAGE[damage](content))
    with pytest.raises(
        UserError, match=r"is damaged .* `python -m tools\.clean_cache && .* && dvc repro prepare@digits`"
    ) as caught:
        load_data("digits")
    assert "\n" not in str(caught.value) and name.removesuffix("summary.json") in str(caught.value)


def test_kinds_and_masks_of_the_users_anomalies(prepared):
    """None where each split has other anomalies: a kind may be absent from one of them."""
    assert load_data("digits").anomaly_kinds is None is load_data("digits").anomaly_masks
    images = [
        {"name": str(i), "kind": kind, "masks": []} for i, kind in enumerate(["cut", None, "cut", "dent", "dent"])
    ]
    (prepared / "anomalies.json").write_text(json.dumps({"folder": "/x", "images": images}))
    assert load_data("digits").anomaly_kinds.tolist() == ["cut", "", "cut", "dent", "dent"]
    summary, masks = json.loads((prepared / "summary.json").read_text()), np.eye(5, dtype=np.uint8)[:, None]
    np.save(prepared / "anomaly_masks.npy", masks)
    summary["sha256"] |= sums({"anomaly_masks": masks})
    (prepared / "summary.json").write_text(json.dumps(summary))
    np.testing.assert_array_equal(load_data("digits").anomaly_masks, masks)
    summary["sha256"] |= {"fold-1/anomalies": ""}
    (prepared / "summary.json").write_text(json.dumps(summary))
    assert load_data("digits").anomaly_kinds is None is load_data("digits").anomaly_masks


def load_models(folder):
    models, _, training = load_trained(folder, "vanilla")
    return list(models), len(load_shorter(folder, training))


@pytest.mark.parametrize("name", ["seed-0", "half"])
@pytest.mark.parametrize("damage", ["cut", "empty", "another file", "a bit in the middle"])
def test_a_damaged_model_is_named(tmp_path, damage, name):
    folder = tmp_path / "data/digits/models/vanilla"
    folder.mkdir(parents=True)
    determinism.reseed(0)
    spec = NetworkSpec((8, 8, 1), 4, "relu", "sigmoid", "squared_error")
    for file in ("seed-0", "half"):
        save(vanilla.build(spec, latent_activation="linear"), folder / f"{file}.keras")
    training = {"seeds": [0], "threads": 1, "curves": {}, "budgets": {"models": ["half"]}}
    (folder / "training.json").write_text(json.dumps(training))
    assert load_models(folder) == ([0], 1)
    path = folder / f"{name}.keras"
    content = path.read_bytes()
    middle = len(content) // 2
    bent = content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :]
    path.write_bytes(DAMAGE[damage](content) if damage in DAMAGE else bent)
    with pytest.raises(UserError, match=rf"{name}\.keras is damaged .* dvc repro train@digits-vanilla`") as caught:
        load_models(folder)
    assert "\n" not in str(caught.value)
    path.unlink()
    with pytest.raises(UserError, match=rf"{name}\.keras is missing|is damaged"):
        load_models(folder)


def test_both_models_of_a_seed_are_loaded(tmp_path):
    images, written = blobs(3, (8, 8, 1)), {}
    for name in ("seed-0", "seed-4", "seed-4-seen"):
        determinism.reseed(len(written))
        model = vanilla.build(NetworkSpec((8, 8, 1), 2, "relu", "sigmoid", "squared_error"), latent_activation="linear")
        save(model, tmp_path / f"{name}.keras")
        written[name] = np.asarray(model.encode(images))
    (tmp_path / "training.json").write_text(json.dumps({"seeds": [0, 4], "threads": 1, "curves": {}}))
    models, seen, training = load_trained(tmp_path, "vanilla")
    assert list(models) == [0, 4] and list(seen) == [4] and training["curves"] == {}
    for name, model in {"seed-0": models[0], "seed-4": models[4], "seed-4-seen": seen[4]}.items():
        np.testing.assert_array_equal(np.asarray(model.encode(images)), written[name])
