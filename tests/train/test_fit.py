"""Training: the epoch that is kept, precision, learning rates, and when it gives up."""

import keras
import numpy as np
import pytest
from helpers import ROOT, blobs, train

from stages.common.params import read_params
from stages.common.registry import load
from stages.common.stage import UserError
from stages.train import determinism
from stages.train.autoencoder import predict
from stages.train.build import build
from stages.train.fit import learning_rates
from stages.train.settings import NetworkSpec, cell_of


def small(loss="squared_error", output="sigmoid"):
    determinism.reseed(0)
    return load("architectures", "deep").build(NetworkSpec((16, 16, 1), 6, "relu", output, loss), hidden=[32])


def test_no_lucky_epoch_at_a_high_learning_rate_ends_training():
    """The rate comes down over all epochs, so that an early best one says little of the last."""
    params = read_params(ROOT / "params.yaml")
    epochs = [data["epochs"] for data in params["data"].values() if not data["folder"]]
    assert 2 * params["training"]["patience"] >= max(epochs)


def test_the_best_epoch_is_restored():
    """A learning rate that ruins the weights after a good start must not leave the ruin behind."""
    model, images = small(output="linear"), blobs(256, (16, 16, 1))
    validation = images[:64]
    curves = train(model, images, validation, epochs=15, batch_size=8, schedule="constant", learning_rate=0.1)
    assert min(curves["val_loss"]) < curves["val_loss"][-1]
    left_with = float(np.mean(model.reconstruction_error(validation / 255, predict(model, validation))))
    assert left_with == pytest.approx(min(curves["val_loss"]), rel=1e-4)


def test_epochs_are_validated_on_the_same_draws():
    """Of weights that hardly move, a loss that draws random numbers has one validation value, while training, whose
    draws go on, has as many as epochs."""
    determinism.reseed(0)
    spec = NetworkSpec((16, 16, 1), 6, "relu", "sigmoid", "squared_error")
    model = load("architectures", "denoising").build(spec, hidden=[32], noise="gaussian", strength=0.5)
    curves = train(model, blobs(64, (16, 16, 1)), epochs=3, learning_rate=1e-12)
    assert len(set(curves["val_loss"])) == 1 and len(set(curves["loss"])) == 3


def test_the_epoch_is_kept_by_what_the_model_is_stopped_by():
    """A term grows while the reconstruction error falls: the whole loss keeps the first epoch and gives up early."""
    images, kept = blobs(64, (16, 16, 1)), {}
    for name in ("loss", "reconstruction"):
        model = small()
        model.stopped_by, growth = name, iter(range(1000))
        model.weights_of_terms = lambda: {"reconstruction": 1.0, "growing": 1.0}
        model.trackers = {term: keras.metrics.Mean(name=term) for term in model.weights_of_terms()}
        grown = keras.Variable(0.0, trainable=False)
        model.penalties = lambda images, latents, training, grown=grown: {"growing": grown + 0 * latents[:, 0]}
        model.before_epoch = lambda images, epoch, grown=grown, growth=growth: grown.assign(100.0 * next(growth))
        said = []
        curves = train(
            model, images, epochs=8, patience=3, after_epoch=lambda epoch, value, said=said: said.append(value)
        )
        assert said == curves[f"val_{name}"], "tuning is told the same"
        kept[name] = len(said), int(np.argmin(said))
        left_with = float(np.mean(model.reconstruction_error(images / 255, predict(model, images))))
        assert left_with == pytest.approx(curves["val_reconstruction"][kept[name][1]], rel=1e-4)
    assert kept == {"loss": (4, 0), "reconstruction": (8, 7)}


