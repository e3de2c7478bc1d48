"""Small data, models and metrics files that several test modules share."""

import csv
import os
from pathlib import Path
from typing import get_args

import numpy as np
from sklearn.decomposition import PCA

from stages.common.params import read_params
from stages.common.seeds import without_seeds
from stages.common.task import Task
from stages.evaluate.load import of_seed
from stages.evaluate.model_functions import draw, fit_mixture
from stages.evaluate.references import described, references
from stages.evaluate.task_interface import Data, Functions
from stages.judge.__main__ import judged
from stages.judge.failed_seeds import failed_seeds
from stages.judge.ranking import ranked
from stages.train.fit import fit, trainer_of
from stages.train.settings import Budget, Training

ROOT = Path(__file__).parents[1]
FIXED = "FUZZ" not in os.environ or "FIXED" in os.environ  # the same examples at every run


def blobs(n, image_shape, seed=0):
    """uint8 images (n, *image_shape) of one soft bright spot each: easy to compress, different from noise."""
    height, width, channels = image_shape
    random = np.random.default_rng(seed)
    y, x = random.uniform(0, height, n), random.uniform(0, width, n)
    rows, columns = np.arange(height)[None, :, None], np.arange(width)[None, None, :]
    distance = (rows - y[:, None, None]) ** 2 + (columns - x[:, None, None]) ** 2
    spots = np.exp(-distance / (height * width / 20))[..., None] * random.uniform(0.5, 1, (n, 1, 1, channels))
    return np.rint(spots * 255).astype(np.uint8)


def train(model, images, validation=None, seed=0, epochs=3, batch_size=32, after_epoch=lambda *_: None, **changes):
    """Train an Autoencoder on uint8 images as params.yaml says, less the changes; the curves."""
    training = Training(**read_params(ROOT / "params.yaml")["training"] | {"patience": 99})
    training = training.model_copy(update=changes)  # which may be what params.yaml may not hold
    budget = Budget(latent_size=1, width=1.0, epochs=epochs, passes_per_epoch=1, batch_size=batch_size, seeds=[seed])
    validation = images if validation is None else validation
    return fit(trainer_of(model, training), images, validation, budget, training, seed, "test", after_epoch)


def read_csv(path):
    """Rows of a table, each a dictionary of texts."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def types(kind):
    """Names and types of the settings of a model."""
    return {name: field.annotation for name, field in kind.model_fields.items()}


def words(kind):
    """What the type of a setting lets be written as a word."""
    own = [value for value in get_args(kind) if isinstance(value, str)]
    return own + [word for part in get_args(kind) for word in words(part)]


SHAPE = (12, 12, 1)  # of the images that tasks are tested on


def bars(n, image_shape, seed):
    """uint8 images of a horizontal or vertical bar, and which it is."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, n)
    images = blobs(n, image_shape, seed).astype(int)
    for image, label in zip(images, labels, strict=True):
        place = random.integers(2, min(image_shape[:2]) - 3)
        bar = image[place : place + 2] if label else image[:, place : place + 2]
        bar += 150
    return np.clip(images, 0, 255).astype(np.uint8), labels


def flat(images):
    """uint8 images as rows of floats in [0, 1]."""
    return images.reshape(len(images), -1) / np.float32(255)


def make_data(image_shape=SHAPE, labelled=True):
    """A prepared data set of bars, with anomalies of noise and a random projection as features."""
    parts = {
        name: bars(n, image_shape, seed)
        for seed, (name, n) in enumerate({"train": 400, "validation": 90, "test": 200}.items())
    }
    labels = [parts[name][1] if labelled else None for name in parts]
    random = np.random.default_rng(9)
    projection = random.normal(size=(np.prod(image_shape), 8))
    return Data(
        *(parts[name][0] for name in parts),
        *labels,
        shown=np.arange(5),
        anomalies=random.integers(0, 256, (150, *image_shape)).astype(np.uint8),
        features=lambda images: np.maximum(
            flat(np.asarray(images) * (1 if images.dtype == np.uint8 else 255)) @ projection, 0
        ),
        seen_classes=[0] if labelled else [],
    )


def principal(data, k=12):
    """A linear autoencoder in numpy and, where there are labels, a second one of the seen classes."""
    functions = linear(data.train, k)
    if not data.seen_classes:
        return functions
    return functions._replace(seen=linear(data.train[np.isin(data.train_labels, data.seen_classes)], k))


def linear(train, k):
    """Functions of the first k principal components."""
    shape = train.shape[1:]
    pca = PCA(k, random_state=0).fit(flat(train))

    def decode(latents):
        return np.clip(pca.inverse_transform(latents).reshape(-1, *shape), 0, 1).astype(np.float32)

    def encode(images):
        return pca.transform(flat(images)).astype(np.float32)

    return with_mixture(Functions(encode, decode), train)


def with_mixture(functions, train):
    """Functions with a mixture fitted to the latents of training images."""
    mixture = fit_mixture(functions.encode(train), 0)
    return functions._replace(
        sample_mixture=lambda n, seed: functions.decode(draw(mixture, n, seed)),
        mixture=lambda seed: mixture,
        train=train,
    )


