"""The one picture that says most: reconstruction error of every architecture on every data set, PCA being 1."""

from stages.style import GREY, colour, marker, new_figure, plain, spoken


def draw(tables, architectures):
    """tables: data set -> its rows of metrics/summary/ about reconstruction; architectures: all, in order."""
    figure = new_figure(3.1 * len(tables) + 1.6, 1.2 + 0.4 * len(architectures))
    panels = figure.subplots(1, len(tables), sharey=True, squeeze=False)[0]
    for axes, (dataset, rows) in zip(panels, tables.items(), strict=True):
        plain(axes)
        floor = next((row["mean"] for row in rows if row["architecture"] == "pca"), rows[-1]["mean"])
        for row in rows:
            name = row["architecture"]
            place = -architectures.index(name)
            shade = colour(name, architectures)
            axes.plot([1, row["mean"] / floor], [place, place], color=shade, linewidth=2.5, alpha=0.6)
            axes.plot(
                row["mean"] / floor, place, marker(name, architectures), color=shade, markeredgecolor=GREY, markersize=8
            )
            if row["low"] is not None:
                axes.plot([row["low"] / floor, row["high"] / floor], [place] * 2, "|-", color=GREY, linewidth=1.5)
            star = " *" if row["rank"] == 1 else ""
            label = f"{row['mean'] / floor:.2f}{star}"
            axes.annotate(
                label, (row["mean"] / floor, place), (0, 7), textcoords="offset points", fontsize=8, ha="center"
            )
        axes.axvline(1, color=GREY, linewidth=0.8, linestyle=":")
        axes.set_title(spoken(dataset), fontsize=11)
        axes.set_xlim(0, axes.get_xlim()[1] * 1.12)
        axes.set_xlabel("test MSE, PCA = 1", fontsize=9)
    panels[0].set_yticks([-place for place in range(len(architectures))], [spoken(name) for name in architectures])
    figure.suptitle(
        "Reconstruction error at equal latent size (left is better; * best or tied with it; grey: 95 % over seeds)",
        fontsize=11,
    )
    return figure
