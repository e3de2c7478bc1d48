"""Accuracy of a linear probe on the latents against the number of labels, beside raw pixels."""

import numpy as np

from stages.compare.ranking import leading
from stages.compare.style import GREY, colour, marker, new_figure, plain, spoken

TASK = "features"  # the page shows it there

LABELS = {"probe_100": "100", "probe_1000": "1,000", "probe_all": "all"}


def draw(results):
    order = list(results.metrics)
    figure = new_figure(8.5, 4.6)
    axes = figure.subplots()
    plain(axes)
    places = np.arange(len(LABELS))
    leaders = leading(results.summary[TASK])
    sources = {name: content["scores"]["features"] for name, content in results.metrics.items()}
    for i, (name, scores) in enumerate(sources.items()):
        means = [np.mean(scores[measure]) for measure in LABELS]
        shift = 0.3 * (i / max(1, len(order) - 1) - 0.5)
        look = {"color": colour(name, order), "markeredgecolor": "black", "markeredgewidth": 0.5}
        look |= {"linewidth": 2.4, "markersize": 9} if name in leaders else {"linewidth": 0.6, "markersize": 6}
        axes.plot(places + shift, means, f"-{marker(name, order)}", label=spoken(name), **look)
    raw = [np.mean(results.references["features"]["raw_pixels"][measure]) for measure in LABELS]
    axes.plot(places, raw, "--", color=GREY, linewidth=2, label="raw pixels (no network)")
    axes.set_xticks(places, LABELS.values())
    axes.set_xlabel("labelled training images (few: mean of ten draws)")
    axes.set_ylabel("test accuracy of regularised logistic regression")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside right center", fontsize=8)
    figure.suptitle(
        f"{spoken(results.dataset)}: classes read from the latents (thick: best or equivalent)", fontsize=11
    )
    return figure
