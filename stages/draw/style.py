"""Style of every picture: one colour for an architecture everywhere, safe for colour-blind readers.

Matplotlib is loaded with the first figure: colours and markers are asked for by who draws nothing.
"""

from typing import TYPE_CHECKING

import numpy as np

from stages.common.names import spoken

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito 2008, "Color universal design"; black first, for the floor.
COLOURS = ("#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")
MARKERS = ("o", "s", "^", "D", "v", "P", ">", "<")  # a shape for each too, so that a print in grey is read as well
GREY = "#777777"
LINES = ["--", ":", "-.", (0, (1, 3)), (0, (6, 2, 1, 2, 1, 2))]  # tell grey references apart


def colour(name: str, architectures: list[str]) -> str:
    """The colour of an architecture: by its index in params.yaml."""
    return COLOURS[architectures.index(name) % len(COLOURS)]


def marker(name: str, architectures: list[str]) -> str:
    """The marker of an architecture: those that share a colour differ in it."""
    index = architectures.index(name)
    return MARKERS[(index + index // len(COLOURS)) % len(MARKERS)]


def new_figure(width: float, height: float) -> "Figure":
    """An empty figure of so many inches, free of global state."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained", dpi=110)


def plain(axes) -> None:
    """Only what carries information: no box, a faint grid."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25, linewidth=0.6)


def new_axes(width: float, height: float) -> tuple:
    """An empty figure of so many inches, and its plain axes."""
    figure = new_figure(width, height)
    axes = figure.subplots()
    plain(axes)
    return figure, axes


def new_panels(count: int, columns: int, panel: tuple[float, float], margin: tuple[float, float], **options) -> tuple:
    """A figure of plain panels, so many and at most so many side by side, and these in a list.

    panel, margin: width and height in inches, of each panel and of what is around all; options: of `subplots`
    """
    columns = min(columns, max(1, count))
    lines = max(1, -(-count // columns))
    figure = new_figure(margin[0] + panel[0] * columns, margin[1] + panel[1] * lines)
    grid = figure.subplots(lines, columns, squeeze=False, **options).ravel()
    for axes in grid[:count]:
        plain(axes)
    for axes in grid[count:]:
        axes.axis("off")
    return figure, list(grid[:count])


def look(name: str, architectures: list[str], **more) -> dict:
    """Colour and marker of an architecture, with a black rim, and what else is asked for."""
    known = {"color": colour(name, architectures), "marker": marker(name, architectures)}
    return known | {"markeredgecolor": "black"} | more


def titled(figure: "Figure", dataset: str, title: str, legend_of=None) -> "Figure":
    """The figure with a title after the name of its data set and, at the right, the legend of one of its axes."""
    if legend_of:
        figure.legend(*legend_of.get_legend_handles_labels(), loc="outside right center", fontsize=8, handlelength=3)
    figure.suptitle(f"{spoken(dataset)}: {title}", fontsize=11)
    return figure


def pixels_of(image: np.ndarray) -> np.ndarray:
    """One float or uint8 image (height, width, channels) as floats (height, width, 3); clipped to [0, 1]."""
    values = image / 255 if image.dtype == np.uint8 else np.clip(image, 0, 1)
    return np.broadcast_to(values, (*values.shape[:2], 3))


def image_rows(rows: dict[str, np.ndarray], title: str, captions: dict[str, list[str]] | None = None) -> "Figure":
    """Rows of images, each with its name at the left: {"original": (n, height, width, channels), ...}.

    captions: for some rows, a line above each image
    """
    captions = captions or {}
    count = max(len(images) for images in rows.values())
    height, width = next(iter(rows.values())).shape[1:3]
    gap = max(1, width // 8)
    tops, top = [], 0
    for name in rows:
        top += 2 * gap if name in captions else 0
        tops.append(top)
        top += height + gap
    # One picture for all: an axes for each image would take seconds to draw.
    canvas = np.ones((top, count * (width + gap), 3))
    inches = 0.75 / width
    figure = new_figure(1.7 + inches * canvas.shape[1], 0.5 + inches * canvas.shape[0])
    axes = figure.subplots()
    for (name, images), top in zip(rows.items(), tops, strict=True):
        for i, image in enumerate(images):
            canvas[top : top + height, i * (width + gap) :][:, :width] = pixels_of(image)
            if name in captions:
                axes.text(i * (width + gap) + width / 2, top - gap / 2, captions[name][i], fontsize=7, ha="center")
    axes.imshow(canvas, interpolation="nearest", vmin=0, vmax=1, aspect="equal")
    axes.set_xticks([])
    axes.set_yticks([top + height / 2 for top in tops], list(rows), fontsize=9)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    figure.suptitle(title, fontsize=11)
    return figure


def save(figure: "Figure", path) -> None:
    """Write a PNG whose bytes depend on nothing but the figure."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None})
