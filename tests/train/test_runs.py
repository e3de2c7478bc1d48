"""Runs of a cell: what training leaves behind, and the test of its budget."""

import json

import keras
import numpy as np
import pytest
from helpers import blobs

from stages.common.registry import load
from stages.train import determinism
from stages.train.autoencoder import predict
from stages.train.build import build
from stages.train.runs import Images, read_images, train_seeds, tuned


@pytest.fixture
def images():
    return Images(*(blobs(n, (16, 16, 1), n) for n in (64, 16, 3)), np.arange(0, 64, 2), np.arange(0, 16, 2))


def test_all_seeds_leave_what_later_stages_read(params, images, tmp_path):
    """Models of all and of seen classes, curves, and what the first model draws before training."""
    params["data"]["digits"] |= {"seeds": [3, 5], "epochs": 2, "passes_per_epoch": 1}
    train_seeds(params, "digits", "vanilla", images, tmp_path)
    training = json.loads((tmp_path / "training.json").read_text())
    assert training["seeds"] == [3, 5] and training["threads"] == 1
    assert set(training["curves"]) == {"3", "5"} and len(training["curves"]["5"]["val_loss"]) == 2
    half, whole = training["half_budget"]["losses"]
    assert whole == min(training["curves"]["3"]["val_loss"])
    assert training["half_budget"]["gain"] == pytest.approx((half - whole) / half)
    assert training["half_budget"]["limited"] == (training["half_budget"]["gain"] > 0.03)
    determinism.reseed(3)
    untrained = build(params, "digits", "vanilla", (16, 16, 1))
    untrained.start_at_mean(images.train)
    np.testing.assert_array_equal(np.load(tmp_path / "untrained.npy"), predict(untrained, images.shown))
    names = ("seed-3", "seed-5", "seed-3-seen", "seed-5-seen")
    drawn = [predict(keras.models.load_model(tmp_path / f"{name}.keras"), images.shown) for name in names]
    drawn.append(np.load(tmp_path / "untrained.npy"))
    for i, first in enumerate(drawn):
        assert not any(np.allclose(first, second) for second in drawn[i + 1 :])


def test_without_classes_there_is_no_second_model(params, images, tmp_path):
    params["data"]["digits"] |= {"seeds": [3], "epochs": 1, "passes_per_epoch": 1}
    train_seeds(params, "digits", "vanilla", images._replace(train_seen=None, validation_seen=None), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["seed-3.keras", "training.json", "untrained.npy"]


def test_images_are_read_by_name(images, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data/prepared/digits/images"
    folder.mkdir(parents=True)
    for name, array in images._asdict().items():
        np.save(folder / f"{name}.npy", array)
    for own, expected in zip(read_images("digits"), images, strict=True):
        np.testing.assert_array_equal(own, expected)
    np.testing.assert_array_equal(read_images("digits").seen().train, images.train[::2])


def test_what_is_gained_of_a_log_density(params):
    """A fall of the squared error by a tenth is the same gain, whichever loss tells of it."""
    plain = build(params, "digits", "deep", (16, 16, 1))
    density = build(params, "digits", "variational", (16, 16, 1))
    errors = np.array([1.0, 0.9])
    losses = 128 * np.log(errors / 128)  # a Gaussian's, with the variance that fits best, less a constant
    assert plain.gain(*errors) == pytest.approx(0.1)
    assert density.gain(*losses) == pytest.approx(0.1)


def test_the_cell_is_as_tuning_read_and_chose_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cell = {"data": {"epochs": 3}, "training": {"learning_rate": 0.1, "patience": 2}, "architecture": {"hidden": [4]}}
    trials = [{"settings": {"learning_rate": 0.2}}, {"settings": {"learning_rate": 0.3}}]
    path = tmp_path / "metrics/tuning/digits/deep.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"trials": trials, "chosen": [1], "cell": [cell]}))
    params = tuned("digits", "deep", [7])
    assert params["training"] == {"learning_rate": 0.3, "patience": 2}
    assert params["data"] == {"digits": {"epochs": 3, "seeds": [7]}}
    assert params["architecture"] == {"deep": {"hidden": [4]}}


def test_a_denoiser_is_blind_and_keeps_clean_images(params):
    """The strength is drawn for every image, from none to the largest."""
    model = load("architectures", "denoising").build(
        (16, 16, 1), 6, "relu", "sigmoid", "squared_error", hidden=[8], noise="gaussian", strength=0.4
    )
    seen = []
    model.encode = lambda images, training=False: seen.append(np.asarray(images)) or model.encoder(images)
    grey = np.full((400, 16, 16, 1), 0.5, "float32")
    model.loss_terms(grey, training=True)
    spread = (seen[0] - grey).std(axis=(1, 2, 3))
    assert spread.min() < 0.02 and 0.3 < spread.max() < 0.45
    assert np.mean(spread) == pytest.approx(0.2, abs=0.03)
