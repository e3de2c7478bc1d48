"""Training curves of all architectures, a panel each: the losses are in nats but of different models, so only their
course can be compared, not their height."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from stages.common.names import spoken
from stages.draw.style import colour, new_panels, titled

STYLES = {"loss": "-", "val_loss": "--"}


def draw(results):
    curves_of = {name: content["curves"].values() for name, content in results.metrics.items()}
    names = [name for name, curves in curves_of.items() if max(len(terms["loss"]) for terms in curves) > 1]
    figure, panels = new_panels(len(names), 4, (3.1, 2.5), (0, 0.6))
    order = list(results.metrics)
    for axes, name in zip(panels, names, strict=True):
        curves = curves_of[name]
        for term, style in STYLES.items():
            for terms in curves:
                epochs = np.arange(1, len(terms[term]) + 1)
                axes.plot(epochs, terms[term], style, color=colour(name, order), linewidth=1.3)
        values = np.concatenate([terms[term] for terms in curves for term in STYLES])
        low, high = values.min(), np.quantile(values, 0.9)
        axes.set_ylim(low - 0.05 * (high - low), high + 0.1 * (high - low))
        axes.set_title(spoken(name), fontsize=10)
        axes.set_xlabel("epoch", fontsize=8)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.set_ylabel("loss, nats per image", fontsize=8)
        axes.tick_params(labelsize=8)
    return titled(figure, results.dataset, "training (solid) and validation loss (dashed), a line for each seed")
