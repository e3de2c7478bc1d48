"""AUROC of every detector against every kind of anomaly; in the last row of each panel that of the classical method, on
pixels; marked where below .5."""

import numpy as np

from stages.common.names import spoken
from stages.draw.style import new_figure, titled

TASK = "anomaly"  # the page shows it there
COLUMNS = 3  # detectors side by side


def draw(results):
    scores = results.scores(TASK)
    first = next(iter(scores.values()))
    detectors, kinds = first["detectors"][0], first["anomalies"][0]
    rows = -(-len(detectors) // COLUMNS)
    names = [*scores, *results.references[TASK]]
    figure = new_figure(1.8 + 0.62 * COLUMNS * len(kinds), 0.6 + rows * (0.8 + 0.25 * len(names)))
    panels = figure.subplots(rows, COLUMNS, sharey=True, squeeze=False).ravel()
    for i, (axes, detector) in enumerate(zip(panels, detectors, strict=False)):
        own = [np.mean(measured["auroc_by_anomaly"], axis=0)[i] for measured in scores.values()]
        classical = [np.mean(other["auroc_by_anomaly"], axis=0)[0] for other in results.references[TASK].values()]
        fill(axes, np.array(own + classical), kinds)
        axes.axhline(len(own) - 0.5, color="black", linewidth=1.5)
        axes.set_title(f"{detector}: the headline" if i == 0 else detector, fontsize=10)
        axes.set_yticks(range(len(names)), [spoken(name) for name in names], fontsize=8)
    for axes in panels[len(detectors) :]:
        axes.remove()
    note = "AUROC by anomaly; last row: the classical method, on pixels, the same in all panels; !: inverted, below .5"
    return titled(figure, results.dataset, note)


def fill(axes, table: np.ndarray, kinds: list[str]) -> None:
    """Values (methods, kinds) as cells, the darker the larger."""
    axes.imshow(table, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (line, column), value in np.ndenumerate(table):
        low = value < 0.5
        look = {"color": "white" if value > 0.6 else "black", "weight": "bold" if low else "normal"}
        text = f"{value:.3f} !" if 0.495 <= value < 0.5 else f"{value:.2f}{' !' if low else ''}"
        axes.text(column, line, text, ha="center", va="center", fontsize=7, **look)
    axes.axvline(0.5, color="black", linewidth=1.5)
    labels = [kind.replace("gaussian", "noise").replace(" ", "\n") for kind in kinds]
    axes.set_xticks(range(len(kinds)), labels, fontsize=7)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
