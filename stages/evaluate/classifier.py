"""Classifier of a data set, in whose features generated images are compared with real ones.

A small convolutional network; without labels the same network with random weights from a fixed seed, whose features are
known to be of use as well (Naeem et al. 2020, section 5.3, "random embedding").
"""

from typing import Annotated

import numpy as np
from pydantic import Field, PositiveInt

from stages.evaluate.protocol import Data

CLASSIFIER = {
    "filters": Annotated[list[PositiveInt], Field(min_length=1)],
    "units": PositiveInt,
    "epochs": PositiveInt,
}


def build(image_shape: tuple[int, int, int], classes: int, filters: list[int], units: int):
    """A Keras model, images (n, *image_shape) in [0, 1] -> class probabilities; its layer "features" has `units`."""
    from keras import Input, Model, layers

    images = Input(image_shape, name="images")
    x = images
    for i, channels in enumerate(filters):
        x = layers.Conv2D(channels, 3, padding="same", activation="relu", name=f"convolution_{i}")(x)
        x = layers.MaxPooling2D(2, padding="same", name=f"pool_{i}")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(units, "relu", name="features")(x)
    return Model(images, layers.Dense(classes, "softmax", name="classes")(x), name="classifier")


def train(model, data: Data, epochs: int, batch_size: int, passes_per_epoch: int) -> float:
    """Fit on train, keep the epoch that is best on validation; the accuracy on test."""
    import keras

    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    train, validation, test = (split / np.float32(255) for split in (data.train, data.validation, data.test))
    model.fit(
        np.concatenate([train] * passes_per_epoch),
        np.concatenate([data.train_labels] * passes_per_epoch),
        validation_data=(validation, data.validation_labels),
        epochs=epochs,
        batch_size=batch_size,
        callbacks=[keras.callbacks.EarlyStopping("val_accuracy", patience=epochs, restore_best_weights=True)],
        verbose=0,
    )
    return float(np.mean(model.predict(test, 512, verbose=0).argmax(axis=1) == data.test_labels))


def trained(data: Data, settings: dict, batch_size: int, passes_per_epoch: int):
    """The classifier as a Keras model, and its test accuracy; None without labels.

    settings: the block `classifier` of params.yaml
    """
    classes = 2 if data.train_labels is None else int(data.train_labels.max()) + 1
    model = build(data.train.shape[1:], classes, settings["filters"], settings["units"])
    if data.train_labels is None:
        return model, None
    return model, train(model, data, settings["epochs"], batch_size, passes_per_epoch)
