"""The contractive penalty against the Jacobian itself."""

import keras
import numpy as np
import pytest
import tensorflow
from helpers import blobs
from keras import ops

from stages.architectures.contractive import Contractive, build, sigmoid_contraction
from stages.train import determinism
from stages.train.settings import NetworkSpec

SHAPE = (5, 4, 2)


def make(hidden, latent_activation, activation="tanh"):
    determinism.reseed(0)
    spec = NetworkSpec(SHAPE, 3, activation, "sigmoid", "squared_error")
    return build(spec, hidden=hidden, latent_activation=latent_activation, weight=0.5)


def images(n):
    return ops.convert_to_tensor(blobs(n, SHAPE) / 255, "float32")


def exact(model, x):
    """||d latents / d pixels||_F^2 by automatic differentiation, (n,)."""
    with tensorflow.GradientTape() as tape:
        tape.watch(x)
        latents = model.encode(x)
    return np.square(tape.batch_jacobian(latents, x).numpy()).sum(axis=(1, 2, 3, 4))


def test_closed_form_is_exact():
    model, x = make([], "sigmoid"), images(6)
    np.testing.assert_allclose(model.loss_terms(x, False)["contraction"], exact(model, x), rtol=1e-4)
    kernel = model.encoder.get_layer("latent").kernel
    np.testing.assert_allclose(sigmoid_contraction(model.encode(x), kernel), exact(model, x), rtol=1e-4)


@pytest.mark.parametrize("hidden", [[], [7]])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_estimate_is_the_exact_norm_on_average(hidden, activation):
    model, x = make(hidden, "linear", activation), images(3)
    n = 20_000
    copies = ops.repeat(x, n, axis=0)
    estimates = np.array(model.loss_terms(copies, False)["contraction"]).reshape(3, n)
    error = estimates.std(axis=1) / np.sqrt(n)
    expected = exact(model, x)
    assert (error < 0.02 * expected).all()
    assert (np.abs(estimates.mean(axis=1) - expected) < 4 * error + 0.005 * expected).all()


def test_only_one_sigmoid_layer_has_the_closed_form():
    """Elsewhere the term is an estimate, which differs from call to call."""
    for hidden, latent_activation, certain in [([], "sigmoid", True), ([], "linear", False), ([7], "sigmoid", False)]:
        model, x = make(hidden, latent_activation), images(4)
        first, second = (np.array(model.loss_terms(x, False)["contraction"]) for _ in range(2))
        assert (first == second).all() == certain


def test_estimate_works_on_convolutions_and_its_gradient_reaches_the_encoder():
    determinism.reseed(0)
    x = keras.Input(SHAPE)
    flat = keras.layers.Flatten()(keras.layers.Conv2D(2, 3, activation="relu")(x))
    encoder = keras.Model(x, keras.layers.Dense(3)(flat))
    model = Contractive(encoder, make([], "linear").decoder)
    with tensorflow.GradientTape() as tape:
        loss = ops.mean(model.loss_terms(images(8), True)["contraction"])
    kernels = [weight.value for weight in encoder.trainable_weights if weight.path.endswith("kernel")]
    assert all(np.abs(gradient).max() > 0 for gradient in tape.gradient(loss, kernels))
