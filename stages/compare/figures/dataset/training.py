"""Training curves of all architectures, a panel each: the losses are in nats but of different models, so only their
course can be compared, not their height."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from stages.compare.style import colour, new_figure, plain, spoken

STYLES = {"loss": "-", "val_loss": "--"}


def draw(results):
    names = [name for name, content in results.metrics.items() if _epochs(content) > 1]
    columns = min(4, max(1, len(names)))
    lines = -(-len(names) // columns) or 1
    figure = new_figure(3.1 * columns, 2.5 * lines + 0.6)
    grid = figure.subplots(lines, columns, squeeze=False).ravel()
    order = list(results.metrics)
    for axes in grid:
        axes.axis("off")
    for axes, name in zip(grid, names, strict=False):
        axes.axis("on")
        plain(axes)
        curves = results.metrics[name]["curves"].values()
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
    title = f"{spoken(results.dataset)}: training (solid) and validation loss (dashed), a line for each seed"
    figure.suptitle(title, fontsize=11)
    return figure


def _epochs(content: dict) -> int:
    return max(len(terms["loss"]) for terms in content["curves"].values())
