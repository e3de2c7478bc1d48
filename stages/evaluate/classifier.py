"""Classifier of a data set, in whose features generated images are compared with real ones.

A small convolutional network with batch normalisation; without labels the same network with random weights from a
fixed seed, whose features are known to be of use as well (Naeem et al. 2020, section 5.3, "random embedding").
"""

import math
from typing import Annotated

import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt

from stages.common.settings import Block
from stages.evaluate.measures.budgets import factor
from stages.evaluate.task_interface import Data


class Classifier(Block):
    """The network, and how it is trained."""

    filters: Annotated[list[PositiveInt], Field(min_length=1)]
    units: PositiveInt
    dropout: Annotated[float, Field(ge=0, lt=1)]
    learning_rate: PositiveFloat
    batch_size: PositiveInt
    epochs: PositiveInt


def build(image_shape: tuple[int, int, int], classes: int, filters: list[int], units: int, dropout: float):
    """A Keras model, images (n, *image_shape) in [0, 1], seen at 32 x 32 at most -> class probabilities.

    Its layer "features" gives (n, units), normalised before it is rectified, so that every feature has about the same
    scale: distances and kernels in these features depend on it.
    """
    from keras import Input, Model, layers

    def normalised(x, name):
        x = layers.BatchNormalization(momentum=0.9, name=f"normalisation_{name}")(x)
        return layers.ReLU(name=name)(x)

    images = Input(image_shape, name="images")
    by = factor(image_shape)
    x = images if by == 1 else layers.AveragePooling2D(by, name="smaller")(images)
    for i, channels in enumerate(filters):
        x = layers.Conv2D(channels, 3, padding="same", use_bias=False, name=f"convolution_{i}")(x)
        x = layers.MaxPooling2D(2, padding="same", name=f"pool_{i}")(x)
        x = normalised(x, f"rectified_{i}")
    x = layers.Dropout(dropout, name="dropout")(layers.Flatten(name="flat")(x))
    x = normalised(layers.Dense(units, use_bias=False, name="dense")(x), "features")
    return Model(images, layers.Dense(classes, "softmax", name="classes")(x), name="classifier")


def train(model, data: Data, settings: Classifier, passes_per_epoch: int) -> float:
    """Fit on train, with a learning rate that falls to 0; the accuracy on test."""
    import keras

    images, labels = (
        array if passes_per_epoch == 1 else np.concatenate([array] * passes_per_epoch)
        for array in (data.train, data.train_labels)
    )
    batch_size, epochs = settings.batch_size, settings.epochs
    steps = epochs * math.ceil(len(images) / batch_size)
    schedule = keras.optimizers.schedules.CosineDecay(settings.learning_rate, steps)
    whole_numbers = keras.Input(images.shape[1:], dtype="uint8")  # a quarter of the memory that floats take
    # Looked up, since TensorFlow divides with another last bit.
    levels = np.arange(256, dtype=np.uint8) / np.float32(255)
    fitted = keras.Model(whole_numbers, model(keras.ops.take(levels, keras.ops.cast(whole_numbers, "int32"))))
    fitted.compile(
        keras.optimizers.Adam(schedule), "sparse_categorical_crossentropy", jit_compile=False, steps_per_execution=10
    )
    fitted.fit(images, labels, epochs=epochs, batch_size=batch_size, verbose=0)
    predicted = fitted.predict(data.test, 512, verbose=0).argmax(axis=1)
    return float(np.mean(predicted == data.test_labels))


def trained(data: Data, settings: Classifier, passes_per_epoch: int):
    """The classifier as a Keras model, and its test accuracy; None without labels."""
    labelled = data.train_labels is not None
    classes = int(data.train_labels.max()) + 1 if labelled else 2
    model = build(data.train.shape[1:], classes, settings.filters, settings.units, settings.dropout)
    return model, train(model, data, settings, passes_per_epoch) if labelled else None
