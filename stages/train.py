"""Train one architecture on one data set, once for each seed.

python -m stages.train --dataset mnist --architecture vanilla
"""

import argparse
import json
import math
import shutil
import sys
import time
from pathlib import Path

import numpy as np

from stages import runtime
from stages.catalogue import UserError, load, read_params, run
from stages.settings import TRAINING, check, check_cell


def options_of(params: dict, dataset: str, architecture: str) -> dict:
    """The architecture's block; its layer widths (lists of whole numbers) times the data set's `width`."""
    width = params["data"][dataset]["width"]
    return {
        name: [max(1, round(units * width)) for units in value] if isinstance(value, list) else value
        for name, value in params["architecture"][architecture].items()
    }


def build(params: dict, dataset: str, architecture: str, image_shape: tuple[int, int, int]):
    """An untrained Autoencoder for images of image_shape (height, width, channels), as params.yaml describes it."""
    training = params["training"]
    return load("architectures", architecture).build(
        image_shape,
        params["data"][dataset]["latent_size"],
        training["activation"],
        training["reconstruction_loss"],
        **options_of(params, dataset, architecture),
    )


def make_optimizer(name: str, learning_rate: float, schedule: str, warmup: float, steps: int):
    """A Keras optimizer whose learning rate goes down over `steps`: cosine to 0, or exponential to a hundredth.

    warmup: the share of the steps over which the cosine schedule first climbs from 0
    """
    import keras

    schedules = keras.optimizers.schedules
    if schedule == "cosine":
        climb = max(1, round(warmup * steps))
        learning_rate = schedules.CosineDecay(0.0, steps - climb, warmup_target=learning_rate, warmup_steps=climb)
    elif schedule == "exponential":
        learning_rate = schedules.ExponentialDecay(learning_rate, steps, 0.01)
    kinds = {
        "adam": keras.optimizers.Adam,
        "adamw": keras.optimizers.AdamW,
        "rmsprop": keras.optimizers.RMSprop,
        "sgd": lambda rate: keras.optimizers.SGD(rate, momentum=0.9, clipnorm=1.0),
    }
    return kinds[name](learning_rate)


def progress(label: str, epochs: int):
    """A Keras callback that says after an epoch where training stands and how long it may still take.

    It ends training with a UserError once a loss is not finite.
    """
    import keras

    interval = 0 if sys.stdout.isatty() else 10  # seconds between lines in a log
    state = {"start": time.monotonic(), "said": time.monotonic()}

    def on_epoch_end(epoch, logs):
        for name, value in logs.items():
            if not math.isfinite(value):
                raise UserError(
                    f"{label}: {name} became {value} in epoch {epoch + 1} of {epochs}; "
                    "a lower training.learning_rate usually helps"
                )
        now = time.monotonic()
        if now - state["said"] < interval and epoch + 1 < epochs:
            return
        state["said"] = now
        left = (now - state["start"]) / (epoch + 1) * (epochs - epoch - 1)
        line = f"{label}: epoch {epoch + 1} of {epochs}, loss {logs['loss']:.4g}, validation {logs['val_loss']:.4g}"
        print(f"{line}, at most {left:.0f} s left", end="\r" if interval == 0 else "\n", flush=True)

    def on_train_end(logs):
        if interval == 0:
            print()

    return keras.callbacks.LambdaCallback(on_epoch_end=on_epoch_end, on_train_end=on_train_end)


def fit(model, train: np.ndarray, validation: np.ndarray, data: dict, training: dict, label: str) -> dict:
    """Train and leave the model with the weights of the epoch whose validation loss was lowest.

    train, validation: uint8 images (n, height, width, channels)
    data: the data set's block (epochs, passes_per_epoch, batch_size); training: the block of that name
    Returns the curves: a dict of lists, one number an epoch, of every loss term, the validation's with "val_" before.
    """
    import keras

    epochs, batch_size = data["epochs"], data["batch_size"]
    train = np.concatenate([train] * data["passes_per_epoch"])
    steps = epochs * math.ceil(len(train) / batch_size)
    model.compile(
        make_optimizer(
            training["optimizer"], training["learning_rate"], training["schedule"], training["warmup"], steps
        ),
        jit_compile=False,  # XLA on a CPU makes convolutions ten times slower
        steps_per_execution=training["steps_per_execution"],
    )
    best = keras.callbacks.EarlyStopping("val_loss", patience=training["patience"], restore_best_weights=True)
    callbacks = [progress(label, epochs), best]
    return model.fit(
        train,
        validation_data=validation,
        epochs=epochs,
        batch_size=batch_size,
        callbacks=callbacks,
        verbose=0,
    ).history


def train_cell(params: dict, dataset: str, architecture: str, folder: Path) -> None:
    """Write seed-<seed>.keras for each seed, curves.json (per seed) and untrained.npy to `folder`.

    untrained.npy: float32 reconstructions of the showcase images by the first seed's model before training.
    """
    from stages.autoencoder import predict, save

    data = params["data"][dataset]
    images = np.load(f"data/prepared/{dataset}/images.npz")
    train, validation = images["train"], images["validation"]
    curves = {}
    for seed in data["seeds"]:
        runtime.reseed(seed, params["training"]["precision"])
        model = build(params, dataset, architecture, train.shape[1:])
        model.start_at_mean(train)
        if not curves:
            np.save(folder / "untrained.npy", predict(model, images["test"][images["showcase"]]))
        label = f"{dataset} {architecture}, seed {seed}"
        curves[seed] = fit(model, train, validation, data, params["training"], label)
        epochs = curves[seed]["val_loss"]
        print(f"{label}: kept epoch {int(np.argmin(epochs)) + 1} of {len(epochs)}, validation {min(epochs):.4g}")
        save(model, folder / f"seed-{seed}.keras")
    (folder / "curves.json").write_text(json.dumps(curves, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--architecture", required=True)
    cell = parser.parse_args()
    params = read_params()
    check(TRAINING, params.get("training"), "training")
    runtime.start(params["training"]["threads"])
    check_cell(params, cell.dataset, cell.architecture)
    folder = Path("data/models", cell.dataset, cell.architecture)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    train_cell(params, cell.dataset, cell.architecture, folder)


if __name__ == "__main__":
    run(main)
