"""AUROC of both detectors against every kind of anomaly; below .5 the score is inverted and marked."""

import numpy as np

from stages.compare.style import new_figure, spoken

TASK = "anomaly"  # the report shows it there


def draw(results):
    names = list(results.metrics)
    first = results.metrics[names[0]]["scores"]["anomaly"]
    detectors, kinds = first["detectors"][0], first["anomalies"][0]
    figure = new_figure(2.2 + 1.05 * len(kinds) * len(detectors), 1.8 + 0.32 * len(names))
    panels = figure.subplots(1, len(detectors), sharey=True, squeeze=False)[0]
    for i, (axes, detector) in enumerate(zip(panels, detectors, strict=True)):
        table = np.array(
            [np.mean(results.metrics[n]["scores"]["anomaly"]["auroc_by_anomaly"], axis=0)[i] for n in names]
        )
        axes.imshow(table, cmap="PuOr", vmin=0, vmax=1, aspect="auto")
        for (line, column), value in np.ndenumerate(table):
            text = f"{value:.2f}" + (" !" if value < 0.5 else "")
            shade = "white" if abs(value - 0.5) > 0.35 else "black"
            axes.text(column, line, text, ha="center", va="center", fontsize=8, color=shade)
        axes.set_xticks(range(len(kinds)), [kind.replace(" ", "\n") for kind in kinds], fontsize=8)
        axes.set_title(detector, fontsize=10)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
        for line, name in enumerate(names):
            chosen = results.metrics[name]["scores"]["anomaly"]["detector"]
            if np.mean([one[0] == i for one in chosen]) > 0.5:
                axes.plot(-0.44, line, ">", color="black", markersize=5)
    panels[0].set_yticks(range(len(names)), [spoken(name) for name in names], fontsize=9)
    figure.suptitle(
        f"{spoken(results.dataset)}: AUROC by anomaly (triangle: the detector chosen on validation; !: inverted)",
        fontsize=11,
    )
    return figure
