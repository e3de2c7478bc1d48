"""Features: how much of an image's class can be read from its latent. Only for data sets with classes."""

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

from stages.common.subset import spread
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
        "probe_1000": "probe, 1,000 labels",
        "probe_100": "100 labels",
        "probe_all": "all labels",
        "neighbours": "nearest neighbours",
        "kmeans": "k-means",
        "nmi": "NMI",
    },
)

LABELS = (100, 1000)  # besides all
DRAWS = 10  # of so few labels, the same for every architecture and seed
STRENGTHS = (0.001, 0.01, 0.1, 1.0, 10.0, 100.0)  # C of scikit-learn: the smaller, the more the weights are held back
CHOOSING, CHOOSING_DRAWS = 5000, 3  # labelled images of a draw, and draws, by which C is chosen, at most
NEIGHBOURS = 10
COLUMNS = 256  # standardised at a time: scikit-learn takes several copies of what it is given, in double precision


def score(model: Functions, data: Data, seed: int) -> dict[str, float | list]:
    """Accuracies on the test split: probe_100, probe_1000 and probe_all, logistic regression on so many labelled
    training latents (all where there are fewer), mean over ten draws of the labels, regularised as cross-validation on
    them chooses; neighbours, of the ten nearest latents; kmeans, of as many clusters as classes, matched to the classes
    (Yang et al. 2010); and nmi, the clusters' normalised mutual information.

    Latents are standardised first. Without labels: nothing.
    Lists: strengths, the C chosen for each probe; probe_1000_resampled, over test images and draws of labels.
    """
    if data.train_labels is None:
        return {}
    return _scores(model.encode(data.train), model.encode(data.test), data, [seed])[0]


def references(data: Data, seeds: list[int]) -> list[dict[str, dict]]:
    """The same on the pixels themselves."""
    if data.train_labels is None:
        return [{} for _ in seeds]
    train, test = (split.reshape(len(split), -1) for split in (data.train, data.test))
    return [{"raw_pixels": scores} for scores in _scores(train, test, data, seeds, white=255)]


def _scores(
    train: np.ndarray, test: np.ndarray, data: Data, seeds: list[int], white: int = 1
) -> list[dict[str, float | list]]:
    """By seed; only k-means draws by it. white: what the latents, or pixels, are divided by."""
    accuracies, lists = _probed(*_standardised(train, test, white), data)
    clustered = (_clustered(*_standardised(train, test, white), data, seed) for seed in seeds)
    return [accuracies | own | lists for own in clustered]


def _probed(train: np.ndarray, test: np.ndarray, data: Data) -> tuple[dict[str, float], dict[str, list]]:
    """Accuracies of the probes and of nearest neighbours; and the lists that belong to them."""
    right, strengths = {}, []
    for count in (*LABELS, len(train)):
        draws = _draws(data.train_labels, count)
        shorter = [draw[spread(CHOOSING, len(draw))] for draw in draws[:CHOOSING_DRAWS]]
        strengths.append(_strength(train, data.train_labels, shorter))
        name = f"probe_{count if count in LABELS else 'all'}"
        right[name] = np.array(
            [
                _fitted(_taken(train, draw), data.train_labels[draw], strengths[-1]).predict(test) == data.test_labels
                for draw in draws
            ]
        )
    neighbours = KNeighborsClassifier(NEIGHBOURS, algorithm="brute").fit(train, data.train_labels)
    right["neighbours"] = neighbours.predict(test) == data.test_labels
    return {name: float(np.mean(values)) for name, values in right.items()}, {
        "strengths": strengths,
        f"{TASK.measure}_resampled": resampled_means(right[TASK.measure]),
    }


def _clustered(train: np.ndarray, test: np.ndarray, data: Data, seed: int) -> dict[str, float]:
    """How well clusters fit the classes. It writes into train, which would be copied otherwise."""
    classes = len(np.unique(data.train_labels))
    clusters = KMeans(classes, n_init=3, random_state=seed, copy_x=False).fit(train).predict(test)
    return {
        "kmeans": clustering_accuracy(data.test_labels, clusters),
        "nmi": float(normalized_mutual_info_score(data.test_labels, clusters)),
    }


def _standardised(train: np.ndarray, test: np.ndarray, white: int) -> tuple[np.ndarray, np.ndarray]:
    """Copies of both, float32 (n, k), over `white`, less the mean and over the standard deviation of train."""
    scaled = tuple(np.empty(split.shape, np.float32) for split in (train, test))
    for start in range(0, train.shape[1], COLUMNS):
        own = np.s_[:, start : start + COLUMNS]
        scaler = StandardScaler().fit(train[own] / np.float32(white))
        for split, to in zip((train, test), scaled, strict=True):
            to[own] = scaler.transform(split[own] / np.float32(white))
    return scaled


def _draws(labels: np.ndarray, count: int) -> list[np.ndarray]:
    """Indices of `count` training images, by class, DRAWS times; of all, once, where there are no more."""
    everything = np.arange(len(labels))
    if count >= len(labels):
        return [everything]
    return [
        train_test_split(everything, train_size=count, random_state=draw, stratify=labels)[0] for draw in range(DRAWS)
    ]


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


def clustering_accuracy(labels: np.ndarray, clusters: np.ndarray) -> float:
    """The share of images whose cluster stands for their class, under the best one-to-one matching."""
    counts = np.zeros((labels.max() + 1, clusters.max() + 1), int)
    np.add.at(counts, (labels, clusters), 1)
    return float(counts[linear_sum_assignment(-counts)].sum() / len(labels))
