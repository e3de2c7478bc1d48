"""Test error against one setting on one data set, for every architecture that it was varied for: mean over seeds, bars
from the lowest to the highest seed, ringed what the comparison uses."""

import numpy as np

from stages.common.names import spoken
from stages.draw.style import look, new_axes, titled


def draw(dataset, setting, curves, architectures):
    """setting: its name; curves: architecture -> points, see judge/varied_settings.py; architectures: all."""
    figure, axes = new_axes(6.4, 4.2)
    numeric = all(isinstance(point["value"], int | float) for points in curves.values() for point in points)
    for index, (name, points) in enumerate(curves.items()):
        shift = 0.1 * (index - (len(curves) - 1) / 2)  # names stand side by side; numbers have a scale
        x = [p["value"] for p in points] if numeric else np.arange(len(points)) + shift
        means = np.array([point["mean"] for point in points])
        lowest, highest = (np.array([pick(point["scores"]) for point in points]) for pick in (min, max))
        spread = np.maximum([means - lowest, highest - means], 0)  # equal seeds differ from their mean by rounding
        style = look(name, architectures, markeredgewidth=0.6, markersize=7, ecolor="black", elinewidth=0.8)
        axes.errorbar(x, means, spread, capsize=3, ls="-" if numeric else "none", label=spoken(name), **style)
        for at, point in zip(x, points, strict=True):
            if point["compared"]:
                axes.plot(at, point["mean"], "o", markersize=14, fillstyle="none", color="black")
    ticks = [point["value"] for point in next(iter(curves.values()))]
    if numeric:
        axes.set_xscale("log")
    axes.set_xticks(ticks if numeric else range(len(ticks)), [spoken(str(tick)) for tick in ticks])
    axes.minorticks_off()
    axes.set(yscale="log", xlabel=spoken(setting), ylabel="test MSE")
    axes.legend(fontsize=8)
    return titled(figure, dataset, f"{spoken(setting)} (ringed: as compared)")
