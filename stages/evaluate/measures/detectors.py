"""Detectors of anomalies: of a trained model, and the classical one, distances between images."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from sklearn.covariance import LedoitWolf
from sklearn.neighbors import NearestNeighbors

from stages.common.subset import spread
from stages.evaluate.measures.anomaly_map import AnomalyMap, chunks, fitted_map, map_score
from stages.evaluate.measures.anomaly_score import AnomalyScore, density_of, fitted, negative_log_density
from stages.evaluate.measures.image_quality import mse
from stages.evaluate.task_interface import Functions

NEIGHBOURS, NEIGHBOUR_IMAGES = 5, 10_000
VALIDATION_IMAGES = 2000  # for tails and thresholds, at most


class Detectors(NamedTuple):
    """Detectors that know normal images."""

    of: Callable[[np.ndarray], np.ndarray]  # uint8 images (n, ...) -> the scores of every detector, (detectors, n)
    validation: np.ndarray  # the scores of normal images that were not trained on, (detectors, n)
    score: AnomalyScore | None = None  # with the two below of a model: the headline's
    map: AnomalyMap | None = None
    map_scores: np.ndarray | None = None  # of the same images, each left out of what is expected, (n,)
    maps: Callable[[np.ndarray], np.ndarray] | None = None  # uint8 images -> anomaly maps (n, height, width)


def usual(validation: np.ndarray) -> np.ndarray:
    """The validation images that tails and thresholds are of."""
    return validation[spread(VALIDATION_IMAGES, len(validation))]


def model_detectors(model: Functions, validation: np.ndarray, seed: int) -> Detectors:
    """Detectors of tasks/anomaly.py, fitted once for each model: the score, with the tails of uint8 validation images;
    reconstruction error; of the latent the negative log density, the Mahalanobis distance from the training latents,
    and the mean distance to the five nearest of these; and the largest value of the anomaly map."""
    kept = {} if model.kept is None else model.kept
    if "detectors" not in kept:
        kept["detectors"] = _fitted(model, validation, seed)
    return kept["detectors"]


def _fitted(model: Functions, validation: np.ndarray, seed: int) -> Detectors:
    known, density = model.encode(model.train), density_of(model.mixture(seed))
    moments, distance = LedoitWolf().fit(known), neighbour_distance(known)
    latents, restored = _looked_at(model, validation)
    errors, some = mse(validation / np.float32(255), restored), spread(VALIDATION_IMAGES, len(validation))
    score = fitted(density, errors[some], latents[some])
    anomaly_map, map_scores = fitted_map(validation / np.float32(255), restored)

    def maps_of(images, restored):
        parts = [anomaly_map.of(own / np.float32(255), given) for own, given in chunks(images, restored)]
        return np.concatenate(parts)

    def scores_of(errors, latents, largest):
        unlikely = negative_log_density(density, latents)
        found = score.of(errors, latents), errors, unlikely, moments.mahalanobis(latents), distance(latents), largest
        return np.stack(found)

    def detect(images):
        latents, restored = _looked_at(model, images)
        errors = mse(images / np.float32(255), restored)
        return scores_of(errors, latents, map_score(maps_of(images, restored)))

    known_scores = scores_of(errors, latents, map_scores)
    return Detectors(
        detect, known_scores, score, anomaly_map, map_scores, lambda images: maps_of(images, model.reconstruct(images))
    )


def _looked_at(model: Functions, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Latents (n, k) and reconstructions of uint8 images."""
    latents = model.encode(images)
    return latents, model.decode(latents)


def pixel_detector(train: np.ndarray, validation: np.ndarray) -> Detectors:
    """Mean distance to the five nearest of uint8 images of train, pixel by pixel."""

    def flat(pictures):
        return pictures.reshape(len(pictures), -1) / np.float32(255)

    distance = neighbour_distance(train, flat)
    return Detectors(lambda pictures: distance(pictures)[None], distance(validation)[None])


def neighbour_distance(known: np.ndarray, rows: Callable = lambda values: values) -> Callable[[np.ndarray], np.ndarray]:
    """A function, values (n, ...) -> mean distance (n,) to the five nearest of the known ones; rows: makes (n, k) of
    both."""
    some = rows(known[spread(NEIGHBOUR_IMAGES, len(known))])
    neighbours = NearestNeighbors(n_neighbors=NEIGHBOURS, algorithm="brute").fit(some)
    return lambda values: neighbours.kneighbors(rows(values))[0].mean(axis=1)


def errors_and_latents(model: Functions, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Reconstruction errors (n,) and latents (n, k) of uint8 images."""
    latents, restored = _looked_at(model, images)
    return mse(images / np.float32(255), restored), latents
