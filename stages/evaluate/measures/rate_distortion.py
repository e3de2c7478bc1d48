"""Rate and distortion of coders: points of a coder on a set of images, the best of them at no more than a rate, and
Bjontegaard's deltas between the curves of two: PSNR at equal rate, rate at equal PSNR.

Bjontegaard 2001, "Calculation of average PSNR differences between RD-curves", VCEG-M33; curves are interpolated by
piecewise cubics on the logarithm of the rate, as in the common test conditions of later video coders.
"""

from typing import Annotated, NamedTuple

import numpy as np
from pydantic import AfterValidator, Field, PositiveFloat
from scipy.interpolate import PchipInterpolator

from stages.common.settings import rising
from stages.evaluate.measures.image_quality import psnr, ssim
from stages.evaluate.measures.resampling import RESAMPLED, resampled_means
from stages.evaluate.task_interface import Scores

NODES = 1000  # of the midpoint rule that averages over a range
Rates = Annotated[list[PositiveFloat], Field(min_length=2), AfterValidator(rising)]


class Point(NamedTuple):
    """One setting of a coder on a set of images."""

    rate: float  # bits per pixel (a pixel of three channels is one pixel)
    psnr: np.ndarray  # dB, (n,)
    ssim: np.ndarray  # (n,)


def measured(pictures: np.ndarray, bits: float, images: np.ndarray) -> Point:
    """The point of a coder that spends so many bits on all uint8 pictures (n, height, width, channels); images: what it
    decodes, floats of the same shape."""
    given = pictures / np.float32(255)
    return Point(float(bits / np.prod(pictures.shape[:3])), psnr(given, images), ssim(given, images))


def psnrs_at_most(points: list[Point], rates: list[float]) -> Scores:
    """psnr_<rate> for each of the rates, dB: the best mean PSNR of all points that use no more bits per pixel, and its
    bootstrap. Nothing for a rate that all points are above."""
    scores = {}  # type: Scores
    for rate in rates:
        within = [point.psnr for point in points if point.rate <= rate]
        if within:
            best = max(within, key=np.mean)
            scores |= {f"psnr_{rate}": float(best.mean()), f"psnr_{rate}{RESAMPLED}": resampled_means(best)}
    return scores


class Curve(NamedTuple):
    """Points of a coder: rates (points,) in any unit, above 0, and qualities (points, ...), such as PSNR in dB."""

    rates: np.ndarray
    qualities: np.ndarray


def ordered(rates: list[float], qualities: list) -> Curve:
    """A curve whose rates rise; of points at the same rate the first is kept."""
    kept = np.unique(np.asarray(rates, float), return_index=True)[1]
    return Curve(np.asarray(rates, float)[kept], np.asarray(qualities, float)[kept])


def interpolated(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Values y (points, ...) at other x (m,) -> (m, ...); beyond the ends of x those of the ends."""
    if len(x) == 1:
        return np.broadcast_to(y, (len(at), *y.shape[1:]))
    return PchipInterpolator(x, y)(np.clip(at, x[0], x[-1]))


def quality_at(curve: Curve, rates: np.ndarray) -> np.ndarray:
    """Qualities (m, ...) at rates (m,). Above the highest rate of the curve its quality there is kept: a coder may
    always spend fewer bits."""
    return interpolated(np.log(curve.rates), curve.qualities, np.log(rates))


def psnr_gain(curve: Curve, reference: Curve, low: float, high: float) -> float:
    """BD-PSNR: the mean of the curve's quality minus the reference's, over the logarithm of rates from low to high.

    low = high compares at this rate alone.
    """
    nodes = np.exp(_midpoints(np.log(low), np.log(high)))
    return float((quality_at(curve, nodes) - quality_at(reference, nodes)).mean())


def rate_change(curve: Curve, reference: Curve, low: float, high: float) -> float:
    """BD-rate in per cent: by how much the curve's rate differs from the reference's at equal quality, on geometric
    average over the qualities that the curve has at rates from low to high; negative where it saves bits."""
    ends = quality_at(curve, np.array([low, high]))
    nodes = _midpoints(ends.min(), ends.max())
    rates = [interpolated(better.qualities, np.log(better.rates), nodes) for better in map(_better, (curve, reference))]
    return float(100 * np.expm1(np.mean(rates[0] - rates[1])))


def _midpoints(low: float, high: float) -> np.ndarray:
    return low + (high - low) * (np.arange(NODES) + 0.5) / NODES


def _better(curve: Curve) -> Curve:
    """The points that are better than all at lower rates."""
    before = np.maximum.accumulate(np.concatenate([[-np.inf], curve.qualities[:-1]]))
    kept = curve.qualities > before
    return Curve(curve.rates[kept], curve.qualities[kept])


def curve_of(points: list[Point], quality: str = "psnr") -> Curve:
    """The curve through points of mean quality."""
    return ordered([point.rate for point in points], [getattr(point, quality).mean() for point in points])


def compared_rates(points: list[Point], rates: list[float]) -> tuple[float, float]:
    """The rates from which and to which a coder is compared: from low to high, as far as the coder has such rates; a
    coder that begins above the high rate, or has a single one, is compared there alone. Nothing is extrapolated."""
    start = max(rates[0], min(point.rate for point in points))
    return start, start if len(points) == 1 else max(start, rates[-1])


def listed(points: list[Point], prefix: str = "", qualities: tuple[str, ...] = ("psnr", "ssim")) -> dict[str, list]:
    """Points as lists of rates and of mean qualities, under their names with the prefix before and an s behind."""
    means = {f"{prefix}{name}s": [float(getattr(point, name).mean()) for point in points] for name in qualities}
    return {f"{prefix}rates": [point.rate for point in points]} | means


def read_off(points: list[Point], rates: list[float], count: int) -> dict[str, list]:
    """psnrs and ssims of the curve at that many rates, evenly spaced on the logarithm, that it is compared over."""
    start, end = compared_rates(points, rates)
    at = np.geomspace(start, end, count) if end > start else np.array([start])
    return {"rates": at.tolist()} | {f"{x}s": quality_at(curve_of(points, x), at).tolist() for x in ("psnr", "ssim")}


def gains(points: list[Point], reference: Curve | None, rates: list[float]) -> Scores:
    """What points have at no more than each rate, and gain on a reference, where there is one, over all, as
    tasks/compression.py names its measures."""
    start, end = compared_rates(points, rates)
    curve = curve_of(points)
    scores = psnrs_at_most(points, rates) | {
        "overlap": float(np.log(end / start) / np.log(rates[-1] / rates[0])),
        "bits_per_pixel": float(np.sqrt(start * end)),
    }
    if reference is None:
        return scores
    gained, changed = psnr_gain(curve, reference, start, end), rate_change(curve, reference, start, end)
    return scores | {"psnr_gain": gained, "rate_change": changed}
