"""Probes: linear classifiers on few and on many labelled latents, nearest neighbours, and clusters of latents."""

import warnings

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, normalized_mutual_info_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from stages.common.seeds import RESAMPLED
from stages.common.subset import spread
from stages.evaluate.measures.resampling import resampled_means
from stages.evaluate.task_interface import Data

LABELS = (100, 1000)  # besides all
MAIN = "probe_1000"  # the probe that is resampled
DRAWS = 10  # of so few labels, the same for every architecture and seed
STRENGTHS = (0.001, 0.01, 0.1, 1.0, 10.0, 100.0)  # C of scikit-learn: the smaller, the more the weights are held back
CHOOSING, CHOOSING_DRAWS = 5000, 3  # labelled images of a draw, and draws, by which C is chosen, at most
NEIGHBOURS = 10
COLUMNS = 256  # standardised at a time: scikit-learn takes several copies of what it is given, in double precision


def probed(train: np.ndarray, test: np.ndarray, data: Data) -> tuple[dict[str, float], dict[str, list]]:
    """Accuracies and lists, see tasks/features.py; train, test: standardised latents (n, k)."""
    right, strengths = {}, []
    for count in (*LABELS, len(train)):
        draws = _draws(data.train_labels, count)
        shorter = [draw[spread(CHOOSING, len(draw))] for draw in draws[:CHOOSING_DRAWS]]
        strengths.append(_strength(train, data.train_labels, shorter))
        name = f"probe_{count if count in LABELS else 'all'}"
        probes = (_fitted(_taken(train, draw), data.train_labels[draw], strengths[-1]) for draw in draws)
        right[name] = np.array([probe.predict(test) == data.test_labels for probe in probes])
    neighbours = KNeighborsClassifier(NEIGHBOURS, algorithm="brute").fit(train, data.train_labels)
    right["neighbours"] = neighbours.predict(test) == data.test_labels
    lists = {"strengths": strengths, f"{MAIN}{RESAMPLED}": resampled_means(right[MAIN])}
    return {name: float(np.mean(values)) for name, values in right.items()}, lists


def standardised(train: np.ndarray, test: np.ndarray, white: int) -> tuple[np.ndarray, np.ndarray]:
    """Copies of both, float32 (n, k), over `white`, less the mean and over the standard deviation of train."""
    scaled = tuple(np.empty(split.shape, np.float32) for split in (train, test))
    for start in range(0, train.shape[1], COLUMNS):
        columns = np.s_[:, start : start + COLUMNS]
        scaler = StandardScaler().fit(train[columns] / np.float32(white))
        for split, to in zip((train, test), scaled, strict=True):
            to[columns] = scaler.transform(split[columns] / np.float32(white))
    return scaled  # type: ignore[return-value]


def clustering_accuracy(labels: np.ndarray, clusters: np.ndarray) -> float:
    """The share of images whose cluster stands for their class, under the best one-to-one matching."""
    counts = np.zeros((labels.max() + 1, clusters.max() + 1), int)
    np.add.at(counts, (labels, clusters), 1)
    return float(counts[linear_sum_assignment(-counts)].sum() / len(labels))


def clustered(train: np.ndarray, test: np.ndarray, data: Data, seed: int) -> dict[str, float]:
    """kmeans and nmi, see tasks/features.py, of as many clusters as classes in latents (n, k).

    It writes into train, which would be copied otherwise.
    """
    classes, labels = len(np.unique(data.train_labels)), data.test_labels
    clusters = KMeans(classes, n_init=3, random_state=seed, copy_x=False).fit(train).predict(test)
    nmi = float(normalized_mutual_info_score(labels, clusters))
    return {"kmeans": clustering_accuracy(labels, clusters), "nmi": nmi}


def _draws(labels: np.ndarray, count: int) -> list[np.ndarray]:
    """Indices of `count` training images, by class, DRAWS times; of all, once, where there are no more."""
    everything = np.arange(len(labels))
    if count >= len(labels):
        return [everything]
    options = {"train_size": count, "stratify": labels}
    return [train_test_split(everything, random_state=draw, **options)[0] for draw in range(DRAWS)]


def _taken(train: np.ndarray, draw: np.ndarray) -> np.ndarray:
    return train if len(draw) == len(train) else train[draw]  # no copy of all of it


def _strength(train: np.ndarray, labels: np.ndarray, draws: list[np.ndarray]) -> float:
    """The one of STRENGTHS that does best by cross-validation: trained on two thirds of each draw, the lowest
    cross-entropy on the last third, mean over draws."""
    losses = np.zeros(len(STRENGTHS))
    for draw in draws:
        fitted, held = train_test_split(draw, test_size=1 / 3, random_state=0, stratify=labels[draw])
        for i, strength in enumerate(STRENGTHS):
            model = _fitted(train[fitted], labels[fitted], strength)
            losses[i] += log_loss(labels[held], model.predict_proba(train[held]), labels=model.classes_)
    return STRENGTHS[int(np.argmin(losses))]


def _fitted(train: np.ndarray, labels: np.ndarray, strength: float) -> LogisticRegression:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the last digits of the weights do not move the accuracy
        return LogisticRegression(C=strength, max_iter=200).fit(train, labels)
