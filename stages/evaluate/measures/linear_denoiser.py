"""Linear regression of clean images on damaged ones: the best linear denoiser, fitted to training images."""

import numpy as np
from scipy.linalg import eigh

from stages.common.subset import spread
from stages.evaluate.measures.budgets import SIDE, fewer
from stages.evaluate.measures.corruption import corrupted

RIDGES = ((1e-5,), (1e-4,), (1e-3,), (1e-2,), (1e-1,))  # variances of pixels in [0, 1]
TILE = 16  # height and width of the tiles of large images
FEWEST = 500  # large images
DAMAGED = 20_000  # images or tiles that it learns from, at least: few are damaged several times
CHUNK = 2000  # images at a time, of large ones fewer
SEEDS = 2000  # the first of the damage of training images: other than the seeds of those that are scored


class LinearDenoiser:
    """Ridge regression of all pixels of a clean image on all pixels of the damaged one (Hoerl and Kennard 1970): for
    noise that is independent of the image, the Wiener filter with the covariance of the training images.

    Images above 32 x 32 pixels are cut into tiles of 16 x 16, which share their weights.

    train: clean uint8 images (n, height, width, channels); kind, strength: of the damage, see corruption.py
    """

    def __init__(self, train: np.ndarray, kind: str, strength: float):
        train = train[spread(fewer(len(train), train.shape[1:], FEWEST), len(train))]
        tiles = _tiles(train)
        size = tiles.shape[1]
        self._clean_mean, draws = tiles.mean(axis=0) / 255, -(-DAMAGED // len(tiles))
        total, squares, products = (np.zeros(shape) for shape in (size, (size, size), (size, size)))
        step = fewer(CHUNK, train.shape[1:], 1)
        parts = [train[start : start + step] for start in range(0, len(train), step)] * draws
        for index, part in enumerate(parts):
            x = _tiles(corrupted(part, kind, strength, SEEDS + index)) / np.float32(255)
            total += x.sum(axis=0, dtype=float)
            squares += (x.T @ x).astype(float)
            products += (x.T @ _centred(_tiles(part), self._clean_mean)).astype(float)
        count = draws * len(tiles)
        self._damaged_mean = total / count
        variance = squares / count - np.outer(self._damaged_mean, self._damaged_mean)
        self._variances, self._directions = eigh(variance, overwrite_a=True)
        self._covariance = self._directions.T @ (products / count)

    def __call__(self, images: np.ndarray, ridge: float) -> np.ndarray:
        """Damaged uint8 images (n, height, width, channels) -> floats in [0, 1]. ridge: added to every variance"""
        x = _centred(_tiles(images), self._damaged_mean)
        weights = self._covariance / (np.maximum(self._variances, 0) + ridge)[:, None]
        tiles = x @ self._directions @ weights + self._clean_mean
        return np.clip(_images(tiles, images.shape), 0, 1)


def _centred(tiles: np.ndarray, mean: np.ndarray) -> np.ndarray:
    return tiles / np.float32(255) - mean.astype(np.float32)


def _tiles(images: np.ndarray) -> np.ndarray:
    """Images (n, height, width, channels) -> flat tiles (n * tiles of an image, values of a tile); small images are one
    tile each. What is missing at the lower and right border is repeated from there."""
    n, height, width, channels = images.shape
    if max(height, width) <= SIDE:
        return images.reshape(n, -1)
    whole = np.pad(images, ((0, 0), (0, -height % TILE), (0, -width % TILE), (0, 0)), "edge")
    cut = whole.reshape(n, whole.shape[1] // TILE, TILE, -1, TILE, channels)
    return cut.transpose(0, 1, 3, 2, 4, 5).reshape(-1, TILE * TILE * channels)


def _images(tiles: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Tiles put together again, see `_tiles`; shape: of the images."""
    n, height, width, channels = shape
    if max(height, width) <= SIDE:
        return tiles.reshape(shape)
    rows = -(-height // TILE)
    cut = tiles.reshape(n, rows, -1, TILE, TILE, channels).transpose(0, 1, 3, 2, 4, 5)
    return cut.reshape(n, rows * TILE, -1, channels)[:, :height, :width]
