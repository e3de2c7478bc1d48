"""Overview: who is best at what, on every data set, and whether it takes a network at all."""

import numpy as np

from stages.compare.style import new_figure, spoken

LAST = "without a network"
WORDS = {"better": "loses", "ahead": "loses", "worse": "wins", "behind": "wins", "tie": "ties"}


def without_network(best: dict) -> str:
    """Word for how the best method without a network, PCA among them, fares against the row with the best mean."""
    against = [best[kind] for kind in ("versus_reference", "versus_floor") if kind in best]
    if "itself" in against:
        return "PCA wins" if best.get("versus_reference", "better") in ("better", "ahead") else "wins"
    words = [WORDS[verdict] for verdict in against]
    return min(words, key=["wins", "ties", "loses"].index) if words else ""


def draw(tables, architectures):
    """tables: data set -> task -> rows of metrics/summary/; architectures: all, in order."""
    tasks = list(dict.fromkeys(task for table in tables.values() for task in table))
    figure = new_figure(2.2 + 0.62 * len(tasks) * len(tables), 2.0 + 0.34 * (len(architectures) + 1))
    panels = figure.subplots(1, len(tables), sharey=True, squeeze=False)[0]
    for axes, (dataset, table) in zip(panels, tables.items(), strict=True):
        places = np.full((len(architectures) + 1, len(tasks)), np.nan)
        told_from_best = np.ones(places.shape, bool)
        for column, task in enumerate(tasks):
            rows = [row for row in table.get(task, []) if row["kind"] == "architecture"]  # best mean first
            for place, row in enumerate(rows, 1):
                at = architectures.index(row["architecture"]), column
                places[at], told_from_best[at] = place, row["rank"] > 1
            if rows:
                verdict = without_network(rows[0])
                weight = "bold" if verdict == "wins" else "normal"
                axes.text(column, len(architectures), verdict, ha="center", va="center", fontsize=7, weight=weight)
        axes.imshow(places, cmap="Blues_r", vmin=1, vmax=len(architectures) + 2, aspect="auto")
        for (line, column), place in np.ndenumerate(places):
            if np.isfinite(place):
                dark = place < len(architectures) / 2
                mark = "" if told_from_best[line, column] else "*"
                axes.text(
                    column,
                    line,
                    f"{place:.0f}{mark}",
                    ha="center",
                    va="center",
                    fontsize=9,
                    color="white" if dark else "black",
                    weight="bold" if mark else "normal",
                )
        axes.set_xticks(range(len(tasks)), tasks, rotation=55, ha="right", fontsize=9, rotation_mode="anchor")
        axes.set_title(spoken(dataset), fontsize=11)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
    panels[0].set_yticks(range(len(architectures) + 1), [*map(spoken, architectures), LAST], fontsize=9)
    note = "*: the best, or not told from it by these seeds and images"
    figure.suptitle(f"Place in every task by the mean\n{note}", fontsize=10)
    return figure
