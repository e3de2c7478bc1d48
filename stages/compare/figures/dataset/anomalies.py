"""AUROC of both detectors against every kind of anomaly; below .5 the score is inverted and marked."""

import numpy as np

from stages.compare.style import new_figure, spoken

TASK = "anomaly"  # the page shows it there


def draw(results):
    names = list(results.metrics)
    scores = {name: content["scores"]["anomaly"] for name, content in results.metrics.items()}
    detectors, kinds = scores[names[0]]["detectors"][0], scores[names[0]]["anomalies"][0]
    figure = new_figure(2.2 + 1.05 * len(kinds) * len(detectors), 1.9 + 0.32 * len(names))
    panels = figure.subplots(1, len(detectors), sharey=True, squeeze=False)[0]
    for i, (axes, detector) in enumerate(zip(panels, detectors, strict=True)):
        table = np.array([np.mean(scores[name]["auroc_by_anomaly"], axis=0)[i] for name in names])
        axes.imshow(table, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        for (line, column), value in np.ndenumerate(table):
            text = f"{value:.2f}" + (" !" if value < 0.5 else "")
            shade = "white" if value > 0.6 else "black"
            look = {"color": shade, "weight": "bold" if value < 0.5 else "normal"}
            axes.text(column, line, text, ha="center", va="center", fontsize=8, **look)
        axes.axvline(0.5, color="black", linewidth=2)
        axes.set_xticks(range(len(kinds)), [kind.replace(" ", "\n") for kind in kinds], fontsize=8)
        axes.set_title(detector, fontsize=10)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
    panels[0].set_yticks(range(len(names)), [spoken(name) for name in names], fontsize=9)
    figure.suptitle(
        f"{spoken(results.dataset)}: AUROC by anomaly (leftmost column: the headline; !: inverted)", fontsize=11
    )
    return figure
