"""Networks as layers and weights for the browser: what is written, and what is refused by name."""

import base64
import json

import keras
import numpy as np
import pytest
from helpers import make_data
from keras import layers

from stages.architectures import pca, sparse, variational, vector_quantized
from stages.common.stage import UserError
from stages.page import networks
from stages.page.networks import BITS, DRAWN, IMAGES, described, exported, fitting, halved, packed, text_of
from stages.train.autoencoder import Autoencoder, predict
from stages.train.build import build

SHAPE = (12, 12, 1)


def vanilla_of(layer):
    encoder = keras.Sequential([keras.Input(SHAPE), layers.Flatten(), layers.Dense(4)])
    decoder = keras.Sequential([keras.Input((4,)), layers.Dense(144), layer, layers.Reshape(SHAPE)])
    return Autoencoder(encoder, decoder)


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (layers.UnitNormalization(name="unit"), "layer 'unit': it does not know UnitNormalization"),
        (layers.Dense(144, "softplus", name="last"), "layer 'last': it does not know the activation softplus"),
    ],
)
def test_an_unknown_layer_is_an_error_by_name(layer, said):
    with pytest.raises(UserError, match=said):
        described(vanilla_of(layer).decoder)


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (layers.Conv2D(2, 3, padding="same", dilation_rate=2), r"Conv2D with dilation_rate \(2, 2\)"),
        (layers.UpSampling2D(2, interpolation="bilinear"), "UpSampling2D with interpolation bilinear"),
        (layers.LayerNormalization(axis=1), "over channels alone"),
    ],
)
def test_an_unknown_option_is_an_error_by_name(layer, said):
    with pytest.raises(UserError, match=said):
        described(keras.Sequential([keras.Input((8, 8, 3)), layer]))


def test_branches_join_where_they_did():
    images = keras.Input((4, 4, 2))
    left = layers.Conv2D(2, 3, padding="same")(images)
    network = keras.Model(images, layers.Add()([images, left]))
    assert [(own["kind"], own["inputs"]) for own in described(network)] == [("Conv2D", [0]), ("Add", [0, 1])]


def test_weights_are_rounded_in_the_model_too():
    model = sparse.build(SHAPE, 4, "relu", "linear", "squared_error", hidden=[9], penalty="l1", weight=0, target=0.1)
    before = model.encoder.get_weights()[0]
    weights = halved(model, "sparse")
    assert weights.dtype == np.float16
    sizes = [size for network in (model.encoder, model.decoder) for own in described(network) for size in own["sizes"]]
    assert len(weights) == sum(sizes) == model.count_params()
    after = model.encoder.get_weights()[0]
    assert np.array_equal(weights[: after.size].astype("float32"), after.ravel())
    assert not np.array_equal(before, after)
    np.testing.assert_allclose(before, after, rtol=2**-BITS, atol=1e-7)
    lowest = weights.view("<u2") & 3
    assert not lowest[np.abs(weights) > 1e-4].any(), "the last bits take room, and are not kept"


def test_a_weight_that_half_precision_cannot_hold_is_an_error():
    model = pca.build(SHAPE, 4, "relu", "linear", "squared_error")
    model.encoder.set_weights([1e6 * weight for weight in model.encoder.get_weights()])
    with pytest.raises(UserError, match="pca has weights beyond"):
        halved(model, "pca")


@pytest.fixture(scope="module")
def data():
    return make_data(SHAPE)


def test_what_goes_with_a_network_is_of_the_rounded_one(data):
    model = pca.build(SHAPE, 4, "relu", "linear", "squared_error")
    model.solve(data.train)
    written = exported(model, "pca", data, 0, quantile=0.9)
    json.dumps(written)
    assert written["latent_size"] == 4 and written["codebook_size"] is None and written["prior"] is None
    errors = np.mean(np.square(data.validation / 255 - np.clip(predict(model, data.validation), 0, 1)), axis=(1, 2, 3))
    assert np.mean(errors > written["threshold"]) == pytest.approx(0.1, abs=0.02)
    latents = predict(model.encode, data.train)
    assert np.all(latents.min(axis=0) <= np.array(written["low"]) + 1e-3)
    assert np.all(np.array(written["low"]) < latents.mean(axis=0)) and np.all(latents.mean(axis=0) < written["high"])
    points = np.array(written["points"])
    assert points.shape == (len(data.test), 2) and points.std(axis=0)[0] > points.std(axis=0)[1] > 0
    drawn = np.frombuffer(base64.b64decode(written["mixture"]), "<f2").reshape(DRAWN, 4).astype(float)
    np.testing.assert_allclose(drawn.mean(axis=0), latents.mean(axis=0), atol=0.5 * latents.std())
    assert exported(model, "pca", data, 0, quantile=None)["threshold"] is None


def test_priors(data):
    """N(0, I), and of a discrete latent its codes."""
    model = variational.build(SHAPE, 4, "relu", "linear", "squared_error", hidden=[9], beta=1.0, decoder_scale=1.0)
    prior = np.frombuffer(base64.b64decode(exported(model, "variational", data, 0, 0.9)["prior"]), "<f2")
    assert prior.size == 4 * DRAWN and abs(prior.mean()) < 0.2 and abs(prior.std() - 1) < 0.1
    options = {"encoder_filters": [4, 4], "decoder_filters": [4, 4], "code_size": 3, "codebook_size": 8}
    model = vector_quantized.build(SHAPE, 4, "relu", "linear", "squared_error", commitment=0.1, **options)
    written = exported(model, "vector_quantized", data, 0, 0.9)
    codes = np.frombuffer(base64.b64decode(written["prior"]), "<f2").reshape(-1, 3)
    assert written["codebook_size"] == 8 and len(np.unique(codes, axis=0)) <= 8


def test_text_of_images_and_numbers():
    assert base64.b64decode(text_of(np.array([0, 255], np.uint8))) == b"\x00\xff"
    assert base64.b64decode(text_of(np.array([1.0]))) == np.array([1], "<f2").tobytes()


def test_the_largest_are_left_out_where_a_page_would_be_too_large(monkeypatch):
    sizes = {"large": 3000, "small": 100, "middle": 1000}
    written = {name: {"weights": "A" * size} for name, size in sizes.items()}
    assert fitting(written, "") == (written, [])
    monkeypatch.setattr(networks, "LARGEST", 1500)
    kept, left_out = fitting(written, "")
    assert list(kept) == ["small", "middle"] and left_out == ["large"]
    kept, left_out = fitting(written, "A" * 600)
    assert list(kept) == ["small"] and left_out == ["large", "middle"], "images take room, too"


def test_packed_weights_take_less_room_than_in_base_64_and_can_stand_in_a_script():
    numbers = np.random.default_rng(0).normal(0, 0.05, 100_000).astype(np.float32)
    text = packed(networks._rounded(numbers))
    assert len(text) < 0.75 * len(text_of(numbers)) and "<" not in text and json.dumps(text) == f'"{text}"'


def test_all_networks_of_mnist_fit_into_a_page(params):
    """With weights as wide as those of a trained network, which are less alike than those that it starts with."""
    random, shape, written = np.random.default_rng(0), (28, 28, 1), {}
    for name in params["architectures"]:
        model = build(params, "mnist", name, shape)
        for network in (model.encoder, model.decoder):
            network.set_weights([weight * random.lognormal(0, 1, weight.shape) for weight in network.get_weights()])
        written[name] = {"weights": packed(halved(model, name))}
    assert fitting(written, text_of(np.zeros((IMAGES, *shape), np.uint8)))[1] == []
