"""Train the network in whose features generated images are compared with real ones, one for a data set.

python -m stages.classifier --dataset mnist

A small convolutional classifier; without labels the same network with random weights from a fixed seed, whose features
are known to be of use as well (Naeem et al. 2020, section 5.3, "random embedding").
"""

import argparse
import json
import shutil
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, PositiveInt

from stages import runtime
from stages.catalogue import read_params, run

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


def train(model, arrays, epochs: int, batch_size: int, passes_per_epoch: int) -> float:
    """Fit on train, keep the epoch that is best on validation; the accuracy on test."""
    import keras

    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    images = {split: arrays[split] / np.float32(255) for split in ("train", "validation", "test")}
    labels = {split: arrays[f"{split}_labels"] for split in images}
    model.fit(
        np.concatenate([images["train"]] * passes_per_epoch),
        np.concatenate([labels["train"]] * passes_per_epoch),
        validation_data=(images["validation"], labels["validation"]),
        epochs=epochs,
        batch_size=batch_size,
        callbacks=[keras.callbacks.EarlyStopping("val_accuracy", patience=epochs, restore_best_weights=True)],
        verbose=0,
    )
    return float(np.mean(model.predict(images["test"], 512, verbose=0).argmax(axis=1) == labels["test"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", required=True)
    dataset = parser.parse_args().dataset
    params = read_params()
    block, data = params["classifier"], params["data"][dataset]
    runtime.start(params["training"]["threads"])
    runtime.reseed(0)
    from stages.autoencoder import save

    arrays = np.load(f"data/prepared/{dataset}/images.npz")
    labelled = "train_labels" in arrays
    classes = int(arrays["train_labels"].max()) + 1 if labelled else 2
    model = build(arrays["train"].shape[1:], classes, block["filters"], block["units"])
    facts = {"classifier": {}}
    if labelled:
        accuracy = train(model, arrays, block["epochs"], data["batch_size"], data["passes_per_epoch"])
        facts = {"classifier": {"accuracy": round(accuracy, 4)}}
    folder = Path("data/classifiers", dataset)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    save(model, folder / "classifier.keras")
    path = Path("metrics/classifiers", f"{dataset}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(facts, indent=2) + "\n")
    print(f"{dataset} classifier: " + (f"test accuracy {accuracy:.4f}" if labelled else "no labels, random weights"))


if __name__ == "__main__":
    run(main)
