"""PSNR and SSIM against bits per pixel: quantised and entropy-coded latents, a PCA coder, image codecs on a sheet."""

import numpy as np
from scipy.interpolate import PchipInterpolator

from stages.compare.ranking import leading
from stages.compare.style import GREY, LINES, colour, marker, new_figure, plain, spoken

TASK = "compression"  # the page shows it there


def _smooth(rates, values):
    """Measured points joined as the task reads them off: piecewise cubics on the logarithm of the rate."""
    rates, kept = np.unique(rates, return_index=True)
    between = np.geomspace(rates[0], rates[-1], 200)
    return between, PchipInterpolator(np.log(rates), values[kept])(np.log(between))


def draw(results):
    order = list(results.metrics)
    low, _, high = results.tasks[TASK].options["rates"]
    figure = new_figure(12, 5)
    panels = dict(zip(("psnrs", "ssims"), figure.subplots(1, 2), strict=True))
    most, leaders = high, leading(results.summary[TASK])
    for name, content in results.metrics.items():
        scores = content["scores"][TASK]
        rates = np.mean(scores["rates"], axis=0)
        most = max(most, rates[-1])
        look = {"color": colour(name, order), "marker": marker(name, order), "markeredgecolor": "black"}
        lead = name in leaders
        look |= {"linewidth": 2.4 if lead else 0.8, "markersize": 7 if lead else 4, "zorder": 3 if lead else 2}
        look |= {"markeredgewidth": 0.8 if lead else 0.3}
        if len(rates) == 1:
            look |= {"markersize": 9, "linestyle": "none"}
        label = spoken(name) + (" (one rate)" if len(rates) == 1 else "")
        for measure, axes in panels.items():
            axes.plot(rates, np.mean(scores[measure], axis=0), label=label, **look)
    for measure, axes in panels.items():
        bottom, top = axes.get_ylim()  # of the architectures: a far reference must not squeeze them
        for (name, scores), style in zip(results.references[TASK].items(), ("-", *LINES), strict=False):
            curve = _smooth(scores["rates"][0], np.mean(scores[measure], axis=0))
            axes.plot(*curve, color=GREY, linestyle=style, linewidth=2, label=spoken(name), zorder=1)
        axes.axvspan(low, high, color=GREY, alpha=0.08, linewidth=0, label="common rates")
        axes.set_xscale("log")
        axes.set_xlim(0.8 * low, 1.25 * most)
        axes.set_ylim(bottom - 0.1 * (top - bottom), top + 0.3 * (top - bottom))
        ticks = [tick for tick in (0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0) if 0.8 * low <= tick <= 1.25 * most]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
        plain(axes)
        axes.set_xlabel("bits per pixel of the test images' bitstream")
    panels["psnrs"].set_ylabel("PSNR, dB")
    panels["ssims"].set_ylabel("SSIM")
    figure.legend(*panels["psnrs"].get_legend_handles_labels(), loc="outside right center", fontsize=8)
    figure.suptitle(
        f"{spoken(results.dataset)}: compression (up and left is better; thick: best or equivalent; grey: no network)",
        fontsize=11,
    )
    return figure
