"""Anomaly detection: telling images that are unlike the training images, without having seen an anomaly.

Two detectors: the reconstruction error, and the Mahalanobis distance of the latent from the training latents (Lee et
al. 2018, "A simple unified framework for detecting out-of-distribution samples"). Anomalies are images of another data
set and damaged images of the same one.
"""

from typing import Annotated

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
    label="AUROC, mean over kinds of anomalies",
    margin="absolute",
    headline=("auroc",),
    columns={
        "auroc": "AUROC",
        "average_precision": "average precision",
        "detected": "detected",
        "false_alarms": "false alarms",
    },
)

DETECTORS = ("reconstruction error", "latent distance")
DAMAGES = {"gaussian": 0.2, "salt_and_pepper": 0.1, "block": 0.4, "blur": 0.06}
NEIGHBOURS, NEIGHBOUR_IMAGES = 5, 10_000
Quantile = Annotated[float, Field(gt=0, lt=1)]


def score(
    model: Functions, data: Data, seed: int, *, images: PositiveInt, quantile: Quantile
) -> dict[str, float | list]:
    """auroc and average_precision, means over the kinds of anomalies, of the detector that is better at telling damaged
    validation images; detected and false_alarms, the shares of anomalies and of test images that lie above a threshold
    which needs no labels, the `quantile` of that detector's scores on validation images.

    images: how many of the test images, and of the anomalies of each kind
    Lists: auroc_by_anomaly and average_precision_by_anomaly, for each of detectors; detected_by_anomaly; detector, the
    index of the one chosen; auroc_by_class, against the other data set, one class of test images at a time.
    """
    latents = model.encode(data.train)
    normal = LedoitWolf().fit(latents)

    def detect(pictures):
        codes = model.encode(pictures)
        errors = mse(pictures / np.float32(255), model.decode(codes))
        return np.stack([errors, normal.mahalanobis(codes)])

    return _scores(data, seed, images, quantile, detect, DETECTORS)


def references(data: Data, seed: int, *, images: PositiveInt, quantile: Quantile) -> dict[str, dict]:
    """Mean distance to the five nearest training images, pixel by pixel."""
    train = data.train[spread(NEIGHBOUR_IMAGES, len(data.train))]
    neighbours = NearestNeighbors(n_neighbors=NEIGHBOURS, algorithm="brute").fit(_flat(train))

    def detect(pictures):
        return neighbours.kneighbors(_flat(pictures))[0].mean(axis=1)[None]

    return {"nearest_neighbours": _scores(data, seed, images, quantile, detect, ("distance",))}


def auroc(normal: np.ndarray, anomalous: np.ndarray) -> float:
    """The chance that an anomaly scores above a normal image, ties counting half (Mann and Whitney 1947)."""
    ranks = rankdata(np.concatenate([normal, anomalous]))[len(normal) :]
    return float((ranks.mean() - (len(anomalous) + 1) / 2) / len(normal))


def _flat(pictures: np.ndarray) -> np.ndarray:
    return pictures.reshape(len(pictures), -1) / np.float32(255)


def _scores(data: Data, seed: int, images: int, quantile: float, detect, detectors) -> dict[str, float | list]:
    test_images = spread(images, len(data.test))
    test = data.test[test_images]
    validation = data.validation[spread(images, len(data.validation))]
    anomalies = {"other data set": data.anomalies[spread(images, len(data.anomalies))]}
    anomalies |= {name.replace("_", " "): corrupted(test, name, strength, seed) for name, strength in DAMAGES.items()}
    damaged = [corrupted(validation, name, strength, seed) for name, strength in DAMAGES.items()]

    usual = detect(validation)
    told = np.array([[auroc(*pair) for pair in zip(usual, detect(pictures), strict=True)] for pictures in damaged])
    best = int(np.argmax(told.mean(axis=0)))
    normal = detect(test)
    found = {name: detect(pictures) for name, pictures in anomalies.items()}
    threshold = np.quantile(usual[best], quantile)

    def mean_auroc(normal, *others):
        return np.mean([auroc(normal, other) for other in others])

    aurocs = [[auroc(normal[i], values[i]) for values in found.values()] for i in range(len(detectors))]
    precisions = [[_precision(normal[i], values[i]) for values in found.values()] for i in range(len(detectors))]
    detected = [float(np.mean(values[best] > threshold)) for values in found.values()]
    chosen = [values[best] for values in found.values()]
    scores = {
        "auroc": float(np.mean(aurocs[best])),
        "auroc_resampled": resampled(mean_auroc, normal[best], *chosen),
        "average_precision": float(np.mean(precisions[best])),
        "detected": float(np.mean(detected)),
        "false_alarms": float(np.mean(normal[best] > threshold)),
        "auroc_by_anomaly": aurocs,
        "average_precision_by_anomaly": precisions,
        "detected_by_anomaly": detected,
        "anomalies": list(anomalies),
        "detectors": list(detectors),
        "detector": [best],
    }
    if data.test_labels is not None:
        labels = data.test_labels[test_images]
        classes = np.unique(data.test_labels)
        scores["auroc_by_class"] = [auroc(normal[best][labels == label], chosen[0]) for label in classes]
    return scores


def _precision(normal: np.ndarray, anomalous: np.ndarray) -> float:
    truth = np.repeat([0, 1], [len(normal), len(anomalous)])
    return float(average_precision_score(truth, np.concatenate([normal, anomalous])))
