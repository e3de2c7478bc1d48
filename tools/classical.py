"""Classical methods for use: nearest neighbours of training images, and denoisers, where one of them is recommended.

data/<data set>/nearest_neighbours detects anomalies, data/<data set>/nonlocal_means (or median, wavelet,
total_variation, linear_regression ...) denoises: in the place of a model's folder, with no network to load. What
evaluation has chosen for them is taken from metrics/<data set>/references.json.
"""

import json
import warnings
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from skimage.restoration import estimate_sigma
from sklearn.neighbors import NearestNeighbors

from stages.common.file_errors import whole
from stages.common.stage import UserError
from stages.common.subset import spread
from stages.evaluate.load import load_data
from stages.evaluate.measures.classical_denoisers import METHODS
from stages.evaluate.measures.detection import known_images
from stages.evaluate.measures.detectors import NEIGHBOUR_IMAGES, NEIGHBOURS
from stages.evaluate.measures.pictures import highest

NEAREST = "nearest_neighbours"
# Inpainting fills a block of known size, which files of a user have not.
TASKS = {NEAREST: "anomaly"} | {name: "denoising" for name in METHODS if name != "inpainting"}


class Neighbours:
    """Nearest training images in the place of a network: an image's latent is its pixels, and its reconstruction the
    nearest training image. images: uint8 (n, height, width, channels), of which as many are known as in evaluation"""

    def __init__(self, images: np.ndarray):
        self.image_shape = images.shape[1:]
        self.encoder = self.encode
        self._images = images[spread(NEIGHBOUR_IMAGES, len(images))]
        self._nearest = NearestNeighbors(n_neighbors=NEIGHBOURS, algorithm="brute").fit(self.encode(self._images))

    def encode(self, images: np.ndarray) -> np.ndarray:
        """uint8 images -> pixels in [0, 1], (n, height * width * channels)."""
        return images.reshape(len(images), -1) / np.float32(255)

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Pixels -> the nearest training image of each, floats in [0, 1]."""
        nearest = self._nearest.kneighbors(latents, 1, return_distance=False)[:, 0]
        return self._images[nearest] / np.float32(255)

    def of(self, errors: np.ndarray, latents: np.ndarray) -> np.ndarray:
        """The anomaly score, (n,): the mean distance to the five nearest training images."""
        return self._nearest.kneighbors(latents)[0].mean(axis=1)


class Denoiser(NamedTuple):
    """A classical denoiser in the place of a network, with its parameters for several strengths of Gaussian noise."""

    fitted: Callable[[float], Callable]  # to a standard deviation of the noise
    image_shape: tuple[int, int, int]
    parameters: dict[float, tuple]  # by standard deviation of the noise
    encoder: None = None

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """uint8 images -> floats in [0, 1], each by the parameters for the noise that is estimated in it."""
        return np.concatenate([self._restored(image) for image in images])

    def _restored(self, image: np.ndarray) -> np.ndarray:
        with warnings.catch_warnings(action="ignore", category=RuntimeWarning):  # an image of one value has no estimate
            noise = np.nan_to_num(estimate_sigma(image / np.float32(255), channel_axis=-1, average_sigmas=True))
        sigma = min(self.parameters, key=lambda sigma: abs(sigma - noise))
        return self.fitted(sigma)(image[None], *self.parameters[sigma])


def is_classical(path: Path) -> bool:
    """Whether a path names a classical method of a data set: data/<data set>/<method>."""
    return path.name in TASKS and path.parts[-3:-2] == ("data",) and not path.exists()


class Known(NamedTuple):
    """What takes the place of a model's network and of what evaluation has fixed for it."""

    network: Neighbours | Denoiser
    score: Neighbours | None = None
    threshold: float | None = None
    validation: np.ndarray | None = None  # scores of validation images, (1, n)


def known(path: Path) -> Known:
    """The method of a path, with what the stage references chose for it. Raises UserError where the data set or its
    references are not there."""
    method, dataset = path.name, path.parent.name
    if (root := path.absolute().parents[2]) != Path.cwd():
        raise UserError(f"{path} needs its data set: go to {root}, and name data/{dataset}/{method}")
    kept = Path("metrics", dataset, "references.json")
    with whole(kept, f"dvc repro references@{dataset}"):
        content = json.loads(kept.read_text())
        tasks = {task["name"]: task["options"] for task in content["tasks"]}
    if TASKS[method] not in tasks:
        raise UserError(f"{path}: {TASKS[method]}, which it is for, is none of the tasks that params.yaml lists")
    own = content["scores"][TASKS[method]][method]
    data = load_data(dataset)
    if method == NEAREST:
        neighbours = Neighbours(data.train)
        scores = neighbours.of(None, neighbours.encode(known_images(data)))[None]
        if data.validation_pictures is not None:
            scores = highest(scores, data.validation_pictures)
        return Known(neighbours, neighbours, float(own["threshold"][0]), scores)
    sigmas, parameters = tasks[TASKS[method]]["gaussian"], map(tuple, own["parameters"][0])  # other damage follows
    fitted = cache(partial(METHODS[method][0], data.train, "gaussian"))  # to the strengths that are met, once
    return Known(Denoiser(fitted, data.train.shape[1:], dict(zip(sigmas, parameters, strict=False))))
