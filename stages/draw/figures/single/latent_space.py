"""Latents of test images on their first two principal axes, coloured by class. Only with a latent."""

from itertools import combinations

import numpy as np
from matplotlib import colormaps

from stages.draw.style import GREY, new_axes

ROUNDS = 500  # of moving names apart; a hundred names have no room to be


def draw(shown):
    if shown.latents is None:
        return None
    figure, axes = new_axes(7, 5.2)
    axes.set(xlabel="first principal axis of the latents", ylabel="second")
    what = f"{shown.name}: latents of {len(shown.latents):,} test images"
    axes.set_title(f"{what}\nthe two axes hold {shown.explained:.0%} of their variance", fontsize=11)
    if shown.labels is None:
        axes.scatter(*shown.latents.T, s=6, color=GREY, linewidths=0)
        return figure
    names = []
    for label, name in enumerate(shown.classes):
        points = shown.latents[shown.labels == label]
        colour = colormaps["tab20"](label % 20) if len(shown.classes) > 10 else colormaps["tab10"](label)
        axes.scatter(*points.T, s=9, color=colour, linewidths=0, alpha=0.55)
        # The name at the centre says the class without relying on colour.
        style = {"color": "black", "fontsize": 10, "fontweight": "bold", "ha": "center", "va": "center", "zorder": 4}
        box = {"facecolor": "white", "alpha": 0.75, "edgecolor": colour, "pad": 1.2}
        names.append(axes.text(*points.mean(axis=0), name, bbox=box, **style))
    _set_apart(figure, axes, names)
    return figure


def _set_apart(figure, axes, names) -> None:
    """Move names up or down until none hides another; a line leads from a name that was moved to its centre."""
    figure.draw_without_rendering()  # which finds the places of all that takes room
    axes.set(xlim=axes.get_xlim(), ylim=axes.get_ylim())
    boxes = np.array([name.get_bbox_patch().get_window_extent().extents for name in names])
    for name, moved in zip(names, apart(boxes), strict=True):
        if moved:
            centre, colour = name.get_position(), name.get_bbox_patch().get_edgecolor()
            across, along = axes.transData.transform(centre)
            at = axes.transData.inverted().transform((across, along + moved))
            name.set_position(at)
            axes.plot(*zip(centre, at, strict=True), color=colour, linewidth=1, marker="o", markevery=[0], markersize=3)


def apart(boxes: np.ndarray) -> np.ndarray:
    """How far to move boxes (n, 4), left, bottom, right and top, up (n,), so that no two overlap. Where two do, the
    higher goes up and the lower down, by half of it each, again and again; of two as high the later goes up."""
    moved = np.zeros(len(boxes))
    left, bottom, right, top = boxes.T
    for _ in range(ROUNDS):
        still = True
        for one, other in combinations(np.argsort(bottom, kind="stable"), 2):
            overlap = top[one] + moved[one] - bottom[other] - moved[other]
            beside = right[one] <= left[other] or right[other] <= left[one]
            if overlap > 0.01 and not beside:
                moved[one] -= overlap / 2
                moved[other] += overlap / 2
                still = False
        if still:
            break
    return moved
