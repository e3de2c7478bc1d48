"""Reconstruction error and cost: test MSE with its 95 % interval over seeds, and multiply-adds for an image."""

from stages.style import GREY, colour, marker, new_figure, plain, spoken


def draw(results):
    rows = [row for row in results.summary if row["task"] == "reconstruction"][::-1]
    order = list(results.metrics)
    figure = new_figure(9.5, 0.9 + 0.38 * len(rows))
    error, cost = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    for place, row in enumerate(rows):
        name = row["architecture"]
        look = {"color": colour(name, order), "marker": marker(name, order), "markersize": 7, "markeredgecolor": GREY}
        if row["low"] is not None:
            error.plot([row["low"], row["high"]], [place, place], color=colour(name, order), linewidth=2)
        error.plot(row["mean"], place, **look)
        error.annotate(f"{row['mean']:.4f}", (row["mean"], place), (0, 6), textcoords="offset points", fontsize=7)
        cost.plot(results.metrics[name]["cost"]["multiply_adds"], place, **look)
        if row["versus_floor" if "versus_floor" in row else "versus_best"] == "itself":
            error.axvline(row["mean"], color=GREY, linewidth=0.8, linestyle=":")
    error.set_yticks(range(len(rows)), [f"{row['rank']}. {spoken(row['architecture'])}" for row in rows])
    error.set_xlim(0, None)
    error.set_xlabel("test MSE per pixel (dotted: PCA; bars: 95 % interval over seeds)")
    cost.set_xlabel("multiply-adds per image")
    cost.set_xscale("log")
    for axes in (error, cost):
        plain(axes)
    figure.suptitle(f"{spoken(results.dataset)}: reconstruction of test images", fontsize=11)
    return figure
