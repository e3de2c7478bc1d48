"""Layers as text for the browser: what is written, and what is refused by name."""

import keras
import pytest
from keras import layers

from stages.common.stage import UserError
from stages.page.networks.layers import described

SHAPE = (12, 12, 1)


def ending_in(layer):
    return keras.Sequential([keras.Input((4,)), layers.Dense(144), layer, layers.Reshape(SHAPE)])


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (layers.UnitNormalization(name="unit"), "layer 'unit': it does not know UnitNormalization"),
        (layers.Dense(144, "softplus", name="last"), "layer 'last': it does not know the activation softplus"),
    ],
)
def test_an_unknown_layer_is_an_error_by_name(layer, said):
    with pytest.raises(UserError, match=said):
        described(ending_in(layer))


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
