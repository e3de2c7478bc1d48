"""A coder of latents: a quantiser and an entropy coder with tables, fitted to training latents, whose step and dead
zone are still to be chosen."""

from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from stages.common.subset import spread
from stages.evaluate.measures.latent_codec import Codec, Quantiser, tables_of
from stages.evaluate.measures.rate_distortion import Curve, Point, curve_of, measured, psnr_gain

OUTSIDE = 0.0005  # share of training latents left out at either end of the range that is quantised
DEAD_ZONES = (1.0, 1.2)  # steps; 1 is none, at 1.4 nobody gained
STEPS = 2.0 ** -np.arange(-3, 10)  # how far one step of a latent moves an image, Euclidean, pixels in [0, 1]
FINE = np.geomspace(STEPS[0], STEPS[-1], 1024)  # steps, among which the one for a rate is searched
NUDGE = 0.5  # of a latent, in its standard deviations, by which the decoder's response to it is measured
NUDGED = 16  # images at whose latents it is measured
TOGETHER = 16  # dimensions for which these are decoded at once
TABLE_IMAGES = 10_000  # training images that tables are fitted on, at most
SMALLEST = 0.001  # bits per pixel; coding nothing is put here, since 0 has no logarithm


class Coder(NamedTuple):
    """A quantiser and entropy coder of latents whose steps are still to be chosen."""

    centre: np.ndarray  # (k,)
    train: np.ndarray  # latents that tables are fitted on, (n, k)
    sensitivities: np.ndarray  # (k,)
    decode: Callable

    def points(self, pictures, latents, rates, reach: float, dead_zone: float) -> list[Point]:
        """First that nothing is coded and every latent is the centre; then one for each step, from the last whose rate
        is at most the low one to the first that reaches `reach`, and the finest at no more than each of the rates."""
        pixels = np.prod(pictures.shape[:3])
        settings = [(SMALLEST * pixels, np.tile(self.centre, (len(latents), 1)))]
        at_rates = {self.step_for(latents, rate * pixels / len(latents), dead_zone) for rate in rates}
        for step in sorted({*STEPS, *at_rates}, reverse=True):
            codec = self.codec(step, dead_zone)
            numbers = codec.numbers(latents)
            bits = max(codec.bits(numbers), SMALLEST * pixels)
            if bits <= rates[0] * pixels:
                settings = settings[:1]
            settings.append((bits, codec.quantiser.values(numbers)))
            if bits >= reach * pixels:
                break
        return [measured(pictures, bits, self.decode(restored)) for bits, restored in settings]

    def codec(self, step: float, dead_zone: float) -> Codec:
        """With that step, and tables that fit it."""
        quantiser = Quantiser(self.centre, np.float32(step) / np.maximum(self.sensitivities, 1e-9), dead_zone)
        return Codec(tables_of(quantiser.numbers(self.train)), quantiser)

    def step_for(self, latents, bits: float, dead_zone: float) -> float:
        """The smallest step, of a fine grid of them, whose stream of latents (n, k) takes at most so many bits an
        image; the largest where none does."""

        def taken(step):
            codec = self.codec(step, dead_zone)
            return codec.bits(codec.numbers(latents))

        return float(FINE[max(bisect_right(FINE, bits * len(latents), key=taken) - 1, 0)])


def sensitivity(decode: Callable, latents: np.ndarray) -> np.ndarray:
    """How far an image moves with each latent, (k,): root mean square of the Euclidean length of the decoder's partial
    derivatives, by central differences at some of the latents (n, k).

    Steps inversely proportional to it share the distortion evenly between dimensions, which is best at high rates: with
    squared error near sum_i (sensitivity_i step_i)^2 / 12 and a rate of a constant less sum_i log(step_i), Lagrange's
    condition makes all products equal. For orthonormal components it is 1.
    """
    some = latents[spread(NUDGED, len(latents))]
    nudges = np.maximum(NUDGE * latents.std(axis=0), 1e-6).astype(np.float32)
    lengths = np.empty(len(nudges), np.float32)
    for start in range(0, len(nudges), TOGETHER):
        steps = nudges[start : start + TOGETHER]
        moved = np.tile(some, (len(steps), 2, 1, 1))
        for i, step in enumerate(steps):
            moved[i, :, :, start + i] += np.array([[step], [-step]])
        images = decode(moved.reshape(-1, len(nudges)))
        for i, (up, down) in enumerate(images.reshape(len(steps), 2, len(some), *images.shape[1:])):
            square = np.sum(np.square(up - down, dtype=np.float64)) / len(some)
            lengths[start + i] = np.sqrt(square) / (2 * steps[i])
    return lengths


def fitted_coder(train_latents: np.ndarray, decode: Callable) -> Coder:
    """The coder of a model, fitted to the latents (n, k) of its training images."""
    return coder_of(train_latents[spread(TABLE_IMAGES, len(train_latents))], decode)


def coder_of(latents: np.ndarray, decode: Callable, sensitivities: np.ndarray | None = None) -> Coder:
    """The coder of latents (n, k) of training images, whose median becomes the centre; sensitivities (k,): where they
    are known beforehand."""
    sensitivities = sensitivity(decode, latents) if sensitivities is None else sensitivities
    ends = np.quantile(latents, (OUTSIDE, 1 - OUTSIDE), axis=0).astype(np.float32)
    return Coder(np.median(latents, axis=0), np.clip(latents, *ends), sensitivities, decode)


def tuned(
    coder: Coder, sets: dict[str, tuple], rates: list[float], reach: float, reference: Curve | None = None
) -> tuple[float, list[Point], list[Point]]:
    """The dead zone with the largest gain on validation over the reference, or over none, and the points with it on
    validation and on test.

    sets: under "validation" and "test" uint8 pictures (n, height, width, channels) and their latents (n, k)
    """
    candidates = {zone: coder.points(*sets["validation"], rates, reach, zone) for zone in DEAD_ZONES}  # type: ignore[call-arg]
    curves = {zone: curve_of(points) for zone, points in candidates.items()}
    reference = reference or curves[DEAD_ZONES[0]]
    best = max(DEAD_ZONES, key=lambda zone: psnr_gain(curves[zone], reference, rates[0], rates[-1]))
    return best, candidates[best], coder.points(*sets["test"], rates, reach, best)  # type: ignore[call-arg]
