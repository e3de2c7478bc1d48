"""PSNR against bits per pixel on one data set: a line for every network and size of the latent that was trained, and
the envelope of all."""

from itertools import groupby

from stages.common.names import spoken
from stages.draw.style import GREY, look, new_axes, titled

TICKS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 2.0, 4.0)  # bits per pixel


def draw(dataset, sizes, envelope, architectures):
    """sizes, envelope: see judge/latent_envelope.py; architectures: all."""
    figure, axes = new_axes(8.2, 4.6)
    for curve in sizes:
        style = look(curve["architecture"], architectures, markersize=4, markeredgewidth=0.3)
        first = curve is next(other for other in sizes if other["architecture"] == curve["architecture"])
        label = spoken(curve["architecture"]) if first else None
        axes.plot(curve["rates"], curve["psnrs"], linewidth=0.8, label=label, **style)
    rates, psnrs = ([point[key] for point in envelope] for key in ("rate", "psnr"))
    axes.plot(rates, psnrs, color=GREY, linewidth=7, alpha=0.4, zorder=0, label="envelope")
    for (_, size), points in groupby(envelope, key=lambda point: (point["architecture"], point["latent_size"])):
        first = next(points)
        axes.annotate(str(size), (first["rate"], first["psnr"]), (-4, 8), textcoords="offset points", fontsize=8)
    axes.set_xscale("log")
    ticks = [tick for tick in TICKS if 0.99 * rates[0] <= tick <= 1.01 * rates[-1]]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set(xlabel="bits per pixel of the test images' bitstream", ylabel="PSNR, dB")
    note = "\n(up and left is better; numbers: size of the latent)"
    return titled(figure, dataset, f"PSNR against bits over all sizes of the latent{note}", legend_of=axes)
