"""Features: how much of an image's class can be read from its latent. Only for data sets with classes."""

import warnings

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import normalized_mutual_info_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from stages.common.task import Task
from stages.evaluate.measures.resampling import resampled_means
from stages.evaluate.protocol import Data, Functions

TASK = Task(
    measure="probe_1000",
    better="higher",
    label="accuracy of a linear probe on 1,000 labels",
    margin="absolute",
    headline=("probe_1000",),
    columns={
        "probe_100": "probe, 100 labels",
        "probe_1000": "1,000 labels",
        "probe_all": "all labels",
        "neighbours": "nearest neighbours",
        "kmeans": "k-means",
        "nmi": "NMI",
    },
)

LABELS = (100, 1000)  # besides all
DRAWS = 3  # of so few labels, averaged
NEIGHBOURS = 10


def score(model: Functions, data: Data, seed: int) -> dict[str, float | list]:
    """Accuracies on the test split: probe_100, probe_1000 and probe_all, logistic regression on so many labelled
    training latents (all where there are fewer); neighbours, of the ten nearest latents; kmeans, of as many clusters as
    classes, matched to the classes (Yang et al. 2010); and nmi, the clusters' normalised mutual information.

    Latents are standardised first. Without labels: nothing.
    """
    if data.train_labels is None:
        return {}
    return _scores(model.encode(data.train), model.encode(data.test), data, seed)


def references(data: Data, seed: int) -> dict[str, dict]:
    """The same on the pixels themselves."""
    if data.train_labels is None:
        return {}
    train, test = (split.reshape(len(split), -1) / np.float32(255) for split in (data.train, data.test))
    return {"raw_pixels": _scores(train, test, data, seed)}


def _scores(train: np.ndarray, test: np.ndarray, data: Data, seed: int) -> dict[str, float | list]:
    scaler = StandardScaler().fit(train)
    train, test = scaler.transform(train), scaler.transform(test)
    right = {f"probe_{count}": _few(train, test, data, seed, count) for count in LABELS}
    right["probe_all"] = _probe(train, data.train_labels, test, data.test_labels)
    neighbours = KNeighborsClassifier(NEIGHBOURS, algorithm="brute").fit(train, data.train_labels)
    right["neighbours"] = neighbours.predict(test) == data.test_labels
    classes = len(np.unique(data.train_labels))
    clusters = KMeans(classes, n_init=3, random_state=seed).fit(train).predict(test)
    return {name: float(np.mean(values)) for name, values in right.items()} | {
        "kmeans": clustering_accuracy(data.test_labels, clusters),
        "nmi": float(normalized_mutual_info_score(data.test_labels, clusters)),
        f"{TASK.measure}_resampled": resampled_means(right[TASK.measure]),
    }


def _few(train, test, data: Data, seed: int, count: int) -> np.ndarray:
    """For every test image, the share of the draws whose probe is right."""
    if count >= len(train):
        return _probe(train, data.train_labels, test, data.test_labels)
    right = []
    for draw in range(DRAWS):
        chosen, _ = train_test_split(
            np.arange(len(train)), train_size=count, random_state=DRAWS * seed + draw, stratify=data.train_labels
        )
        right.append(_probe(train[chosen], data.train_labels[chosen], test, data.test_labels))
    return np.mean(right, axis=0)


def _probe(train, train_labels, test, test_labels) -> np.ndarray:
    """For every test image, whether logistic regression on the training latents is right."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the last digits of the weights do not move the accuracy
        return LogisticRegression(max_iter=200).fit(train, train_labels).predict(test) == test_labels


def clustering_accuracy(labels: np.ndarray, clusters: np.ndarray) -> float:
    """The share of images whose cluster stands for their class, under the best one-to-one matching."""
    counts = np.zeros((labels.max() + 1, clusters.max() + 1), int)
    np.add.at(counts, (labels, clusters), 1)
    return float(counts[linear_sum_assignment(-counts)].sum() / len(labels))
