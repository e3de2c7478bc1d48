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
from stages.train.settings import NetworkSpec, cell_of
from stages.train.train_seeds import Images, read_folds, read_images, train_seeds, tuned


@pytest.fixture
def images():
    return Images(*(blobs(n, (16, 16, 1), n) for n in (64, 16, 3)), np.arange(0, 64, 2), np.arange(0, 16, 2))


def error(path, images):
    """The mean loss of a saved model on images."""
    model = keras.models.load_model(path)
    return float(np.mean(model.reconstruction_error(images / np.float32(255), predict(model, images))))


def test_all_seeds_leave_what_later_stages_read(params, images, tmp_path):
    """Models of all and of seen classes, curves, and what the first model draws before training."""
    params["data"]["digits"] |= {"seeds": [3, 5], "epochs": 4, "passes_per_epoch": 1}
    train_seeds(cell_of(params, "digits", "vanilla"), [images], tmp_path)
    training = json.loads((tmp_path / "training.json").read_text())
    assert training["seeds"] == [3, 5] and training["threads"] == 1
    assert set(training["curves"]) == {"3", "5"} and len(training["curves"]["5"]["val_loss"]) == 4
    assert training["budgets"]["epochs"] == [1, 2] and training["budgets"]["models"] == [
        "seed-3-quarter",
        "seed-3-half",
    ]
    half, whole = (error(tmp_path / f"{name}.keras", images.validation) for name in ("seed-3-half", "seed-3"))
    assert whole == pytest.approx(min(training["curves"]["3"]["val_loss"]), rel=1e-4)
    assert training["budgets"]["gain_of_second_half"] == pytest.approx((half - whole) / half, rel=1e-3)
    determinism.reseed(3)
    untrained = build(cell_of(params, "digits", "vanilla"), (16, 16, 1))
    untrained.start_at_mean(images.train)
    np.testing.assert_array_equal(np.load(tmp_path / "untrained.npy"), predict(untrained, images.shown))
    names = ("seed-3", "seed-5", "seed-3-seen", "seed-5-seen", "seed-3-quarter", "seed-3-half")
    drawn = [predict(keras.models.load_model(tmp_path / f"{name}.keras"), images.shown) for name in names]
    drawn.append(np.load(tmp_path / "untrained.npy"))
    for i, first in enumerate(drawn):
        assert not any(np.allclose(first, second) for second in drawn[i + 1 :])


def test_without_classes_there_is_no_second_model(params, images, tmp_path):
    params["data"]["digits"] |= {"seeds": [3], "epochs": 1, "passes_per_epoch": 1}
    without = images._replace(train_seen=None, validation_seen=None)
    train_seeds(cell_of(params, "digits", "vanilla"), [without], tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "seed-3-half.keras",
        "seed-3-quarter.keras",
        "seed-3.keras",
        "training.json",
        "untrained.npy",
    ]


def test_a_shorter_budget_is_a_run_of_its_own(params, images, tmp_path):
    """Half of the epochs give the model of a cell that has so many: its learning rate comes down within them."""
    drawn = {}
    for epochs, name in ((4, "seed-3-half"), (2, "seed-3"), (4, "seed-3")):
        params["data"]["digits"] |= {"seeds": [3], "epochs": epochs, "passes_per_epoch": 1}
        train_seeds(cell_of(params, "digits", "deep"), [images._replace(train_seen=None)], tmp_path)
        drawn[epochs, name] = predict(keras.models.load_model(tmp_path / f"{name}.keras"), images.shown)
    np.testing.assert_array_equal(drawn[4, "seed-3-half"], drawn[2, "seed-3"])
    assert not np.allclose(drawn[4, "seed-3-half"], drawn[4, "seed-3"])


def test_who_is_not_for_anomaly_has_no_second_model(params, images, tmp_path):
    params["data"]["digits"] |= {"seeds": [3], "epochs": 1, "passes_per_epoch": 1}
    train_seeds(cell_of(params, "digits", "red_net"), [images], tmp_path)
    assert not list(tmp_path.glob("*-seen.keras")) and (tmp_path / "seed-3-half.keras").exists()


