"""Quantisation of latents: steps that fit the decoder, a dead zone around the centre."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from stages.common.subset import spread

NUDGE = 0.5  # of a latent, in its standard deviations, by which the decoder's response to it is measured
IMAGES = 16  # at whose latents it is measured


class Quantiser(NamedTuple):
    """A uniform quantiser with a dead zone: the bin of 0 is `dead_zone` steps wide, those of other numbers are one.

    Numbers stand for whole multiples of the step. Behind a wide dead zone these lie nearer to the inner end of their
    bins, where a peaked distribution has more of its values.
    """

    centre: np.ndarray  # (k,), what 0 stands for
    steps: np.ndarray  # (k,)
    dead_zone: float  # 1 for none

    def numbers(self, latents: np.ndarray) -> np.ndarray:
        """Latents (n, k) -> whole numbers int32 (n, k)."""
        scaled = (latents - self.centre) / self.steps
        return (np.sign(scaled) * np.floor(np.abs(scaled) + (1 - self.dead_zone / 2))).astype(np.int32)

    def values(self, numbers: np.ndarray) -> np.ndarray:
        """Whole numbers (n, k) -> the latents that they stand for, float32 (n, k)."""
        return (self.centre + self.steps * numbers).astype(np.float32)


def sensitivity(decode: Callable, latents: np.ndarray) -> np.ndarray:
    """How far an image moves with each latent, (k,): root mean square of the Euclidean length of the decoder's partial
    derivatives, by central differences at some of the latents (n, k).

    Steps inversely proportional to it share the distortion evenly between dimensions, which is best at high rates: with
    squared error near sum_i (sensitivity_i step_i)^2 / 12 and a rate of a constant less sum_i log(step_i), Lagrange's
    condition makes all products equal. For orthonormal components it is 1.
    """
    some = latents[spread(IMAGES, len(latents))]
    nudges = np.maximum(NUDGE * latents.std(axis=0), 1e-6).astype(np.float32)
    lengths = np.empty(latents.shape[1], np.float32)
    for i, nudge in enumerate(nudges):
        moved = np.stack([some, some])
        moved[:, :, i] += np.array([[nudge], [-nudge]])
        up, down = np.split(decode(moved.reshape(-1, latents.shape[1])), 2)
        lengths[i] = np.sqrt(np.sum(np.square(up - down, dtype=np.float64)) / len(some)) / (2 * nudge)
    return lengths
