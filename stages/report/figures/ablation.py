"""Test error against one setting, for every architecture that it was varied for: mean over seeds, bars from the lowest
to the highest seed, ringed what the comparison uses."""

import numpy as np

from stages.compare.style import colour, marker, new_figure, plain, spoken


def draw(setting, panels, architectures):
    """setting: its name; panels: data set -> architecture -> points, see ablations.points_of; architectures: all."""
    figure = new_figure(1.8 + 4.6 * len(panels), 4.2)
    row = figure.subplots(1, len(panels), squeeze=False)[0]
    for axes, (dataset, curves) in zip(row, panels.items(), strict=True):
        plain(axes)
        numeric = all(isinstance(point["value"], int | float) for points in curves.values() for point in points)
        for place, (name, points) in enumerate(curves.items()):
            # Names stand side by side; numbers have a scale.
            x = (
                [p["value"] for p in points]
                if numeric
                else np.arange(len(points)) + 0.1 * (place - (len(curves) - 1) / 2)
            )
            means = np.array([point["mean"] for point in points])
            lowest, highest = (np.array([pick(point["scores"]) for point in points]) for pick in (min, max))
            spread = np.maximum([means - lowest, highest - means], 0)  # equal seeds differ from their mean by rounding
            look = {"color": colour(name, architectures), "marker": marker(name, architectures)}
            axes.errorbar(x, means, spread, capsize=3, ls="-" if numeric else "none", label=spoken(name), **look)
            for at, point in zip(x, points, strict=True):
                if point["compared"]:
                    axes.plot(at, point["mean"], "o", markersize=13, fillstyle="none", color=look["color"])
        ticks = [point["value"] for point in next(iter(curves.values()))]
        if numeric:
            axes.set_xscale("log")
        axes.set_xticks(ticks if numeric else range(len(ticks)), [spoken(str(tick)) for tick in ticks])
        axes.minorticks_off()
        axes.set_yscale("log")
        axes.set_xlabel(spoken(setting))
        axes.set_ylabel("test MSE")
        axes.set_title(spoken(dataset), fontsize=11)
    row[0].legend(fontsize=8)
    figure.suptitle(f"{spoken(setting).capitalize()}: test error (ringed: as compared)", fontsize=11)
    return figure
