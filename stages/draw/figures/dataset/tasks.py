"""Main measure of every case of every task, with its interval over seeds and images, for every architecture; the best
classical methods as lines; shaded, or a thick line, what is recommended."""

import numpy as np

from stages.common.names import spoken, use_of
from stages.common.results import leading
from stages.common.task import TAKE
from stages.draw.style import GREY, LINES, look, new_panels, titled

BEST = 2  # classical methods that have a line, so that these can be told apart
FAR = 10  # times the distance of the quartiles from them is no longer shown


def draw(results):
    order = list(results.metrics)
    uses = results.uses
    figure, panels = new_panels(len(uses), 3, (3.4, 1.3 + 0.25 * len(order)), (1.6, 0.4), sharey=True)
    for axes, (about, rows) in zip(panels, uses, strict=True):
        kinds = {kind: [row for row in rows if row["kind"] == kind] for kind in ("architecture", "reference", "bound")}
        networks, shown = kinds["architecture"], kinds["reference"][:BEST] + kinds["bound"]
        low, high = _range(networks)
        _networks(axes, networks, leading(rows), order)
        for name in set(order) - {row["architecture"] for row in networks}:
            y = -order.index(name)
            axes.annotate("takes no part", (0.02, y), xycoords=("axes fraction", "data"), va="center", fontsize=7)
        _references(axes, [row for row in shown if low <= row["mean"] <= high])
        outside = [row for row in (*networks, *shown) if not low <= row["mean"] <= high]
        unit = f", {about.unit}" if about.unit else ""
        named = ", ".join(f"{spoken(row['architecture'])} {row['mean']:.3g}" for row in outside)
        note = f"\noutside: {named}" if outside else ""
        axes.set_xlim(low, high)
        axes.locator_params(axis="x", nbins=6)
        axes.set_xlabel(f"{about.label}{unit}\n{about.better} is better{note}", fontsize=8)
        axes.set_title(use_of(about.name, about.case), fontsize=10, pad=18)
        axes.tick_params(labelsize=8)
    panels[0].set_yticks([-i for i in range(len(order))], [spoken(name) for name in order])
    note = "shaded or thick: recommended; large: best or equivalent; hollow: not usable"
    return titled(figure, results.dataset, f"all tasks ({note})")


def _networks(axes, rows: list[dict], leaders: set[str], order: list[str]) -> None:
    """A marker and an interval for each architecture, in a line of its own."""
    for row in rows:
        name, y = row["architecture"], -order.index(row["architecture"])
        if row["choice"] == TAKE:
            axes.axhspan(y - 0.42, y + 0.42, color=GREY, alpha=0.25, linewidth=0)
        if row["low"] is not None:
            axes.plot([row["low"], row["high"]], [y, y], color="black", linewidth=1.2)
        large = {"markersize": 10, "markeredgewidth": 1.8} if name in leaders else {}
        style = look(name, order, linestyle="none", markersize=6, markeredgewidth=0.8) | large
        axes.plot(row["mean"], y, **style | ({} if row["usable"] else {"markerfacecolor": "white"}))


def _references(axes, rows: list[dict]) -> None:
    """A line for each, and a legend below the title, where it covers nothing."""
    for row, style in zip(rows, LINES * len(rows), strict=False):
        width = 3 if row["choice"] == TAKE else 1.1
        axes.axvline(row["mean"], label=spoken(row["architecture"]), color=GREY, linewidth=width, linestyle=style)
    if rows:
        place = {"loc": "lower center", "bbox_to_anchor": (0.5, 0.99), "borderaxespad": 0, "frameon": False}
        axes.legend(fontsize=7, ncols=len(rows), **place)


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
