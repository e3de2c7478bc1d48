"""PSNR and SSIM against bits per pixel: quantised and entropy-coded latents, a PCA coder, image codecs on a sheet;
upright lines: the most bits of each case, ringed what is recommended there."""

import numpy as np
from scipy.interpolate import PchipInterpolator

from stages.common.curves import mean_curve
from stages.common.names import spoken
from stages.common.results import leading
from stages.common.task import TAKE, Case
from stages.draw.style import GREY, LINES, look, new_panels, titled

TASK = "compression"  # the page shows it there
LEADING = {"linewidth": 2.4, "markersize": 7, "zorder": 3, "markeredgewidth": 0.8}  # of who is best or equivalent
OTHERS = {"linewidth": 0.8, "markersize": 4, "zorder": 2, "markeredgewidth": 0.3}


def _smooth(rates, values):
    """Measured points joined as the task reads them off: piecewise cubics on the logarithm of the rate."""
    rates, kept = np.unique(rates, return_index=True)
    between = np.geomspace(rates[0], rates[-1], 200)
    return between, PchipInterpolator(np.log(rates), values[kept])(np.log(between))


def draw(results):
    order = list(results.metrics)
    judged = results.tasks[TASK].options["rates"]
    figure, panels = new_panels(2, 2, (6, 5), (0, 0))
    panels = dict(zip(("psnrs", "ssims"), panels, strict=True))
    most, leaders = judged[-1], set().union(*map(leading, results.summary[TASK].values()))
    for name, scores in results.scores(TASK).items():
        rates = mean_curve(scores["rates"])
        most = max(most, rates[-1])
        style = look(name, order, **(LEADING if name in leaders else OTHERS))
        if len(rates) == 1:
            style |= {"markersize": 9, "linestyle": "none"}
        label = spoken(name) + (" (one rate)" if len(rates) == 1 else "")
        for measure, axes in panels.items():
            axes.plot(rates, mean_curve(scores[measure]), label=label, **style)
    for measure, axes in panels.items():
        bottom, top = axes.get_ylim()  # of the architectures: a far reference must not squeeze them
        for (name, scores), style in zip(results.references[TASK].items(), ("-", *LINES), strict=False):
            line = _smooth(mean_curve(scores["rates"]), mean_curve(scores[measure]))
            axes.plot(*line, color=GREY, linestyle=style, linewidth=2, label=spoken(name), zorder=1)
        for rate in judged:
            axes.axvline(rate, color="black", linewidth=0.8, zorder=0)
        axes.set(
            xscale="log", xlim=(0.8 * judged[0], 1.25 * most), xlabel="bits per pixel of the test images' bitstream"
        )
        axes.set_ylim(bottom - 0.1 * (top - bottom), top + 0.3 * (top - bottom))
        axes.set_xticks(judged, [f"{rate:g}" for rate in judged])
        axes.minorticks_off()
    ringed = {"marker": "o", "markersize": 15, "fillstyle": "none", "color": "black", "linestyle": "none", "zorder": 4}
    for about, rows in results.uses:
        for row in (row for row in rows if about.name == TASK and row["choice"] == TAKE):
            level = next(Case(*case).level for case in about.cases if Case(*case).name == about.case)
            panels["psnrs"].plot(level, row["mean"], **ringed)
    panels["psnrs"].set_ylabel("PSNR, dB")
    panels["ssims"].set(ylabel="SSIM", ylim=(None, min(1, panels["ssims"].get_ylim()[1])))
    title = "compression (up and left is better; thick: best or equivalent; grey: classical; ringed: recommended)"
    return titled(figure, results.dataset, title, legend_of=panels["psnrs"])
