"""Anomaly detection: telling images that are unlike the training images, without having seen an anomaly.

The headline anomalies are classes never seen: a second model of the same architecture is trained on every other class,
and tells test images of the classes left out from those of its own. Images of another data set and damaged images are
held against the whole data set, with the full model; without labels the other data set is the headline.

Two detectors: the reconstruction error, and the Mahalanobis distance of the latent from the training latents (Lee et
al. 2018, "A simple unified framework for detecting out-of-distribution samples"). The reconstruction error is the
headline, fixed beforehand: it is what every architecture is trained to make small for what it knows, and what published
figures of autoencoders are about.
"""

from collections.abc import Callable
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import Field, PositiveInt
from scipy.stats import rankdata
from sklearn.covariance import LedoitWolf
from sklearn.metrics import average_precision_score
from sklearn.neighbors import NearestNeighbors

from stages.common.subset import spread
from stages.common.task import Task
from stages.evaluate.measures.corruption import corrupted
from stages.evaluate.measures.image_quality import mse
from stages.evaluate.measures.resampling import resampled
from stages.evaluate.protocol import Data, Functions

TASK = Task(
    measure="auroc",
    better="higher",
    label="AUROC of classes never seen",
    margin="absolute",
    headline=("auroc",),
    columns={
        "auroc": "AUROC, classes never seen",
        "auroc_latent": "the same by latent distance",
        "auroc_far": "other data set",
        "auroc_gaussian": "noise",
        "auroc_salt_and_pepper": "salt and pepper",
        "auroc_block": "block",
        "auroc_blur": "blur",
        "auroc_lowest": "lowest of these",
        "detected": "detected",
        "false_alarms": "false alarms",
    },
    usable={"auroc": 0.8, "auroc_lowest": 0.5},
)

UNSEEN, FAR = "classes never seen", "other data set"
DETECTORS = ("reconstruction error", "latent distance")  # the first is the headline
DAMAGES = {"gaussian": 0.2, "salt_and_pepper": 0.1, "block": 0.4, "blur": 0.06}
NEIGHBOURS, NEIGHBOUR_IMAGES = 5, 10_000
Quantile = Annotated[float, Field(gt=0, lt=1)]
Detect = Callable[[np.ndarray], np.ndarray]  # uint8 images (n, ...) -> the scores of every detector, (detectors, n)


class Found(NamedTuple):
    """Scores of every detector, each (detectors, n), for one kind of anomaly."""

    validation: np.ndarray  # normal images, for the threshold
    normal: np.ndarray  # test images
    anomalous: np.ndarray


def score(
    model: Functions, data: Data, seed: int, *, images: PositiveInt, quantile: Quantile
) -> dict[str, float | list]:
    """auroc of classes never seen, by reconstruction error; auroc_latent, the same by latent distance; by
    reconstruction error again auroc_far, of another data set, and auroc_<damage>, of damaged images; auroc_lowest, the
    smallest of these. Below .5 a score is inverted: the anomalies look more normal than normal images.

    For the headline alone: average_precision; detected and false_alarms, the shares of anomalies and of normal test
    images that lie above a threshold which needs no labels, the `quantile` of scores of validation images. threshold:
    that of the full model, for which all classes are normal, by reconstruction error.

    images: how many of the test images, and of those of the other data set
    Lists: anomalies, the kinds, the headline first; detectors; auroc_by_anomaly for each of detectors;
    average_precision_by_anomaly and detected_by_anomaly; auroc_by_unseen_class, one such class at a time, and their
    unseen_classes.
    """
    seen = model.seen and _detector(model.seen, data.train[_of_seen(data, data.train_labels)])
    return _scores(data, seed, images, quantile, _detector(model, data.train), seen, DETECTORS)


def references(data: Data, seeds: list[int], *, images: PositiveInt, quantile: Quantile) -> list[dict[str, dict]]:
    """Mean distance to the five nearest training images, pixel by pixel; for classes never seen, those of seen ones."""

    def detector(train):
        flat = _flat(train[spread(NEIGHBOUR_IMAGES, len(train))])
        neighbours = NearestNeighbors(n_neighbors=NEIGHBOURS, algorithm="brute").fit(flat)
        return lambda pictures: neighbours.kneighbors(_flat(pictures))[0].mean(axis=1)[None]

    seen = detector(data.train[_of_seen(data, data.train_labels)]) if data.seen_classes else None
    full = detector(data.train)
    return [{"nearest_neighbours": _scores(data, seed, images, quantile, full, seen, ("distance",))} for seed in seeds]


