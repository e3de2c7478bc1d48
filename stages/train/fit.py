"""Training: optimizer, schedule, early stopping and progress of one run of a model."""

import math
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from stages.common.stage import UserError
from stages.train.epochs import Epoch, epochs_of, random_state
from stages.train.settings import Budget, Training


class Trainer(NamedTuple):
    """A model with what trains it. All runs of one trainer share its graphs; each starts with `start`."""

    model: object
    optimizer: object
    train: Epoch
    validate: Epoch


def trainer_of(model, training: Training) -> Trainer:
    """A trainer of an Autoencoder."""
    import keras

    options = {"learning_rate": training.learning_rate, "global_clipnorm": training.clip_norm}
    options |= {"momentum": 0.9} if training.optimizer == "sgd" else {}
    optimizer = keras.optimizers.get({"class_name": training.optimizer, "config": options})
    optimizer.build(model.trainable_variables)
    return Trainer(model, optimizer, *epochs_of(model, optimizer))


def start(trainer: Trainer, fresh) -> None:
    """Give the trainer's model every variable of a freshly built one, and its optimizer nothing to remember."""
    for variable, value in zip(trainer.model.variables, fresh.variables, strict=True):
        variable.assign(value)
    for variable in trainer.optimizer.variables:
        if variable is not trainer.optimizer.learning_rate:
            variable.assign(np.zeros(variable.shape))


def learning_rates(peak: float, schedule: str, warmup: float, steps: int) -> np.ndarray:
    """The learning rate of each of `steps`, (steps,): cosine to 0, exponential to a hundredth, or constant.

    warmup: the share of the steps over which the rate first climbs from 0 to its peak
    """
    climb = max(1, round(warmup * steps)) if warmup else 0
    done = np.linspace(0, 1, max(steps - climb, 1), endpoint=False)
    falling = {"constant": np.ones_like(done), "cosine": (1 + np.cos(np.pi * done)) / 2, "exponential": 0.01**done}
    shares = np.concatenate([np.arange(1, climb + 1) / (climb + 1), falling[schedule]])[:steps]
    return (peak * shares).astype(np.float32)


def fit(
    trainer: Trainer,
    train: np.ndarray,
    validation: np.ndarray,
    budget: Budget,
    training: Training,
    seed: int,
    label: str,
    after_epoch=lambda epoch, loss: None,
) -> dict[str, list[float]]:
    """Train and leave the model with the weights of the epoch whose validation loss, or the term of it by which the
    model is stopped, was lowest.

    train, validation: uint8 images (n, height, width, channels)
    seed: of the order of the images; after_epoch: called with the epoch and what the model is stopped by
    Returns the curves: a dict of lists, one number an epoch, of the loss and every term, the validation's with "val_"
    before. Raises UserError once a loss is not finite.
    """
    model, state = trainer.model, random_state(trainer.model)
    if model.solved:
        model.solve(train)
        return _curves([_both(*(trainer.validate(images, budget.batch_size, state) for images in (train, validation)))])
    report = _progress(label, budget.epochs)
    history, best, kept = [], math.inf, model.get_weights()
    for epoch, (order, rates) in enumerate(_steps(len(train), budget, training, seed)):
        model.before_epoch(train, epoch)
        trained = trainer.train(train, order, rates)
        history.append(_both(trained, trainer.validate(validation, budget.batch_size, state)))
        report(epoch, history[-1])
        losses = [values[f"val_{model.stopped_by}"] for values in history]
        if losses[-1] < best:
            best, kept = losses[-1], model.get_weights()
        after_epoch(epoch, losses[-1])
        if epoch - int(np.argmin(losses)) >= training.patience:
            break
    model.set_weights(kept)
    model.finish(train)
    return _curves(history)


def _steps(images: int, budget: Budget, training: Training, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Of every epoch the images of each step as indices, (steps, batch), and its learning rate, (steps,)."""
    batch_size = min(budget.batch_size, images)
    steps = images * budget.passes_per_epoch // batch_size
    rates = learning_rates(training.learning_rate, training.schedule, training.warmup, budget.epochs * steps)
    random = np.random.default_rng(seed)
    for epoch_rates in rates.reshape(budget.epochs, steps):
        passes = [random.permutation(images) for _ in range(budget.passes_per_epoch)]
        yield np.concatenate(passes)[: steps * batch_size].reshape(steps, batch_size).astype(np.int32), epoch_rates


def _both(train: dict[str, float], validation: dict[str, float]) -> dict[str, float]:
    return train | {f"val_{name}": value for name, value in validation.items()}


def _curves(history: list[dict[str, float]]) -> dict[str, list[float]]:
    return {name: [values[name] for values in history] for name in history[0]}


def _progress(label: str, epochs: int):
    """A function that says after an epoch where training stands and how long it may still take, and ends it where a
    loss is not finite."""
    interval = 0 if sys.stdout.isatty() else 10  # seconds between lines in a log
    started = said = time.monotonic()

    def report(epoch, values):
        nonlocal said
        for name, value in values.items():
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
        line = f"{label}: epoch {epoch + 1} of {epochs}, loss {values['loss']:.4g}, validation {values['val_loss']:.4g}"
        last = epoch + 1 == epochs
        print(f"{line}, at most {left:.0f} s left", end="\r" if interval == 0 and not last else "\n", flush=True)

    return report
