"""Models of one cell: trained as params.yaml and tuning say, for every seed, on shared graphs."""

import json
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import numpy as np

from stages.train import determinism
from stages.train.build import build, takes_part
from stages.train.fit import Trainer, fit, start, trainer_of
from stages.train.settings import Budget, Cell, Training

SHORTER = {"quarter": 4, "half": 2}  # shorter budgets -> the part of the epochs that each is


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
    folder = Path("data", dataset, "prepared", "images")
    return Images(**{path.stem: np.load(path) for path in sorted(folder.glob("*.npy"))})


def read_folds(dataset: str) -> list[Images]:
    """The images of every split of a prepared data set, of which there are several where images are few."""
    folder = Path("data", dataset, "prepared", "images")
    others = (sorted(fold.glob("*.npy")) for fold in sorted(folder.glob("fold-*")))
    return [read_images(dataset), *(Images(**{path.stem: np.load(path) for path in paths}) for paths in others)]


def tuned(dataset: str, architecture: str, seeds: list[int]) -> Cell:
    """The cell as tuning read and chose its settings; the seeds, which it does not read, are of params.yaml."""
    tuning = json.loads(Path("metrics", dataset, "tuning", f"{architecture}.json").read_text())
    (settings,) = tuning["cell"]
    for index in tuning["chosen"]:
        settings["training"] |= tuning["trials"][index]["settings"]
    budget, training = Budget(**settings["data"], seeds=seeds), Training(**settings["training"])
    return Cell(dataset, architecture, budget, training, settings["architecture"])


def untrained(cell: Cell, images: Images, seed: int, make: Callable = build):
    """The Autoencoder with which training starts from a seed."""
    determinism.reseed(seed, cell.training.precision)
    model = make(cell, images.train.shape[1:])
    model.start_at_mean(images.train)
    return model


def runner(cell: Cell, make: Callable = build) -> Callable:
    """A function that trains from scratch and returns the model and the curves of `fit`, whose options it takes.

    The model is the same object every time, since its graphs are traced once: save it before the next run. training:
    where a run differs from the cell in its learning rate, schedule, warm-up or patience. make: (cell, image shape) ->
    an untrained Autoencoder.
    """
    known: list[Trainer] = []

    def run(images: Images, seed: int, epochs: int, label: str, training: Training = cell.training, **options):
        fresh = untrained(cell, images, seed, make)
        if not known:
            known.append(trainer_of(make(cell, images.train.shape[1:]), training))
        start(known[0], fresh)
        budget = cell.budget.model_copy(update={"epochs": epochs})
        curves = fit(known[0], images.train, images.validation, budget, training, seed, label, **options)
        return known[0].model, curves

    return run


def train_seeds(cell: Cell, folds: list[Images], folder: Path, thorough: bool = True) -> None:
    """Train one model a seed, on the images of one split after the other where there are several; write
    seed-<seed>.keras, training.json and untrained.npy to the folder.

    training.json: the seeds, the number of threads, for each seed the curves that `fit` returns, and `budgets`
    untrained.npy: float32 reconstructions, by the first seed's model before training, of the test images that pictures
    show
    thorough: also train the first seed with shorter budgets (`budgets`, see _with_shorter_budgets) and, where there are
    classes and the architecture takes part in anomaly, for every seed a model on images of seen classes with half of
    the epochs: seed-<seed>-seen.keras
    """
    from stages.train.autoencoder import predict
    from stages.train.saving import save

    seeds, epochs = cell.budget.seeds, cell.budget.epochs
    np.save(folder / "untrained.npy", predict(untrained(cell, folds[0], seeds[0]), folds[0].shown))
    run, half, name = runner(cell), max(1, epochs // 2), f"{cell.dataset} {cell.architecture}"
    seen_too = thorough and folds[0].train_seen is not None and takes_part(cell.architecture, "anomaly")
    content = {"seeds": seeds, "threads": cell.training.threads, "curves": {}}  # type: dict
    for seed, images in zip(seeds, cycle(folds), strict=False):
        label = f"{name}, seed {seed}"
        model, curves = run(images, seed, epochs, label)
        save(model, folder / f"seed-{seed}.keras")
        content["curves"][seed] = curves
        losses = curves[f"val_{model.stopped_by}"]
        print(f"{label}: kept epoch {int(np.argmin(losses)) + 1} of {len(losses)}, validation {min(losses):.4g}")
        if seen_too:
            model, _ = run(images.seen(), seed, half, f"{label}, seen classes")
            save(model, folder / f"seed-{seed}-seen.keras")
    if thorough and not model.solved:
        content["budgets"] = _with_shorter_budgets(cell, folds[0], run, content["curves"][seeds[0]], folder)
    (folder / "training.json").write_text(json.dumps(content, indent=1) + "\n")


def _with_shorter_budgets(cell: Cell, images: Images, run: Callable, curves: dict, folder: Path) -> dict:
    """Train the first seed from scratch with a quarter and with half of the epochs, over which the learning rate comes
    down as well; write seed-<seed>-quarter.keras and -half.keras. `curves`: of the same seed with all epochs.

    Returns models, the names of both, their epochs, and which share of the loss the second half of the epochs took.
    """
    from stages.train.saving import save

    seed, models, lowest = cell.budget.seeds[0], [], []
    epochs = [max(1, cell.budget.epochs // parts) for parts in SHORTER.values()]
    for share, count in zip(SHORTER, epochs, strict=True):
        label = f"{cell.dataset} {cell.architecture}, seed {seed}, {share} of the epochs"
        model, shorter = run(images, seed, count, label)
        models.append(f"seed-{seed}-{share}")
        save(model, folder / f"{models[-1]}.keras")
        lowest.append(min(shorter[f"val_{model.stopped_by}"]))
    gain = model.gain(lowest[-1], min(curves[f"val_{model.stopped_by}"]))
    print(f"{cell.dataset} {cell.architecture}: the second half of the epochs gained {100 * gain:.1f} %")
    return {"models": models, "epochs": epochs, "gain_of_second_half": gain}
