"""Test error against the share of the epochs, of the first seed of every network: a run of its own for each share, over
which the learning rate comes down; PCA, which is solved, as a line."""

from matplotlib.ticker import LogLocator

from stages.common.names import spoken
from stages.draw.style import look, new_axes, titled

TASK = "reconstruction"  # the page shows it there
MEASURE = "mse"
SHARES = {0.25: "a quarter", 0.5: "half", 1: "all"}


def draw(results):
    order = list(results.metrics)
    figure, axes = new_axes(8, 5.4)
    for name, scores in results.scores(TASK).items():
        content, whole = results.metrics[name], scores[MEASURE][0]
        shorter = content.get("budgets", {"scores": {}})["scores"].get(TASK, {}).get(MEASURE, [])
        style = look(name, order, markeredgewidth=0.6, markersize=7, linewidth=1.3, label=spoken(name))
        if content["facts"]["solved"][0]:
            axes.axhline(whole, **style | {"marker": None, "linestyle": "--"})
        elif "failed_seeds" not in content["facts"]:
            axes.plot(list(SHARES)[-1 - len(shorter) :], [*shorter, whole], **style)
    axes.set(xscale="log", yscale="log", xlabel="share of the epochs", ylabel="test MSE")
    axes.set_xticks(list(SHARES), SHARES.values())
    axes.minorticks_off()
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 4, 6, 8)))  # errors lie within a tenfold range
    axes.yaxis.set_major_formatter("{x:g}")
    return titled(figure, results.dataset, "error against the budget of training (first seed)", legend_of=axes)
