"""Bjontegaard's deltas between two rate-distortion curves: PSNR at equal rate, rate at equal PSNR.

Bjontegaard 2001, "Calculation of average PSNR differences between RD-curves", VCEG-M33; curves are interpolated by
piecewise cubics on the logarithm of the rate, as in the common test conditions of later video coders.
"""

from typing import NamedTuple

import numpy as np
from scipy.interpolate import PchipInterpolator

NODES = 1000  # of the midpoint rule that averages over a range


class Curve(NamedTuple):
    """Points of a coder: rates (points,) in any unit, above 0, and qualities (points, ...), such as PSNR in dB."""

    rates: np.ndarray
    qualities: np.ndarray


def ordered(rates: list[float], qualities: list) -> Curve:
    """A curve whose rates rise; of points at the same rate the first is kept."""
    kept = np.unique(np.asarray(rates, float), return_index=True)[1]
    return Curve(np.asarray(rates, float)[kept], np.asarray(qualities, float)[kept])


def interpolated(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Values y (points, ...) at other places (m,) -> (m, ...); beyond the ends of x those of the ends, as nothing is
    extrapolated."""
    if len(x) == 1:
        return np.broadcast_to(y, (len(at), *y.shape[1:]))
    return PchipInterpolator(x, y)(np.clip(at, x[0], x[-1]))


def quality_at(curve: Curve, rates: np.ndarray) -> np.ndarray:
    """Qualities (m, ...) at rates (m,). Above the highest rate of the curve its quality there is kept: a coder may
    always spend fewer bits."""
    return interpolated(np.log(curve.rates), curve.qualities, np.log(rates))


def psnr_gain(curve: Curve, reference: Curve, low: float, high: float) -> np.ndarray | float:
    """BD-PSNR: the mean of the curve's quality minus the reference's, over the logarithm of rates from low to high.

    low = high compares at this rate alone. Qualities (points, m) of the curve give (m,) values.
    """
    nodes = np.exp(_midpoints(np.log(low), np.log(high)))
    gains = quality_at(curve, nodes).T - quality_at(reference, nodes)
    return gains.mean(axis=-1)


def rate_change(curve: Curve, reference: Curve, low: float, high: float) -> float:
    """BD-rate in per cent: by how much the curve's rate differs from the reference's at equal quality, on geometric
    average over the qualities that the curve has at rates from low to high; negative where it saves bits."""
    ends = quality_at(curve, np.array([low, high]))
    nodes = _midpoints(ends.min(), ends.max())
    logarithms = [
        interpolated(rising.qualities, np.log(rising.rates), nodes) for rising in (_rising(curve), _rising(reference))
    ]
    return float(100 * np.expm1(np.mean(logarithms[0] - logarithms[1])))


def _midpoints(low: float, high: float) -> np.ndarray:
    return low + (high - low) * (np.arange(NODES) + 0.5) / NODES


def _rising(curve: Curve) -> Curve:
    """The points that are better than all at lower rates."""
    before = np.maximum.accumulate(np.concatenate([[-np.inf], curve.qualities[:-1]]))
    kept = curve.qualities > before
    return Curve(curve.rates[kept], curve.qualities[kept])