def with_references(data, tasks):
    """Data with what all classical methods score on it."""
    return data._replace(references=of_seed(references([data], tasks, [0])["scores"]))


def metrics_file(mse, multiply_adds=100, by_class=(1, 1), generative=False, terms=("reconstruction",), jitter=5e-5):
    """A metrics file as evaluate writes it, of one task; mse: one value a seed, where all are the same it is solved,
    not trained; jitter: standard error over test images."""
    epochs = np.linspace(1, 0.1, 10).tolist()
    curve = {f"{split}{term}": epochs for split in ("", "val_") for term in ("loss", *terms)}
    luck = np.random.default_rng(int(1e6 * np.mean(mse))).normal(0, jitter, 100)
    scores = {
        "mse": list(mse),
        "mse_resampled": [(value + luck).tolist() for value in mse],
        "validation_mse": [1.1 * value for value in mse],
        "ssim": [0.9] * len(mse),
        "latent_bits": [128.0] * len(mse),
        "mse_by_class": [[value * factor for factor in by_class] for value in mse],
    }
    courses = [{term: [value * own / mse[0] for value in course] for term, course in curve.items()} for own in mse]
    return {
        "reconstruction": {"mse": float(np.mean(mse)), "psnr": 20.0, "ssim": 0.9},
        "scores": {
            "reconstruction": scores,
            "latent_use": {"active_units": [4.0] * len(mse), "dead_units": [0.0] * len(mse)},
        },
        "facts": {
            "seeds": list(range(len(mse))),
            "image_shape": [16, 16, 1],
            "images": [100, 10, 20],
            "ssim_windows": [36],
            "classes": ["a", "b"],
            "generative": [generative],
            "solved": [len(set(mse)) < len(mse)],
            "parameters": [10],
            "latent_size": [4],
            "compression_ratio": [64.0],
            "multiply_adds": [multiply_adds],
            "model_bytes": [40],
        },
        "curves": {str(seed): course for seed, course in enumerate(courses)},
    }


def with_half(content, mse):
    """A metrics file whose first seed has so large an MSE with half of the epochs."""
    return content | {"budgets": {"epochs": [3, 6], "scores": {"reconstruction": {"mse": [1.2 * mse, mse]}}}}


def task_of(name, **options):
    """What a task says of itself, as the references of a data set keep it; options: those besides params.yaml's."""
    return Task(**described({name: read_params(ROOT / "params.yaml")["tasks"][name] | options})[0])


def method(values, jitter=1e-4):
    """Scores of a classical method in reconstruction, as the stage references writes them."""
    luck = np.random.default_rng(1).normal(0, jitter, 100)
    return {"mse": values, "mse_resampled": (np.mean(values) + luck).tolist(), "validation_mse": values}


PARAMS = read_params(ROOT / "params.yaml")
VERDICTS, DATA = PARAMS["verdicts"], PARAMS["data"]["digits"] | {"latent_size": 4}
METRICS = {
    "pca": metrics_file([0.010, 0.010, 0.010]),
    "vanilla": metrics_file([0.00500, 0.00501, 0.00499], multiply_adds=100),
    "deep": metrics_file([0.00499, 0.00502, 0.00497], multiply_adds=400),
    "denoising": metrics_file([0.0201, 0.0200, 0.0202], by_class=(0.4, 1.6)),
    "variational": metrics_file([0.0100, 0.0101, 0.0099], generative=True, terms=("reconstruction", "kl")),
}
UNDECIDED = {name: METRICS[name] for name in ("pca", "denoising")} | {
    "deep": metrics_file([0.0050, 0.0054, 0.0046], 400),
    "vanilla": metrics_file([0.0048, 0.0059, 0.0050], 100),
}


SPECTRUM = {"latent_sizes": [1, 2, 4, 8, 16], "validation_mse": [0.04, 0.02, 0.01, 0.005, 0.0001]}  # of PCA


def result(metrics=METRICS, **references):
    """What was measured and judged on one data set, with a latent of 4 numbers; references: scores of methods besides
    the mean image."""
    task = task_of("reconstruction")
    scores = {"reconstruction": {"mean_image": method([0.06] * 3)} | references}
    metrics = without_seeds(metrics, failed_seeds(metrics, scores))
    tables = {"reconstruction": {"": ranked(metrics, scores["reconstruction"], task, VERDICTS)}}
    measured = {
        "tasks": {"reconstruction": task},
        "metrics": metrics,
        "references": scores,
        "spectrum": SPECTRUM,
        "accuracy": None,
    }
    verdicts = judged(measured, tables, DATA, VERDICTS)
    return measured | {"tables": tables, "verdicts": verdicts, "missing": [], "varied": {}, "ablations": {}}


def data_set(**errors):
    """What was measured and judged on one data set; errors: the mean test MSE of each architecture's three seeds."""
    return result({name: metrics_file([mse, 1.01 * mse, 0.99 * mse]) for name, mse in errors.items()})


def rows_of(*metrics, **references):
    """Rows of the summary of reconstruction."""
    return result(*metrics, **references)["tables"]["reconstruction"][""]


def row_of(rows, name):
    """The row of one architecture or method."""
    return next(row for row in rows if row["architecture"] == name)
