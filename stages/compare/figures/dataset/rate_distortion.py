"""PSNR and SSIM against bits per pixel: quantised and entropy-coded latents, a PCA coder, JPEG without its headers."""

import numpy as np

from stages.compare.style import GREY, colour, marker, new_figure, plain, spoken

TASK = "compression"  # the report shows it there

REFERENCES = {"pca_coder": "-", "jpeg_without_header": ":"}


def draw(results):
    order = list(results.metrics)
    figure = new_figure(12, 5)
    quality, likeness = figure.subplots(1, 2)
    furthest = 0.0
    for name, content in results.metrics.items():
        scores = content["scores"]["compression"]
        rates, best = np.mean(scores["rates"], axis=0), scores["setting"][0][0]
        furthest = max(furthest, rates.max())
        look = {"color": colour(name, order), "marker": marker(name, order), "linewidth": 1.4, "markersize": 4}
        for axes, curve in ((quality, scores["psnrs"]), (likeness, scores["ssims"])):
            means = np.mean(curve, axis=0)
            axes.plot(rates, means, label=spoken(name), **look)
            axes.plot(rates[best], means[best], "o", markersize=10, fillstyle="none", color=colour(name, order))
    for name, style in REFERENCES.items():
        scores = results.references["compression"][name]
        for axes, curve in ((quality, scores["psnrs"]), (likeness, scores["ssims"])):
            rates, means = np.mean(scores["rates"], axis=0), np.mean(curve, axis=0)
            axes.plot(rates, means, style, color=GREY, linewidth=2.5, alpha=0.7, label=f"{spoken(name)} (no network)")
    for axes, what in ((quality, "PSNR, dB"), (likeness, "SSIM")):
        plain(axes)
        axes.set_xlabel("bits per pixel of the test images' bitstream")
        axes.set_ylabel(what)
        axes.set_xlim(0, 1.25 * furthest)
    peak = max(np.max(content["scores"]["compression"]["psnrs"]) for content in results.metrics.values())
    quality.set_ylim(None, peak + 4)
    figure.legend(*quality.get_legend_handles_labels(), loc="outside right center", fontsize=8)
    figure.suptitle(
        f"{spoken(results.dataset)}: compression (ringed: the setting chosen on validation; up and left is better)",
        fontsize=11,
    )
    return figure
