"""Use of the latent: active dimensions of every architecture, and nats per dimension where there is a posterior."""

import numpy as np

from stages.compare.style import colour, marker, new_figure, plain, spoken


def draw(results):
    order = list(results.metrics)
    figure = new_figure(11, 1.6 + 0.28 * len(order))
    active, divergence = figure.subplots(1, 2, width_ratios=(3, 4))
    for axes in (active, divergence):
        plain(axes)
    for place, name in enumerate(order):
        state, size = results.metrics[name]["scores"]["latent_use"], results.metrics[name]["cost"]["latent_size"]
        share = np.mean(state["active_units"]) / size
        active.barh(-place, share, color=colour(name, order), edgecolor="black", linewidth=0.4)
        active.text(share + 0.02, -place, f"{np.mean(state['active_units']):.0f} of {size}", va="center", fontsize=8)
        if "kl_by_dimension" in state:
            values = np.mean(state["kl_by_dimension"], axis=0)
            every = max(1, len(values) // 12)
            divergence.plot(
                np.arange(1, len(values) + 1),
                values,
                marker=marker(name, order),
                markevery=every,
                markersize=6,
                markeredgecolor="black",
                markeredgewidth=0.5,
                color=colour(name, order),
                label=f"{spoken(name)}: {values.sum():.0f} nats in all",
            )
    active.set_yticks([-i for i in range(len(order))], [spoken(name) for name in order])
    active.set_xlim(0, 1.3)
    active.set_xlabel("share of latent dimensions that are active")
    divergence.set_xlabel("latent dimension, most used first")
    divergence.set_ylabel("KL to the prior, nats")
    if divergence.get_legend_handles_labels()[0]:
        divergence.legend(fontsize=8)
    figure.suptitle(f"{spoken(results.dataset)}: use of the latent", fontsize=11)
    return figure
