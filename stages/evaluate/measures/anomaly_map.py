"""Anomaly map: how many times larger the reconstruction error around each pixel is than expected there.

The squared error, smoothed, over its expectation: the mean of what validation images have at this pixel, and of what
they have where a reconstruction is as steep as it is here, since no network puts every edge where it belongs. The width
of the Gaussian is that of PaDiM (Defard et al. 2021: sigma 4 of 224 pixels). On scratches drawn into validation images
this found more of them than the plain smoothed error, and than that error standardised by each pixel's mean and
deviation.

Functions on images' numbers take the module that computes, numpy or keras.ops, so that an exported graph holds the very
same definition, which stages/page/engine.js repeats in JavaScript. Smoothing and differences are products with
matrices, which every backend has.
"""

from typing import NamedTuple

import numpy as np

WIDTH = 1 / 56  # sigma as a share of the shorter side; at least LEAST_SIGMA pixels
LEAST_SIGMA = 1.0
WIDER = 2  # times sigma: how far from an edge an error may be that it explains
LEAST_FLAT, LEAST = 0.05, 1e-9  # of the error expected where nothing is steep: a share of the mean error; at all
AT_THRESHOLD = 128  # of 255, in pictures
CHUNK = 256  # images whose maps are computed together, at most


class AnomalyMap(NamedTuple):
    """All that the map of an image needs besides the network; for images of height x width pixels in [0, 1]."""

    sigma: np.ndarray  # of the Gaussian, in pixels, ()
    mean: np.ndarray  # smoothed squared errors of validation images, (height, width)
    flat: np.ndarray  # the error expected where the reconstruction has no edge, ()
    slope: np.ndarray  # what is added to it for each unit of steepness, ()

    def of(self, images, reconstructions, xp=np):
        """Maps (n, height, width) of float images and reconstructions, each (n, height, width, channels)."""
        error, steepness = error_and_steepness(images, reconstructions, float(self.sigma), xp)
        return error / self.expected(steepness)

    def expected(self, steepness):
        """The error expected around each pixel, (n, height, width), from the steepness of a reconstruction there."""
        mean, flat, slope = (np.asarray(part, np.float32) for part in self[1:])
        return (mean + flat + slope * steepness) / 2

    def arrays(self) -> dict[str, np.ndarray]:
        """The arrays of all parts by name, from which `map_of` makes the map again."""
        return {f"map_{name}": np.asarray(part, "<f8") for name, part in self._asdict().items()}


def map_of(arrays: dict[str, np.ndarray]) -> AnomalyMap:
    """The map back from its arrays."""
    return AnomalyMap(*(arrays[f"map_{name}"] for name in AnomalyMap._fields))


def map_score(maps, xp=np):
    """The score, (n,), of maps (n, height, width): their largest value, so that a defect counts however small it is."""
    return xp.max(maps, axis=(1, 2))


def as_grey(maps: np.ndarray, threshold: float) -> np.ndarray:
    """Maps (n, height, width) as uint8 of the same shape: 0 is no error, AT_THRESHOLD and above is what reaches the
    threshold, 255 twice the threshold or more."""
    return np.clip(np.floor(maps * (AT_THRESHOLD / threshold)), 0, 255).astype(np.uint8)


def sigma_of(height: int, width: int) -> float:
    """Standard deviation in pixels of the Gaussian that smooths images of that size."""
    return max(WIDTH * min(height, width), LEAST_SIGMA)


def error_and_steepness(images, reconstructions, sigma: float, xp=np):
    """The squared error and the squared gradient of the reconstruction, means over channels, smoothed, each
    (n, height, width), of images (n, height, width, channels)."""
    images, restored = (xp.moveaxis(array, -1, 1) for array in (images, reconstructions))
    down, across = (differences(length) for length in restored.shape[2:])
    squares = xp.square(xp.matmul(down, restored)) + xp.square(xp.matmul(restored, across.T))
    error = smoothed(xp.mean(xp.square(images - restored), axis=1), sigma, xp)
    return error, smoothed(xp.mean(squares, axis=1), WIDER * sigma, xp)


def smoothed(values, sigma: float, xp=np):
    """Values (n, height, width), each the mean of those around it, weighted by a Gaussian of that standard deviation in
    pixels; at the border by what of it lies inside."""
    rows, columns = (_gaussian(length, sigma) for length in values.shape[1:])
    return xp.matmul(xp.matmul(rows, values), columns.T)


def differences(length: int) -> np.ndarray:
    """The matrix (length, length) of central differences along a line, whose ends are repeated."""
    steps = np.eye(length, k=1) - np.eye(length, k=-1)
    steps[0, 0], steps[-1, -1] = -1, 1
    return (steps / 2).astype(np.float32) * (length > 1)


def _gaussian(length: int, sigma: float) -> np.ndarray:
    offsets = np.arange(length)[:, None] - np.arange(length)
    weights = np.exp(-(offsets**2) / (2 * sigma**2))
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def fitted_map(images: np.ndarray, reconstructions: np.ndarray) -> tuple[AnomalyMap, np.ndarray]:
    """The map with what is expected of normal images that were not trained on, float (n, height, width, channels), and
    the scores (n,) that these have where each is left out of the mean: else few images would look too usual."""
    sigma = sigma_of(*images.shape[1:3])
    parts = [error_and_steepness(*pair, sigma) for pair in chunks(images, reconstructions)]  # type: ignore[call-arg]
    errors, steepness = (np.concatenate(part) for part in zip(*parts, strict=True))
    typical, usual = errors.mean(dtype=np.float64), steepness.mean(dtype=np.float64)
    spread = np.var(steepness, dtype=np.float64)
    together = np.mean(errors * (steepness - usual), dtype=np.float64)
    slope = max(together / spread, 0) if spread > 0 else 0.0
    flat = max(typical - slope * usual, LEAST_FLAT * typical, LEAST)
    mean = errors.mean(axis=0, dtype=np.float64)
    own = AnomalyMap(*map(np.array, (sigma, mean, flat, slope)))
    scores = []
    for error, steep in zip(errors, steepness, strict=True):
        others = (len(errors) * mean - error) / max(len(errors) - 1, 1)
        scores.append(np.max(error / own._replace(mean=np.maximum(others, 0)).expected(steep)))
    return own, np.array(scores, np.float64)


def chunks(*arrays: np.ndarray):
    """Parts of arrays of one length, of CHUNK rows at most: maps take several times the memory of their images."""
    for start in range(0, len(arrays[0]), CHUNK):
        yield tuple(array[start : start + CHUNK] for array in arrays)
