"""Use of the latent: a bar for each architecture that leaves dimensions inactive, dots its seeds; of a discrete latent
the perplexity of its codes; the names of those that use all; KL to the prior by dimension, where there is a posterior.
"""

import textwrap

import numpy as np

from stages.common.names import spoken
from stages.draw.style import GREY, colour, look, new_panels, titled


def draw(results):
    order, states = list(results.metrics), results.scores("latent_use")
    sizes = {name: results.metrics[name]["facts"]["latent_size"][0] for name in states}
    full = [spoken(name) for name, state in states.items() if min(state["active_units"]) == sizes[name]]
    used = {
        name: (state["perplexity"], state["codebook_size"][0], "codes (perplexity)")
        if "perplexity" in state
        else (state["active_units"], sizes[name], "dimensions")
        for name, state in states.items()
    }
    used = {name: bar for name, bar in used.items() if min(bar[0]) < bar[1]}
    divergences = {name: state["kl_by_dimension"] for name, state in states.items() if "kl_by_dimension" in state}
    panels = [(panel, shown) for panel, shown in ((_bars, used), (_curves, divergences)) if shown]
    if not panels:
        return None
    figure, axes = new_panels(len(panels), 2, (8 / len(panels), max(2.6, 0.6 * len(used))), (0, 1))
    for (panel, shown), where in zip(panels, axes, strict=True):
        panel(where, shown, order)
    line = f"All dimensions are active in {', '.join(full) or 'no architecture'}."
    figure.supxlabel("\n".join(textwrap.wrap(line, 105)), fontsize=9)
    return titled(figure, results.dataset, "use of the latent")


def _bars(axes, used, order):
    """A bar for each architecture that leaves a part of its latent unused, in a frame as long as the whole latent."""
    for index, (name, (seeds, size, what)) in enumerate(used.items()):
        axes.barh(-index, 1, 0.5, color="white", edgecolor=GREY, zorder=2)
        axes.barh(-index, np.mean(seeds) / size, 0.5, color=colour(name, order), edgecolor="black", zorder=2)
        axes.plot(np.divide(seeds, size), [-index] * len(seeds), "o", color="white", markeredgecolor="black", ms=5)
        axes.text(0.01, 0.28 - index, f"{np.mean(seeds):.0f} of {size:.0f} {what}", fontsize=9)
    axes.set_yticks([-i for i in range(len(used))], [spoken(name).replace(" ", "\n") for name in used], fontsize=9)
    axes.set_ylim(0.6 - len(used), 0.6)
    axes.set_xlabel("share of the latent in use")


def _curves(axes, divergences, order):
    """Nats of every dimension, means over seeds, near 0 where a dimension is not used."""
    for name, seeds in divergences.items():
        values = np.mean(seeds, axis=0)
        style = look(name, order, markeredgewidth=0.5, markersize=6, markevery=max(1, len(values) // 12))
        label = f"{spoken(name)}: {values.sum():.0f} nats in all"
        axes.plot(np.arange(1, len(values) + 1), values, label=label, **style)
    axes.set_ylim(bottom=0)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("latent dimension, most used first")
    axes.set_ylabel("KL to the prior, nats")
    axes.legend(fontsize=9, loc="lower left")
