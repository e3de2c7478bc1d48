"""Training: optimizer, schedule, early stopping and progress of one run of a model."""

import math
import sys
import time
from typing import NamedTuple

import numpy as np

from stages.common.stage import UserError
from stages.train.epochs import Epochs, epochs_of


class Trainer(NamedTuple):
    """A model with what trains it. All runs of one trainer share its graphs; each starts with `start`."""

    model: object
    optimizer: object
    epochs: Epochs


def trainer_of(model, training: dict) -> Trainer:
    """A trainer of an Autoencoder. training: the block of that name in params.yaml."""
    import keras

    kinds = {
        "adam": keras.optimizers.Adam,
        "adamw": keras.optimizers.AdamW,
        "rmsprop": keras.optimizers.RMSprop,
        "sgd": lambda rate, **options: keras.optimizers.SGD(rate, momentum=0.9, **options),
    }
    optimizer = kinds[training["optimizer"]](training["learning_rate"], global_clipnorm=training["clip_norm"])
    optimizer.build(model.trainable_variables)
    return Trainer(model, optimizer, epochs_of(model, optimizer))


def start(trainer: Trainer, fresh) -> None:
    """Give the trainer's model every variable of a freshly built one, and its optimizer nothing to remember."""
    for own, new in zip(trainer.model.variables, fresh.variables, strict=True):
        own.assign(new)
    for variable in trainer.optimizer.variables:
        if variable is not trainer.optimizer.learning_rate:
            variable.assign(np.zeros(variable.shape))


def learning_rates(peak: float, schedule: str, warmup: float, steps: int) -> np.ndarray:
    """The learning rate of each of `steps`, (steps,): cosine to 0, exponential to a hundredth, or constant.

    warmup: the share of the steps over which the rate first climbs from 0 to its peak
    """
    climb = max(1, round(warmup * steps)) if warmup else 0
    done = np.linspace(0, 1, max(steps - climb, 1), endpoint=False)
    falling = {
        "constant": np.ones_like(done),
        "cosine": (1 + np.cos(np.pi * done)) / 2,
        "exponential": 0.01**done,
    }[schedule]
    return (peak * np.concatenate([np.arange(1, climb + 1) / (climb + 1), falling])[:steps]).astype(np.float32)


def fit(
    trainer: Trainer,
    train: np.ndarray,
    validation: np.ndarray,
    data: dict,
    training: dict,
    seed: int,
    label: str,
    after_epoch=lambda epoch, loss: None,
) -> dict[str, list[float]]:
    """Train and leave the model with the weights of the epoch whose validation loss was lowest.

    train, validation: uint8 images (n, height, width, channels)
    data: the data set's block (epochs, passes_per_epoch, batch_size); training: the block of that name
    seed: of the order of the images; after_epoch: is told the epoch and its validation loss
    Returns the curves: a dict of lists, one number an epoch, of the loss and every term, the validation's with "val_"
    before. Raises UserError once a loss is not finite.
    """
    model, epochs = trainer.model, data["epochs"]
    if model.solved:
        model.solve(train)
        values = [trainer.epochs.validate(images, data["batch_size"]) for images in (train, validation)]
        return _curves([values])
    batch_size = min(data["batch_size"], len(train))
    steps = len(train) * data["passes_per_epoch"] // batch_size
    rates = learning_rates(training["learning_rate"], training["schedule"], training["warmup"], epochs * steps)
    random = np.random.default_rng(seed)
    tell = _progress(label, epochs)
    history, best, kept = [], math.inf, model.get_weights()
    for epoch in range(epochs):
        model.before_epoch(train, epoch)
        passes = [random.permutation(len(train)) for _ in range(data["passes_per_epoch"])]
        order = np.concatenate(passes)[: steps * batch_size].reshape(steps, batch_size).astype(np.int32)
        now = trainer.epochs.train(train, order, rates[epoch * steps : (epoch + 1) * steps])
        history.append((now, trainer.epochs.validate(validation, data["batch_size"])))
        tell(epoch, *history[-1])
        losses = [held_out["loss"] for _, held_out in history]
        if losses[-1] < best:
            best, kept = losses[-1], model.get_weights()
        after_epoch(epoch, losses[-1])
        if epoch - int(np.argmin(losses)) >= training["patience"]:
            break
    model.set_weights(kept)
    model.finish(train)
    return _curves(history)


def _curves(history: list[tuple[dict, dict]]) -> dict[str, list[float]]:
    now, held_out = history[0]
    curves = {name: [values[name] for values, _ in history] for name in now}
    return curves | {f"val_{name}": [values[name] for _, values in history] for name in held_out}


def _progress(label: str, epochs: int):
    """What says after an epoch where training stands and how long it may still take, and ends it where a loss is not
    finite."""
    interval = 0 if sys.stdout.isatty() else 10  # seconds between lines in a log
    started = said = time.monotonic()

    def tell(epoch, now, held_out):
        nonlocal said
        for name, value in (now | {f"val_{name}": value for name, value in held_out.items()}).items():
            if not math.isfinite(value):
                raise UserError(
                    f"{label}: {name} became {value} in epoch {epoch + 1} of {epochs}; "
                    "a lower training.learning_rate usually helps"
                )
        clock = time.monotonic()
        if clock - said < interval and epoch + 1 < epochs:
            return
        said = clock
        left = (clock - started) / (epoch + 1) * (epochs - epoch - 1)
        line = f"{label}: epoch {epoch + 1} of {epochs}, loss {now['loss']:.4g}, validation {held_out['loss']:.4g}"
        last = epoch + 1 == epochs
        print(f"{line}, at most {left:.0f} s left", end="\r" if interval == 0 and not last else "\n", flush=True)

    return tell