def auroc(normal: np.ndarray, anomalous: np.ndarray) -> float:
    """The chance that an anomaly scores above a normal image, ties counting half (Mann and Whitney 1947)."""
    ranks = rankdata(np.concatenate([normal, anomalous]))[len(normal) :]
    return float((ranks.mean() - (len(anomalous) + 1) / 2) / len(normal))


def _detector(model: Functions, train: np.ndarray) -> Detect:
    known = LedoitWolf().fit(model.encode(train))

    def detect(pictures):
        latents = model.encode(pictures)
        errors = mse(pictures / np.float32(255), model.decode(latents))
        return np.stack([errors, known.mahalanobis(latents)])

    return detect


def _flat(pictures: np.ndarray) -> np.ndarray:
    return pictures.reshape(len(pictures), -1) / np.float32(255)


def _of_seen(data: Data, labels: np.ndarray) -> np.ndarray:
    return np.isin(labels, data.seen_classes)


def _scores(
    data: Data, seed: int, images: int, quantile: float, full: Detect, seen: Detect | None, detectors: tuple[str, ...]
) -> dict[str, float | list]:
    chosen, held = spread(images, len(data.test)), spread(images, len(data.validation))
    test, validation = data.test[chosen], data.validation[held]
    found, by_class = {}, {}
    if seen is not None:
        labels = data.test_labels[chosen]
        of_test = seen(test)
        own = of_test[:, _of_seen(data, labels)]
        usual = seen(validation[_of_seen(data, data.validation_labels[held])])
        found[UNSEEN] = Found(usual, own, of_test[:, ~_of_seen(data, labels)])
        unseen = np.setdiff1d(labels, data.seen_classes)
        by_class = {
            "auroc_by_unseen_class": [auroc(own[0], of_test[0, labels == label]) for label in unseen],
            "unseen_classes": unseen.tolist(),
        }
    usual, normal = full(validation), full(test)
    found[FAR] = Found(usual, normal, full(data.anomalies[spread(images, len(data.anomalies))]))
    for name, strength in DAMAGES.items():
        found[name.replace("_", " ")] = Found(usual, normal, full(corrupted(test, name, strength, seed)))

    aurocs = np.array(
        [[auroc(*pair) for pair in zip(own.normal, own.anomalous, strict=True)] for own in found.values()]
    )
    thresholds = [np.quantile(own.validation[0], quantile) for own in found.values()]
    detected = [float(np.mean(own.anomalous[0] > t)) for own, t in zip(found.values(), thresholds, strict=True)]
    precisions = [_precision(own.normal[0], own.anomalous[0]) for own in found.values()]
    headline, by_kind = next(iter(found.values())), dict(zip(found, aurocs[:, 0].tolist(), strict=True))
    latent = {"auroc_latent": float(aurocs[0, 1])} if len(detectors) > 1 else {}
    return {
        "auroc": float(aurocs[0, 0]),
        "auroc_resampled": resampled(auroc, headline.normal[0], headline.anomalous[0]),
        **latent,
        "auroc_far": by_kind[FAR],
        **{f"auroc_{name}": by_kind[name.replace("_", " ")] for name in DAMAGES},
        "auroc_lowest": min(by_kind.values()),
        "average_precision": precisions[0],
        "detected": detected[0],
        "false_alarms": float(np.mean(headline.normal[0] > thresholds[0])),
        "threshold": float(np.quantile(usual[0], quantile)),
        "anomalies": list(found),
        "detectors": list(detectors),
        "auroc_by_anomaly": aurocs.T.tolist(),
        "average_precision_by_anomaly": precisions,
        "detected_by_anomaly": detected,
        **by_class,
    }


def _precision(normal: np.ndarray, anomalous: np.ndarray) -> float:
    truth = np.repeat([0, 1], [len(normal), len(anomalous)])
    return float(average_precision_score(truth, np.concatenate([normal, anomalous])))
