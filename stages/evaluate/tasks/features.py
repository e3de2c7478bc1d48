"""Features: how much of an image's class can be read from its latent. Only for data sets with classes."""

from statistics import mode

import numpy as np

from stages.common.task import Task
from stages.evaluate.task_interface import Data, Functions, Scores, Warnings

TASK = Task(
    measure="probe_1000",
    better="higher",
    label="accuracy of a linear probe on 1,000 labels",
    margin="absolute",
    headline=("probe_1000",),
    columns={
        "probe_1000": "probe, 1,000 labels",
        "probe_100": "100 labels",
        "probe_all": "all labels",
        "neighbours": "nearest neighbours",
        "kmeans": "k-means",
        "nmi": "NMI",
    },
)

RULE = "features of more numbers than most latents have (those of a discrete latent are its code vectors)"


def method() -> str:
    """How features are measured."""
    return (
        "Features: logistic regression on standardised latents, regularised by cross-validation on the training "
        "labels; ten nearest neighbours; k-means with as many clusters as classes, matched to them; its normalised "
        "mutual information. Raw pixels of large images are means of blocks, 32 x 32 at most. 100 and 1,000 labels: "
        "the mean of ten draws, the same for all, whose spread is part of the verdict."
    )


def score(model: Functions, data: Data, seed: int) -> Scores:
    """Accuracies on the test split: probe_100, probe_1000 and probe_all, logistic regression on so many labelled
    training latents (all where there are fewer); neighbours, of the nearest latents; kmeans, of clusters matched to the
    classes (Yang et al. 2010); and nmi, the clusters' normalised mutual information. Without labels: nothing.

    Lists: strengths, the C chosen for each probe; probe_1000_resampled, over test images and draws of labels.
    """
    if data.train_labels is None:
        return {}
    return _scores(model.encode(data.train), model.encode(data.test), data, [seed])[0]


def references(data: Data, seeds: list[int]) -> list[dict[str, dict]]:
    """The same on the pixels themselves, of large images on means of blocks, 32 x 32 at most."""
    from stages.evaluate.measures.budgets import smaller

    if data.train_labels is None:
        return [{} for _ in seeds]
    train, test = (smaller(split).reshape(len(split), -1) for split in (data.train, data.test))
    return [{"raw_pixels": scores} for scores in _scores(train, test, data, seeds, white=255)]


def warnings(metrics: dict[str, dict], references: dict[str, dict]) -> Warnings:
    """Latents of more numbers than those of most."""
    sizes = {name: content["facts"]["latent_size"][0] for name, content in metrics.items()}
    usual = mode(sizes.values())
    for name, size in sizes.items():
        if size > usual:
            yield f"more numbers for the probe than the {usual} of most", name, f"{size}"


def _scores(train: np.ndarray, test: np.ndarray, data: Data, seeds: list[int], white: int = 1) -> list[Scores]:
    """By seed; only k-means draws by it. white: what the latents, or pixels, are divided by."""
    from stages.evaluate.measures.probes import clustered, probed, standardised

    accuracies, lists = probed(*standardised(train, test, white), data)
    return [accuracies | clustered(*standardised(train, test, white), data, seed) | lists for seed in seeds]
