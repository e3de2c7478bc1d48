"""Main measure of every task, with its interval over seeds and images, for every architecture; references as lines;
shaded, or a thick line, what to take."""

import numpy as np

from stages.compare.ranking import TAKE, leading
from stages.compare.style import GREY, LINES, colour, marker, new_figure, plain, spoken

FAR = 10  # times the distance of the quartiles from them is no longer shown


def draw(results):
    order = list(results.metrics)
    columns = min(3, len(results.summary))
    lines = -(-len(results.summary) // columns)
    figure = new_figure(1.6 + 3.4 * columns, (1.3 + 0.25 * len(order)) * lines + 0.4)
    grid = figure.subplots(lines, columns, sharey=True, squeeze=False).ravel()
    for axes in grid[len(results.summary) :]:
        axes.axis("off")
    for axes, (task, rows) in zip(grid, results.summary.items(), strict=False):
        plain(axes)
        for row in rows:
            name = row["architecture"]
            if row["kind"] != "architecture":
                continue
            place = -order.index(name)
            if row["choice"] == TAKE:
                axes.axhspan(place - 0.42, place + 0.42, color=GREY, alpha=0.25, linewidth=0)
            if row["low"] is not None:
                axes.plot([row["low"], row["high"]], [place, place], color="black", linewidth=1.2)
            leads = name in leading(rows)
            axes.plot(
                row["mean"],
                place,
                marker(name, order),
                markerfacecolor=colour(name, order) if row["usable"] else "white",
                markersize=10 if leads else 6,
                markeredgecolor="black",
                markeredgewidth=1.8 if leads else 0.8,
            )
        networks = [row for row in rows if row["kind"] == "architecture"]
        low, high = _range(networks)
        outside = [_named(row) for row in networks if not low <= row["mean"] <= high]
        shown = [row for row in rows if row["kind"] != "architecture"]
        for row, style in zip(shown, LINES * len(shown), strict=False):
            if low <= row["mean"] <= high:
                look = {"color": GREY, "linewidth": 3 if row["choice"] == TAKE else 1.1, "linestyle": style}
                axes.axvline(row["mean"], label=spoken(row["architecture"]), **look)
            else:
                outside.append(_named(row))
        if axes.get_legend_handles_labels()[0]:
            axes.legend(fontsize=7, loc="best", framealpha=0.7)
        about = results.tasks[task]
        unit = f", {about.unit}" if about.unit else ""
        note = f"\noutside: {', '.join(outside)}" if outside else ""
        axes.set_xlim(low, high)
        axes.locator_params(axis="x", nbins=6)
        axes.set_xlabel(f"{about.label}{unit}\n{about.better} is better{note}", fontsize=8)
        axes.set_title(task, fontsize=10)
        axes.tick_params(labelsize=8)
    grid[0].set_yticks([-i for i in range(len(order))], [spoken(name) for name in order])
    note = "shaded or thick: what to take; large: best or equivalent; hollow: not usable; lines: no network"
    figure.suptitle(f"{spoken(results.dataset)}: all tasks ({note})", fontsize=11)
    return figure


def _named(row: dict) -> str:
    return f"{spoken(row['architecture'])} {row['mean']:.3g}"


def _range(rows: list[dict]) -> tuple[float, float]:
    """Of the architectures alone, with room for half as much on either side: neither a far reference nor the interval
    of an architecture whose seeds diverged must squeeze the others."""
    ends = np.array([end for row in rows for end in (row["low"], row["mean"], row["high"]) if end is not None])
    first, third = np.percentile(ends, [25, 75])
    reach = FAR * (third - first)
    near = ends[(first - reach <= ends) & (ends <= third + reach)]
    low, high = float(near.min()), float(near.max())
    room = 0.5 * (high - low) or 0.1 * abs(high) or 1.0
    return max(low - room, 0.0) if low >= 0 else low - room, high + room
