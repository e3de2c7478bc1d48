"""Weights and images as text for the browser: rounded in the model too, short, and whole."""

import base64
import json

import numpy as np
import pytest

from stages.architectures import pca, sparse
from stages.common.stage import UserError
from stages.page.networks.layers import BITS, described, halved, packed, rounded, text_of
from stages.train.settings import NetworkSpec

SHAPE = (12, 12, 1)


def test_weights_are_rounded_in_the_model_too():
    model = sparse.build(
        NetworkSpec(SHAPE, 4, "relu", "linear", "squared_error"), hidden=[9], penalty="l1", weight=0, target=0.1
    )
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
    model = pca.build(NetworkSpec(SHAPE, 4, "relu", "linear", "squared_error"))
    model.encoder.set_weights([1e6 * weight for weight in model.encoder.get_weights()])
    with pytest.raises(UserError, match="pca has weights beyond"):
        halved(model, "pca")


def test_text_of_images_and_numbers():
    assert base64.b64decode(text_of(np.array([0, 255], np.uint8))) == b"\x00\xff"
    assert base64.b64decode(text_of(np.array([1.0]))) == np.array([1], "<f2").tobytes()


def test_packed_weights_take_less_room_than_in_base_64_and_can_stand_in_a_script():
    numbers = np.random.default_rng(0).normal(0, 0.05, 100_000).astype(np.float32)
    text = packed(rounded(numbers))
    assert len(text) < 0.75 * len(text_of(numbers)) and "<" not in text and json.dumps(text) == f'"{text}"'