def test_an_epoch_shows_every_image_and_the_loss_is_their_mean():
    """Against a loop by hand with plain gradient descent, whose steps are easy to retrace."""
    model, images = small(), blobs(40, (16, 16, 1))
    start = model.get_weights()
    settings = {"optimizer": "sgd", "learning_rate": 0.01, "schedule": "constant", "warmup": 0.0, "clip_norm": 1e9}
    curves = train(model, images, epochs=1, batch_size=8, **settings)
    kept = model.get_weights()
    model.set_weights(start)
    order = np.random.default_rng(0).permutation(40).reshape(5, 8)
    optimizer = keras.optimizers.SGD(0.01, momentum=0.9)
    model.compile(optimizer)
    losses = []
    for batch in order:
        losses.append(np.mean(model.reconstruction_error(images[batch] / 255, predict(model, images[batch]))))
        model.train_on_batch(images[batch])
    for own, expected in zip(kept, model.get_weights(), strict=True):
        np.testing.assert_allclose(own, expected, atol=1e-5)
    assert curves["loss"] == pytest.approx([np.mean(losses)], rel=1e-4)
    after = float(np.mean(model.reconstruction_error(images / 255, predict(model, images))))
    assert curves["val_loss"] == pytest.approx([after], rel=1e-4)


def test_gradients_are_clipped():
    """A step of gradient descent is then no longer than the learning rate times the norm."""
    model, images = small(), blobs(8, (16, 16, 1))
    before = model.get_weights()
    settings = {"optimizer": "sgd", "learning_rate": 0.1, "schedule": "constant", "warmup": 0.0}
    train(model, images, epochs=1, batch_size=8, clip_norm=0.5, **settings)
    moved = sum(np.sum((new - old) ** 2) for new, old in zip(model.get_weights(), before, strict=True))
    assert np.sqrt(moved) == pytest.approx(0.1 * 0.5, rel=1e-3)


def test_precision_reaches_the_layers():
    keras.backend.clear_session()
    determinism.reseed(0, "mixed_bfloat16")
    build = load("architectures", "deep").build
    model = build(NetworkSpec((16, 16, 1), 6, "relu", "sigmoid", "squared_error"), hidden=[8])
    assert model.encoder.get_layer("dense_0").compute_dtype == "bfloat16"
    assert predict(model, blobs(3, (16, 16, 1))).dtype == np.float32
    determinism.reseed(0)
    assert keras.config.dtype_policy().name == "float32"


def test_a_loss_that_is_not_finite_ends_training():
    settings = {"learning_rate": 3e38, "optimizer": "sgd", "warmup": 0.0}
    with pytest.raises(UserError, match=r"test: \w+ became (nan|inf) in epoch \d of 9; a lower training.learning_rate"):
        train(small("absolute_error"), blobs(64, (16, 16, 1)), epochs=9, batch_size=8, **settings)


@pytest.mark.parametrize(("schedule", "last"), [("constant", 0.01), ("cosine", 0.0), ("exponential", 0.0001)])
@pytest.mark.parametrize("warmup", [0.0, 0.1])
def test_learning_rates(schedule, last, warmup):
    rates = learning_rates(0.01, schedule, warmup, steps=1000)
    assert rates.shape == (1000,) and rates.max() == pytest.approx(0.01, rel=1e-2)
    assert rates[-1] == pytest.approx(last, abs=2e-6)
    assert np.argmax(rates) == round(1000 * warmup)
    if warmup:
        assert 0 < rates[0] < 0.001


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_learning_rates_of_hardly_any_steps(steps):
    rates = learning_rates(0.01, "cosine", 0.05, steps)
    assert rates.shape == (steps,) and (rates > 0).all()


def test_widths_are_multiplied(params):
    params["data"]["digits"]["width"] = 0.5
    params["architecture"]["deep"]["hidden"] = [256, 1]
    model = build(cell_of(params, "digits", "deep"), (16, 16, 1))
    assert [layer.units for layer in model.encoder.layers if hasattr(layer, "units")] == [128, 1, 16]


def test_cross_entropy_needs_outputs_that_are_shares(params):
    params["training"] |= {"output": "linear", "reconstruction_loss": "binary_crossentropy"}
    for activation in (keras.activations.sigmoid, keras.activations.linear):
        model = build(cell_of(params, "digits", "deep"), (16, 16, 1))
        assert model.decoder.layers[-2].activation is activation
        params["training"]["reconstruction_loss"] = "squared_error"
