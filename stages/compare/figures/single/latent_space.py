"""Latents of test images on their first two principal axes, coloured by class."""

from matplotlib import colormaps

from stages.compare.style import GREY, new_figure, plain, spoken


def draw(shown):
    figure = new_figure(7, 5.2)
    axes = figure.subplots()
    plain(axes)
    if shown.labels is None:
        axes.scatter(*shown.latents.T, s=6, color=GREY, linewidths=0)
    else:
        for label, name in enumerate(shown.classes):
            points = shown.latents[shown.labels == label]
            colour = colormaps["tab20"](label % 20) if len(shown.classes) > 10 else colormaps["tab10"](label)
            axes.scatter(*points.T, s=9, color=colour, linewidths=0, alpha=0.55)
            # The name at the centre says the class without relying on colour.
            axes.text(
                *points.mean(axis=0),
                name,
                color="black",
                fontsize=10,
                fontweight="bold",
                ha="center",
                va="center",
                bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": colour, "pad": 1.2},
            )
    axes.set_xlabel("first principal axis of the latents")
    axes.set_ylabel("second")
    axes.set_title(
        f"{spoken(shown.architecture)} on {spoken(shown.dataset)}: latents of {len(shown.latents):,} test images\n"
        f"the two axes hold {shown.explained:.0%} of their variance",
        fontsize=11,
    )
    return figure
