"""Validation error against the size of the latent on one data set, both on a logarithmic scale: PCA's spectrum beside
trained architectures; large where more latents stop paying, or dotted what PCA needs for the error of the best one."""

from stages.compare.style import colour, marker, new_figure, plain, spoken
from stages.report.sizes import numbers_for


def draw(dataset, spectrum, curves, architectures, enough=None):
    """spectrum: latent_sizes and validation_mse of PCA; curves: architecture -> pairs of size and validation MSE;
    architectures: all; enough: architecture -> the size from which more stop paying."""
    figure = new_figure(8.2, 4.6)
    axes = figure.subplots()
    plain(axes)
    # A spectrum that ends in rounding errors must not squeeze all that is of use.
    least = 0.2 * min([error for points in curves.values() for _, error in points] or [spectrum["validation_mse"][-1]])
    shown = [pair for pair in zip(*spectrum.values(), strict=True) if pair[1] >= least]
    axes.plot(*zip(*shown, strict=True), "--", color="black", linewidth=1.2, label="PCA, all sizes")
    for name, points in curves.items():
        if name == "pca":
            continue  # it is the line
        look = {"color": colour(name, architectures), "marker": marker(name, architectures), "markeredgecolor": "black"}
        line = "-" if len(points) > 1 else ""
        axes.plot(*zip(*points, strict=True), ls=line, label=spoken(name), markersize=6, markeredgewidth=0.6, **look)
        stop = next((point for point in points if enough and point[0] == enough[name] and point != points[-1]), None)
        if stop:
            axes.plot(*stop, markersize=12, ls="none", markeredgewidth=1.6, **look)
    size, best = min((pair for points in curves.values() for pair in points), key=lambda pair: pair[1], default=(0, 1))
    needed = numbers_for(spectrum, best)
    if not enough and needed and needed > size:
        axes.plot([size, needed], [best, best], ":", color="black", label=f"PCA needs {needed:.0f}")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    ticks = sorted({tick for tick, _ in shown} | {tick for points in curves.values() for tick, _ in points})
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.xaxis.minorticks_off()
    axes.set_xlabel("size of the latent, numbers")
    axes.set_ylabel("validation MSE")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside right center", fontsize=8)
    note = "\n(large: from here on more stop paying)" if enough else ""
    figure.suptitle(f"{spoken(dataset)}: error against the size of the latent{note}", fontsize=11)
    return figure
