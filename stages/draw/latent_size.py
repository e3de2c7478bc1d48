"""Validation error against the size of the latent on one data set, both on a logarithmic scale: PCA's spectrum beside
trained architectures; a large marker where larger latents no longer help, or dotted what PCA needs for the error of the
best one."""

from stages.common.names import spoken
from stages.common.task import FLOOR
from stages.draw.style import look, new_axes, titled


def draw(dataset, spectrum, curves, architectures, enough=None, components=None):
    """spectrum: latent_sizes and validation_mse of PCA; curves: architecture -> pairs of size and validation MSE;
    architectures: all; enough: architecture -> the size from which larger ones no longer help; components: how
    many PCA needs for the lowest error."""
    figure, axes = new_axes(8.2, 4.6)
    # A spectrum that ends in rounding errors must not squeeze all that is of use.
    least = 0.2 * min([error for points in curves.values() for _, error in points] or [spectrum["validation_mse"][-1]])
    shown = [pair for pair in zip(*spectrum.values(), strict=True) if pair[1] >= least]
    axes.plot(*zip(*shown, strict=True), "--", color="black", linewidth=1.2, label="PCA, all sizes")
    for name, points in curves.items():
        if name == FLOOR:
            continue  # it is the line
        style, line = look(name, architectures), "-" if len(points) > 1 else ""
        axes.plot(*zip(*points, strict=True), ls=line, label=spoken(name), markersize=6, markeredgewidth=0.6, **style)
        stop = next((point for point in points if enough and point[0] == enough[name] and point != points[-1]), None)
        if stop:
            axes.plot(*stop, markersize=12, ls="none", markeredgewidth=1.6, **style)
    size, best = min((pair for points in curves.values() for pair in points), key=lambda pair: pair[1], default=(0, 1))
    if components and components > size:
        axes.plot([size, components], [best, best], ":", color="black", label=f"PCA needs {components:.0f}")
    axes.set_xscale("log", base=2)
    ticks = sorted({tick for tick, _ in shown} | {tick for points in curves.values() for tick, _ in points})
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.xaxis.minorticks_off()
    axes.set(yscale="log", xlabel="size of the latent, numbers", ylabel="validation MSE")
    note = "\n(large marker: from here on larger latents no longer help)" if enough else ""
    return titled(figure, dataset, f"error against the size of the latent{note}", legend_of=axes)