def test_images_are_read_by_name(images, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data/digits/prepared/images"
    folder.mkdir(parents=True)
    for name, array in images._asdict().items():
        np.save(folder / f"{name}.npy", array)
    for own, expected in zip(read_images("digits"), images, strict=True):
        np.testing.assert_array_equal(own, expected)
    np.testing.assert_array_equal(read_images("digits").seen().train, images.train[::2])


def test_what_is_gained_of_a_log_density(params):
    """A fall of the squared error by a tenth is the same gain, whichever loss tells of it."""
    plain = build(cell_of(params, "digits", "deep"), (16, 16, 1))
    density = build(cell_of(params, "digits", "variational"), (16, 16, 1))
    errors = np.array([1.0, 0.9])
    losses = 128 * np.log(errors / 128)  # a Gaussian's, with the variance that fits best, less a constant
    assert plain.gain(*errors) == pytest.approx(0.1)
    assert density.gain(*losses) == pytest.approx(0.1)


def test_the_cell_is_as_tuning_read_and_chose_it(params, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sizes = {"latent_size": 5, "width": 0.5, "epochs": 3, "passes_per_epoch": 1, "batch_size": 8}
    cell = {"data": sizes, "training": params["training"], "architecture": {"hidden": [4]}}
    trials = [{"settings": {"learning_rate": 0.2}}, {"settings": {"learning_rate": 0.3}}]
    path = tmp_path / "metrics/digits/tuning/deep.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"trials": trials, "chosen": [1], "cell": [cell]}))
    read = tuned("digits", "deep", [7])
    assert read.training.model_dump() == params["training"] | {"learning_rate": 0.3}
    assert read.budget.model_dump() == sizes | {"seeds": [7]}
    assert (read.dataset, read.architecture, read.options) == ("digits", "deep", {"hidden": [4]})


def test_a_denoiser_is_blind_and_keeps_clean_images(params):
    """The strength is drawn for every image, from none to the largest."""
    spec = NetworkSpec((16, 16, 1), 6, "relu", "sigmoid", "squared_error")
    model = load("architectures", "denoising").build(spec, hidden=[8], noise="gaussian", strength=0.4)
    seen = []
    model.encode = lambda images, training=False: seen.append(np.asarray(images)) or model.encoder(images)
    grey = np.full((400, 16, 16, 1), 0.5, "float32")
    model.loss_terms(grey, training=True)
    spread = (seen[0] - grey).std(axis=(1, 2, 3))
    assert spread.min() < 0.02 and 0.3 < spread.max() < 0.45
    assert np.mean(spread) == pytest.approx(0.2, abs=0.03)


def test_each_seed_has_the_images_of_its_split(params, images, tmp_path):
    """Seeds that differ in nothing but the split, and one more than there are splits."""
    params["data"]["digits"] |= {"seeds": [3, 5, 4], "epochs": 1, "passes_per_epoch": 1}
    others = images._replace(train=255 - images.train, train_seen=None)
    train_seeds(cell_of(params, "digits", "pca"), [images._replace(train_seen=None), others], tmp_path)
    means = [
        float(predict(keras.models.load_model(tmp_path / f"seed-{seed}.keras").decode, np.zeros((1, 16))).mean())
        for seed in (3, 5, 4)
    ]
    assert means[0] == pytest.approx(means[2], abs=1e-6) and abs(means[0] - means[1]) > 0.1


def test_splits_are_read_in_their_order(images, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for place, add in (("", 0), ("fold-1", 1), ("fold-2", 2)):
        (tmp_path / "data/digits/prepared/images" / place).mkdir(parents=True, exist_ok=True)
        for name in ("train", "validation", "shown"):
            np.save(tmp_path / "data/digits/prepared/images" / place / f"{name}.npy", images.train // 4 + add)
    firsts = [fold.train.min() for fold in read_folds("digits")]
    assert firsts == [firsts[0], firsts[0] + 1, firsts[0] + 2]
