"""Use of the latent: active dimensions of every architecture, and nats per dimension where there is a posterior."""

import numpy as np

from stages.common.names import spoken
from stages.draw.style import colour, look, new_panels, titled


def draw(results):
    order = list(results.metrics)
    states = results.scores("latent_use")
    size = 11 / 2, 1.6 + 0.28 * len(states)
    figure, (active, divergence) = new_panels(2, 2, size, (0, 0), width_ratios=(3, 4))
    for index, (name, state) in enumerate(states.items()):
        size = results.metrics[name]["facts"]["latent_size"][0]
        share = np.mean(state["active_units"]) / size
        active.barh(-index, share, color=colour(name, order), edgecolor="black", linewidth=0.4)
        active.text(share + 0.02, -index, f"{np.mean(state['active_units']):.0f} of {size}", va="center", fontsize=8)
        if "kl_by_dimension" in state:
            values = np.mean(state["kl_by_dimension"], axis=0)
            style = look(name, order, markeredgewidth=0.5, markersize=6, markevery=max(1, len(values) // 12))
            label = f"{spoken(name)}: {values.sum():.0f} nats in all"
            divergence.plot(np.arange(1, len(values) + 1), values, label=label, **style)
    active.set_yticks([-i for i in range(len(states))], [spoken(name) for name in states])
    active.set_xlim(0, 1.3)
    active.set_xlabel("share of latent dimensions that are active")
    divergence.set_xlabel("latent dimension, most used first")
    divergence.set_ylabel("KL to the prior, nats")
    if divergence.get_legend_handles_labels()[0]:
        divergence.legend(fontsize=8)
    return titled(figure, results.dataset, "use of the latent")
