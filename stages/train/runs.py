"""Runs of one architecture on one data set: what params.yaml and tuning say, for every seed, on shared graphs."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from stages.train import determinism
from stages.train.build import build
from stages.train.fit import Trainer, fit, start, trainer_of

LIMITED = 0.03  # a loss that the second half of the epochs lowers by more than this share is said to be budget-limited


class Images(NamedTuple):
    """What training reads of a data set: uint8 (n, height, width, channels), and indices of images of seen classes."""

    train: np.ndarray
    validation: np.ndarray
    shown: np.ndarray  # test images that pictures show; no other test image is read
    train_seen: np.ndarray | None = None  # of `train`; None where there are no classes
    validation_seen: np.ndarray | None = None

    def seen(self):
        """The images of seen classes alone."""
        return self._replace(train=self.train[self.train_seen], validation=self.validation[self.validation_seen])


def read_images(dataset: str) -> Images:
    """The images of a prepared data set."""
    folder = Path("data/prepared", dataset, "images")
    return Images(**{path.stem: np.load(path) for path in sorted(folder.glob("*.npy"))})


def tuned(dataset: str, architecture: str, seeds: list[int]) -> dict:
    """Params of one cell, as tuning read and chose them: data.<dataset>, training and architecture.<architecture>."""
    tuning = json.loads(Path("metrics/tuning", dataset, f"{architecture}.json").read_text())
    (cell,) = tuning["cell"]
    for place in tuning["chosen"]:
        cell["training"] |= tuning["trials"][place]["settings"]
    return {
        "data": {dataset: cell["data"] | {"seeds": seeds}},
        "training": cell["training"],
        "architecture": {architecture: cell["architecture"]},
    }


def runner(params: dict, dataset: str, architecture: str, image_shape: tuple[int, int, int]) -> Callable:
    """A function that trains from scratch and returns the model and the curves of `fit`, whose options it takes.

    The model is the same object every time, since its graphs are traced once: save it before the next run. training:
    the block, where a run differs from params in its learning rate, schedule, warm-up or patience.
    """
    data, training = params["data"][dataset], params["training"]
    known: list[Trainer] = []

    def run(images: Images, seed: int, epochs: int, label: str, training: dict = training, **options):
        determinism.reseed(seed, training["precision"])
        fresh = build(params, dataset, architecture, image_shape)
        fresh.start_at_mean(images.train)
        if not known:
            known.append(trainer_of(build(params, dataset, architecture, image_shape), training))
        start(known[0], fresh)
        settings = {**data, "epochs": epochs}
        return known[0].model, fit(
            known[0], images.train, images.validation, settings, training, seed, label, **options
        )

    return run


def train_seeds(
    params: dict, dataset: str, architecture: str, images: Images, folder: Path, thorough: bool = True
) -> None:
    """Train one model a seed; write seed-<seed>.keras, training.json and untrained.npy to the folder.

    training.json: the seeds, the number of threads, for each seed the curves that `fit` returns, and `half_budget`
    untrained.npy: float32 reconstructions, by the first seed's model before training, of the test images that pictures
    show
    thorough: also train the first seed with half of the epochs, which tells whether the budget limits the result
    (`half_budget`: the losses of both and whether it does), and, where there are classes, for every seed a model on
    images of seen classes with half of the epochs: seed-<seed>-seen.keras
    """
    from stages.train.autoencoder import predict
    from stages.train.saving import save

    data, shape = params["data"][dataset], images.train.shape[1:]
    determinism.reseed(data["seeds"][0], params["training"]["precision"])
    untrained = build(params, dataset, architecture, shape)
    untrained.start_at_mean(images.train)
    np.save(folder / "untrained.npy", predict(untrained, images.shown))

    run, half = runner(params, dataset, architecture, shape), max(1, data["epochs"] // 2)
    content = {"seeds": data["seeds"], "threads": params["training"]["threads"], "curves": {}}
    for seed in data["seeds"]:
        label = f"{dataset} {architecture}, seed {seed}"
        model, curves = run(images, seed, data["epochs"], label)
        save(model, folder / f"seed-{seed}.keras")
        content["curves"][seed] = curves
        losses = curves["val_loss"]
        print(f"{label}: kept epoch {int(np.argmin(losses)) + 1} of {len(losses)}, validation {min(losses):.4g}")
        if thorough and images.train_seen is not None:
            model, _ = run(images.seen(), seed, half, f"{label}, seen classes")
            save(model, folder / f"seed-{seed}-seen.keras")
    if thorough and not model.solved:
        seed = data["seeds"][0]
        _, curves = run(images, seed, half, f"{dataset} {architecture}, seed {seed}, half of the epochs")
        losses = min(curves["val_loss"]), min(content["curves"][seed]["val_loss"])
        gain = model.gain(*losses)
        content["half_budget"] = {"losses": losses, "gain": gain, "limited": gain > LIMITED}
        print(f"{dataset} {architecture}: the second half of the epochs gained {100 * gain:.1f} %")
    (folder / "training.json").write_text(json.dumps(content, indent=1) + "\n")
