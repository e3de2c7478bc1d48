"""Quality against cost, a panel for each case; the line is the Pareto front: nothing is better at no more cost; named
is what is recommended; dashed, the best classical method."""

from textwrap import fill

from matplotlib.ticker import EngFormatter, LogLocator, NullLocator

from stages.common.names import spoken, use_of
from stages.common.task import TAKE
from stages.draw.style import GREY, look, new_panels, titled

WIDEST = 40  # letters of a label, which is as long as its panel is high


def front(costs: dict[str, float], values: dict[str, float], lower_is_better: bool) -> list[str]:
    """The names that no other beats at the same or lower cost, by rising cost."""
    sign = 1 if lower_is_better else -1
    rising: list[str] = []
    for name in sorted(costs, key=lambda n: (costs[n], sign * values[n])):
        if not rising or sign * values[name] < sign * values[rising[-1]]:
            rising.append(name)
    return rising


def draw(results):
    order, uses = list(results.metrics), results.uses
    figure, panels = new_panels(len(uses), 3, (3.6, 3.0), (1.9, 0.5))
    for axes, (about, rows) in zip(panels, uses, strict=True):
        values = {row["architecture"]: row["mean"] for row in rows if row["kind"] == "architecture"}
        costs = {name: results.metrics[name]["facts"]["multiply_adds"][0] for name in values}
        best = front(costs, values, about.lower_is_better)
        steps = [costs[name] for name in best], [values[name] for name in best]
        axes.step(*steps, where="post", color=GREY, linewidth=1, zorder=1)
        for name in order:
            style = look(name, order, markersize=8, label=spoken(name), linestyle="none")
            point = ([costs[name]], [values[name]]) if name in values else ([], [])  # who is not in it is in the legend
            axes.plot(*point, **style | ({} if name in best else {"markeredgecolor": GREY}))
        for name in (row["architecture"] for row in rows if row["choice"] == TAKE and row["architecture"] in costs):
            cheap = costs[name] ** 2 < min(costs.values()) * max(costs.values())  # left of the middle: to its right
            label = {"xytext": (9 if cheap else -9, 0), "ha": "left" if cheap else "right", "va": "center"}
            point = {"xy": (costs[name], values[name]), "textcoords": "offset points", "zorder": 1.9}
            box = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}  # over the front's line
            axes.annotate(spoken(name), **point, **label, weight="bold", fontsize=8, bbox=box)
        for row in [row for row in rows if row["kind"] == "reference"][:1]:
            _classical(axes, row)
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))  # a tenfold range or less needs ticks within it
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(EngFormatter(sep=""))
        axes.set_title(f"{use_of(about.name, about.case)}\n({about.better} is better)", fontsize=10)
        axes.set_ylabel(fill(f"{about.label}{', ' if about.unit else ''}{about.unit}", WIDEST), fontsize=8)
        axes.set_xlabel("multiply-adds per image", fontsize=8)
        axes.tick_params(labelsize=8)
    title = "quality against cost (line and black rim: Pareto front; bold: recommended; dashed: best classical method)"
    return titled(figure, results.dataset, title, legend_of=panels[0])


def _classical(axes, row: dict) -> None:
    """A dashed line with its name; where it is far outside and would squeeze the others, its name and value alone."""
    low, high = axes.get_ylim()
    mean, reach, name = row["mean"], high - low, spoken(row["architecture"])
    near, top = low - reach < mean < high + reach, mean > high - 0.1 * reach
    if near:
        axes.axhline(mean, color=GREY, linewidth=1, linestyle="--", zorder=0)
    place = {"xycoords": ("axes fraction", "data") if near else "axes fraction", "textcoords": "offset points"}
    side = {"xytext": (0, -2), "va": "top"} if top else {"xytext": (0, 2), "va": "bottom"}
    look = {"fontsize": 7, "weight": "bold" if row["choice"] == TAKE else "normal", "ha": "center"}
    axes.annotate(name if near else f"{name}: {mean:.3g}", (0.4, mean if near else top), **place, **side, **look)
