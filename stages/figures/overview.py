"""The one picture that says most: who is best at what, on every data set, and whether it takes a network at all."""

import numpy as np

from stages.style import new_figure, spoken

LAST = "best without network"
WORDS = {"better": "loses", "ahead": "loses", "worse": "wins", "behind": "wins", "tie": "ties"}


def draw(tables, architectures):
    """tables: data set -> use -> rows of metrics/summary/; architectures: all, in order."""
    uses = list(dict.fromkeys(use for table in tables.values() for use in table))
    figure = new_figure(2.2 + 0.62 * len(uses) * len(tables), 2.0 + 0.34 * (len(architectures) + 1))
    panels = figure.subplots(1, len(tables), sharey=True, squeeze=False)[0]
    for axes, (dataset, table) in zip(panels, tables.items(), strict=True):
        places = np.full((len(architectures) + 1, len(uses)), np.nan)
        told_from_best = np.ones(places.shape, bool)
        for column, use in enumerate(uses):
            rows = [row for row in table.get(use, []) if row["kind"] == "architecture"]  # best mean first
            for place, row in enumerate(rows, 1):
                at = architectures.index(row["architecture"]), column
                places[at], told_from_best[at] = place, row["rank"] > 1
            best = [row for row in rows if row["rank"] == 1 and "versus_baseline" in row]
            if best:
                verdict = WORDS[best[0]["versus_baseline"]]
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
        axes.set_xticks(range(len(uses)), uses, rotation=55, ha="right", fontsize=9, rotation_mode="anchor")
        axes.set_title(spoken(dataset), fontsize=11)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
    panels[0].set_yticks(range(len(architectures) + 1), [*map(spoken, architectures), LAST], fontsize=9)
    figure.suptitle(
        "Place in every use by the mean (*: the best, or not told from it by these seeds and images)", fontsize=11
    )
    return figure
