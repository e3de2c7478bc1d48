"""Training: optimizer, schedule, early stopping, progress, and all seeds of one architecture on one data set."""

import json
import math
import sys
import time
from pathlib import Path

import numpy as np

from stages.common.stage import UserError
from stages.train import determinism
from stages.train.build import build


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


def train_seeds(params: dict, dataset: str, architecture: str, folder: Path) -> None:
    """Train one model a seed; write seed-<seed>.keras, training.json and untrained.npy to the folder.

    training.json: the seeds, the number of threads, and for each seed the curves that `fit` returns
    untrained.npy: float32 reconstructions, by the first seed's model before training, of the test images that pictures
    show; no other test image is read
    """
    data, threads = params["data"][dataset], params["training"]["threads"]
    determinism.start(threads)
    from stages.train.autoencoder import predict
    from stages.train.saving import save

    images = Path("data/prepared", dataset, "images")
    train, validation, shown = (np.load(images / f"{name}.npy") for name in ("train", "validation", "shown"))
    curves = {}
    for seed in data["seeds"]:
        determinism.reseed(seed, params["training"]["precision"])
        model = build(params, dataset, architecture, train.shape[1:])
        model.start_at_mean(train)
        if not curves:
            np.save(folder / "untrained.npy", predict(model, shown))
        label = f"{dataset} {architecture}, seed {seed}"
        curves[seed] = fit(model, train, validation, data, params["training"], label)
        epochs = curves[seed]["val_loss"]
        print(f"{label}: kept epoch {int(np.argmin(epochs)) + 1} of {len(epochs)}, validation {min(epochs):.4g}")
        save(model, folder / f"seed-{seed}.keras")
    content = {"seeds": data["seeds"], "threads": threads, "curves": curves}
    (folder / "training.json").write_text(json.dumps(content, indent=1) + "\n")
