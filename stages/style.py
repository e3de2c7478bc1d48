"""How every picture looks: one colour for an architecture everywhere, safe for colour-blind readers."""

import numpy as np
from matplotlib.figure import Figure

# Okabe and Ito 2008, "Color universal design"; black first, for the floor.
COLOURS = ("#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")
MARKERS = ("o", "s")  # the second eight architectures repeat the colours with another marker
GREY = "#777777"


def colour(name: str, architectures: list[str]) -> str:
    """The colour of an architecture: by its place in params.yaml."""
    return COLOURS[architectures.index(name) % len(COLOURS)]


def marker(name: str, architectures: list[str]) -> str:
    """The marker of an architecture."""
    return MARKERS[architectures.index(name) // len(COLOURS) % len(MARKERS)]


def spoken(name: str) -> str:
    """A name as people write it."""
    known = {"pca": "PCA", "mnist": "MNIST", "fashion_mnist": "Fashion-MNIST", "cifar10": "CIFAR-10"}
    return known.get(name, name.replace("_", " "))


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of so many inches, free of global state."""
    return Figure(figsize=(width, height), layout="constrained", dpi=110)


def plain(axes) -> None:
    """Only what carries information: no box, a faint grid."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25, linewidth=0.6)


def show_image(axes, image: np.ndarray) -> None:
    """One float or uint8 image (height, width, channels), without axes; values outside [0, 1] are clipped."""
    pixels = image / 255 if image.dtype == np.uint8 else np.clip(image, 0, 1)
    axes.imshow(pixels.squeeze(), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)


def image_rows(rows: dict[str, np.ndarray], title: str, captions: dict[str, list[str]] | None = None) -> Figure:
    """Rows of images, each with its name at the left: {"original": (n, height, width, channels), ...}."""
    count = max(len(images) for images in rows.values())
    figure = new_figure(1.6 + 0.8 * count, 0.5 + (1.0 if captions else 0.8) * len(rows))
    grid = figure.subplots(len(rows), count, squeeze=False)
    for line, (name, images) in zip(grid, rows.items(), strict=True):
        for axes in line:
            axes.axis("off")
        for i, image in enumerate(images):
            line[i].axis("on")
            show_image(line[i], image)
            if captions and name in captions:
                line[i].set_title(captions[name][i], fontsize=7, pad=2)
        line[0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize=9)
    figure.suptitle(title, fontsize=11)
    return figure


def save(figure: Figure, path) -> None:
    """Write a PNG whose bytes depend on nothing but the figure."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None})
