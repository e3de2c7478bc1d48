"""Quality against cost, a panel for each task; the line is the Pareto front: nothing is better at no more cost;
named is what to take."""

from textwrap import fill

from matplotlib.ticker import EngFormatter, LogLocator, NullLocator

from stages.compare.ranking import TAKE
from stages.compare.style import GREY, colour, marker, new_figure, plain, spoken

WIDEST = 40  # letters of a label, which is as long as its panel is high


def front(costs: dict[str, float], values: dict[str, float], lower_is_better: bool) -> list[str]:
    """The names that no other beats at the same or lower cost, by rising cost."""
    sign = 1 if lower_is_better else -1
    found = []
    for name in sorted(costs, key=lambda n: (costs[n], sign * values[n])):
        if not found or sign * values[name] < sign * values[found[-1]]:
            found.append(name)
    return found


def draw(results):
    order = list(results.metrics)
    columns = min(3, len(results.summary))
    lines = -(-len(results.summary) // columns)
    figure = new_figure(1.9 + 3.6 * columns, 3.0 * lines + 0.5)
    grid = figure.subplots(lines, columns, squeeze=False).ravel()
    costs = {name: content["cost"]["multiply_adds"] for name, content in results.metrics.items()}
    for axes in grid[len(results.summary) :]:
        axes.axis("off")
    for axes, (task, rows) in zip(grid, results.summary.items(), strict=False):
        plain(axes)
        about = results.tasks[task]
        values = {row["architecture"]: row["mean"] for row in rows if row["kind"] == "architecture"}
        best = front(costs, values, about.lower_is_better)
        axes.step(
            [costs[name] for name in best], [values[name] for name in best], where="post", color=GREY, linewidth=1
        )
        for name in order:
            look = {"color": colour(name, order), "markeredgecolor": "black" if name in best else GREY}
            axes.plot(costs[name], values[name], marker(name, order), markersize=8, label=spoken(name), **look)
        for name in (row["architecture"] for row in rows if row["choice"] == TAKE and row["architecture"] in costs):
            cheap = costs[name] ** 2 < min(costs.values()) * max(costs.values())  # left of the middle: to its right
            label = {"xytext": (9 if cheap else -9, 0), "ha": "left" if cheap else "right", "va": "center"}
            place = {"xy": (costs[name], values[name]), "textcoords": "offset points", "zorder": 1}
            axes.annotate(spoken(name), **place, **label, weight="bold", fontsize=8)
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))  # a tenfold range or less needs ticks within it
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(EngFormatter(sep=""))
        axes.set_title(f"{task} ({about.better} is better)", fontsize=10)
        axes.set_ylabel(fill(f"{about.label}{', ' if about.unit else ''}{about.unit}", WIDEST), fontsize=8)
        axes.set_xlabel("multiply-adds per image", fontsize=8)
        axes.tick_params(labelsize=8)
    figure.legend(*grid[0].get_legend_handles_labels(), loc="outside right center", fontsize=8)
    figure.suptitle(
        f"{spoken(results.dataset)}: quality against cost (line and black rim: Pareto front; named: what to take)",
        fontsize=11,
    )
    return figure
