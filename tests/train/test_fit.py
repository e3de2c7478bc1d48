"""Training: what it leaves behind, in which precision, with which optimizer, and when it gives up."""

import json

import keras
import numpy as np
import pytest
from helpers import blobs

from stages.common.registry import load
from stages.common.stage import UserError
from stages.train import determinism
from stages.train.autoencoder import predict
from stages.train.build import build
from stages.train.fit import fit, make_optimizer, train_seeds


def test_the_best_epoch_is_restored(params):
    """A learning rate that ruins the weights after a good start must not leave the ruin behind."""
    determinism.reseed(0)
    model = load("architectures", "deep").build((16, 16, 1), 6, "relu", "squared_error", hidden=[32])
    train = blobs(256, (16, 16, 1))
    training = {**params["training"], "schedule": "constant", "learning_rate": 0.05, "patience": 3}
    data = {"epochs": 15, "batch_size": 8, "passes_per_epoch": 1}
    curves = fit(model, train, train[:64], data, training, "test")
    left_with = model.evaluate(train[:64], verbose=0, return_dict=True)["loss"]
    assert left_with == pytest.approx(min(curves["val_loss"]), rel=1e-4)


def test_precision_reaches_the_layers(params):
    keras.backend.clear_session()
    determinism.reseed(0, "mixed_bfloat16")
    build = load("architectures", "deep").build
    model = build((16, 16, 1), 6, "relu", "squared_error", hidden=[8])
    assert model.encoder.get_layer("dense_0").compute_dtype == "bfloat16"
    assert predict(model, blobs(3, (16, 16, 1))).dtype == np.float32
    determinism.reseed(0)
    assert keras.config.dtype_policy().name == "float32"


def test_a_loss_that_is_not_finite_ends_training(params):
    determinism.reseed(0)
    model = build(params, "digits", "vanilla", (16, 16, 1))
    images = blobs(64, (16, 16, 1))
    training = params["training"] | {"learning_rate": 3e38, "optimizer": "sgd", "warmup": 0.0}
    with pytest.raises(UserError, match=r"test: \w+ became (nan|inf) in epoch \d of 9; a lower training.learning_rate"):
        fit(model, images, images, {"epochs": 9, "batch_size": 8, "passes_per_epoch": 1}, training, "test")


@pytest.mark.parametrize(("schedule", "last"), [("constant", 0.01), ("cosine", 0.0), ("exponential", 0.0001)])
def test_schedules(schedule, last):
    optimizer = make_optimizer("adam", 0.01, schedule, warmup=0.1, steps=100)
    rate = optimizer._learning_rate
    rates = [float(rate(step)) if callable(rate) else float(optimizer.learning_rate) for step in range(101)]
    assert max(rates) == pytest.approx(0.01) and rates[-1] == pytest.approx(last, abs=1e-6)
    if schedule == "cosine":
        assert rates[0] == 0 and np.argmax(rates) == 10


def test_widths_are_multiplied(params):
    params["data"]["digits"]["width"] = 0.5
    params["architecture"]["deep"]["hidden"] = [256, 1]
    model = build(params, "digits", "deep", (16, 16, 1))
    assert [layer.units for layer in model.encoder.layers if hasattr(layer, "units")] == [128, 1, 16]


def test_all_seeds_leave_what_later_stages_read(params, tmp_path, monkeypatch):
    """Models, curves and the first model's drawings before training; of the test images the shown ones alone."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data/prepared/digits/images"
    folder.mkdir(parents=True)
    images = {name: blobs(n, (16, 16, 1), n) for name, n in (("train", 64), ("validation", 16), ("shown", 3))}
    for name, own in images.items():
        np.save(folder / f"{name}.npy", own)
    params["data"]["digits"] |= {"seeds": [3, 5], "epochs": 2, "passes_per_epoch": 1}
    train_seeds(params, "digits", "vanilla", tmp_path)
    training = json.loads((tmp_path / "training.json").read_text())
    assert training["seeds"] == [3, 5] and training["threads"] == 1
    assert set(training["curves"]) == {"3", "5"} and len(training["curves"]["5"]["val_loss"]) == 2
    determinism.reseed(3)
    untrained = build(params, "digits", "vanilla", (16, 16, 1))
    untrained.start_at_mean(images["train"])
    np.testing.assert_array_equal(np.load(tmp_path / "untrained.npy"), predict(untrained, images["shown"]))
    models = [keras.models.load_model(tmp_path / f"seed-{seed}.keras") for seed in (3, 5)]
    first, second = (predict(model, images["shown"]) for model in models)
    assert not np.allclose(first, second)
    assert not np.allclose(first, np.load(tmp_path / "untrained.npy"))
