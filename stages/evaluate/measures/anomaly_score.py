"""Anomaly score: how rare an image is among normal ones in reconstruction error or in latent density, whichever of the
two is rarer.

Functions on images' numbers take the module that computes, numpy or keras.ops, so that an exported graph holds the very
same definition; stages/page/engine.js repeats it in JavaScript.
"""

from typing import NamedTuple

import numpy as np

from stages.evaluate.task_interface import Mixture

KNOTS = 128  # of a tail, evenly spaced in surprisal
TOP = 0.1  # share of normal values, the largest, to which the exponential tail is fitted
LEAST_SCALE = 1e-9  # of a tail, where the largest values are all the same


class Density(NamedTuple):
    """A mixture of m Gaussians on latents of k numbers, along d axes."""

    axes: np.ndarray  # (k, d)
    weights: np.ndarray  # (m,)
    means: np.ndarray  # (m, d)
    factors: np.ndarray  # (m, d, d), triangular, so that precision = factor factor^T

    @property
    def heights(self) -> np.ndarray:
        """Logarithms of weight times density at the mean, (m,)."""
        diagonals = np.diagonal(self.factors, axis1=1, axis2=2)
        return np.log(self.weights) + np.log(diagonals).sum(axis=1) - self.means.shape[1] / 2 * np.log(2 * np.pi)


class Tail(NamedTuple):
    """Surprisal, -log of the tail probability, as a function that is linear between knots and beyond the last."""

    knots: np.ndarray  # (KNOTS,), rising
    surprisals: np.ndarray  # (KNOTS,), of the knots
    slopes: np.ndarray  # (KNOTS,), from each knot on


class AnomalyScore(NamedTuple):
    """All that the score of an image needs besides the network."""

    density: Density
    error_tail: Tail
    density_tail: Tail

    def of(self, errors, latents, xp=np):
        """The score, (n,), of images with reconstruction errors (n,) and latents (n, k): the larger of both surprisals
        in nats. It grows with the error and falls with the density."""
        unlikely = negative_log_density(self.density, latents, xp)
        return xp.maximum(surprisal(self.error_tail, errors, xp), surprisal(self.density_tail, unlikely, xp))

    def arrays(self) -> dict[str, np.ndarray]:
        """The arrays of all parts by name, from which `score_of` makes the score again."""
        return {
            f"{name}_{part}": array.astype("<f8")
            for name, own in self._asdict().items()
            for part, array in own._asdict().items()
        }


def score_of(arrays: dict[str, np.ndarray]) -> AnomalyScore:
    """The score back from its arrays."""
    kinds = AnomalyScore.__annotations__.items()
    return AnomalyScore(*(kind(*(arrays[f"{name}_{part}"] for part in kind._fields)) for name, kind in kinds))


def density_of(mixture: Mixture) -> Density:
    """The density of a fitted mixture."""
    gaussians = mixture.gaussians
    return Density(mixture.axes, gaussians.weights_, gaussians.means_, gaussians.precisions_cholesky_)


def negative_log_density(density: Density, latents, xp=np):
    """-log of the density, (n,), of latents (n, k), in nats."""
    inner, logs = xp.matmul(latents, density.axes), []
    for height, mean, factor in zip(density.heights, density.means, density.factors, strict=True):
        whitened = xp.matmul(inner - mean, factor)
        logs.append(height - xp.sum(xp.square(whitened), axis=1) / 2)
    logs = xp.stack(logs)
    top = xp.max(logs, axis=0)
    return -top - xp.log(xp.sum(xp.exp(logs - top), axis=0))


def tail_of(normal: np.ndarray) -> Tail:
    """The tail of values of normal images, (n,), of which larger ones are less usual.

    Inside, the i-th smallest of n values is exceeded with a chance of 1 - i / (n + 1) (Weibull 1939). Beyond the
    largest, excesses are exponential, as those of most distributions are in the limit (Pickands 1975, with shape 0);
    their scale is that of the largest tenth.
    """
    ordered, n = np.sort(normal).astype(np.float64), len(normal)
    known = -np.log1p(-np.arange(1, n + 1) / (n + 1))
    surprisals = np.linspace(known[0], known[-1], KNOTS)
    knots = np.interp(surprisals, known, ordered)
    top = ordered[-max(round(TOP * n), 2) :]
    scale = max((top - top[0]).sum() / (len(top) - 1), LEAST_SCALE)
    rises, runs = np.diff(surprisals), np.diff(knots)
    slopes = np.divide(rises, runs, out=np.zeros(KNOTS - 1), where=runs > 0)  # no value lies between equal knots
    return Tail(knots, surprisals, np.append(slopes, 1 / scale))


def surprisal(tail: Tail, values, xp=np):
    """-log of the chance, (n,), that a normal image exceeds values (n,); of a value that many have, that they reach
    it."""
    values = xp.maximum(values, tail.knots[0])
    below = xp.sum(tail.knots < values[:, None], axis=1)
    knot = xp.maximum(below - 1, 0)
    start, surprise, slope = (xp.take(array, knot) for array in tail)
    return surprise + slope * (values - start)


def fitted(density: Density, errors: np.ndarray, latents: np.ndarray) -> AnomalyScore:
    """The score with the tails of normal images that were not trained on: errors (n,) and latents (n, k)."""
    return AnomalyScore(density, tail_of(errors), tail_of(negative_log_density(density, latents)))
