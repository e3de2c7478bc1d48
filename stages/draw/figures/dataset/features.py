"""Accuracy of a linear probe on the latents against the number of labels, beside raw pixels."""

import numpy as np

from stages.common.names import spoken
from stages.common.results import leading
from stages.draw.style import GREY, look, new_axes, titled

TASK = "features"  # the page shows it there

LABELS = {"probe_100": "100", "probe_1000": "1,000", "probe_all": "all"}


def draw(results):
    order = list(results.metrics)
    figure, axes = new_axes(8.5, 4.6)
    places = np.arange(len(LABELS))
    (rows,) = results.summary[TASK].values()
    leaders = leading(rows)
    for i, (name, scores) in enumerate(results.scores(TASK).items()):
        means = [np.mean(scores[measure]) for measure in LABELS]
        shift = 0.12 * (i / max(1, len(order) - 1) - 0.5)
        sizes = {"linewidth": 2.4, "markersize": 9} if name in leaders else {"linewidth": 0.6, "markersize": 6}
        axes.plot(places + shift, means, label=spoken(name), **look(name, order, markeredgewidth=0.5, **sizes))
    raw = [np.mean(results.references["features"]["raw_pixels"][measure]) for measure in LABELS]
    axes.plot(places, raw, "--", color=GREY, linewidth=2, label="raw pixels (classical)")
    axes.set_xticks(places, LABELS.values())
    axes.set_xlabel("labelled training images (few: mean of ten draws)")
    axes.set_ylabel("test accuracy of regularised logistic regression")
    title = "classes read from the latents (thick: best or equivalent)"
    return titled(figure, results.dataset, title, legend_of=axes)
