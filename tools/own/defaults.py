"""Settings of a data set of one's own, chosen from its images, each with the reason."""

import math
from pathlib import Path
from typing import NamedTuple

import numpy as np

from stages.common.subset import spread
from stages.prepare.folder import pixels_of
from stages.prepare.split import LEAST, sizes

NAMES = ("image_size", "latent_size", "width", "epochs", "passes_per_epoch", "batch_size", "seeds")
SAMPLE = 500  # images from which the latent size is chosen

SIZES = (16, 24, 32, 48, 64)  # of images
LARGEST = 4096  # pixels times channels; more has to be asked for, since networks and PCA take so much longer
MOST_PIXELS = 500_000_000  # of all images together, with channels; memory holds them a few times
KEPT = 0.9  # of the variance, by the principal components that the latent is as large as
LATENTS = (8, 128)  # fewest and most that are chosen
STEPS = 100  # of an epoch, at least
EPOCHS = 12
SEEDS = 3  # with which a verdict can be told from chance


class Choice(NamedTuple):
    """A setting and why it is what it is."""

    value: int | float | list[int]
    why: str


def chosen(given: dict, former: dict, own: dict, rows: list[dict], split: dict) -> dict[str, Choice]:
    """Every setting of NAMES: as given, as it stands in `former`, a block of params.yaml, or from the images.

    own: the block `folder`; rows: of its images; split: the block of params.yaml
    """
    train = sizes(len(rows), None, split["validation_fraction"], split["test_fraction"], LEAST)["train"]
    found = {name: Choice(former[name], "as in params.yaml") for name in NAMES if name in former}
    found |= {name: Choice(value, "as given") for name, value in given.items() if value}
    if "image_size" not in found:
        found["image_size"] = image_size(np.array([row["shape"] for row in rows]), own["channels"])
    size = found["image_size"].value
    if "latent_size" not in found:
        sample = [rows[i] for i in spread(SAMPLE, len(rows))]
        found["latent_size"] = latent_size(pixels_of(Path(own["path"]), sample, size, own), train)
    return {name: (of_training(train, size, found["latent_size"].value) | found)[name] for name in NAMES}


def image_size(shapes: np.ndarray, channels: int) -> Choice:
    """Height and width for images of (n, 3) shapes."""
    side = int(np.median(shapes[:, :2].min(axis=1)))
    room = math.isqrt(MOST_PIXELS // (channels * len(shapes)))
    most = math.isqrt(LARGEST // channels)
    fits = [size for size in SIZES if size <= min(side, room, most)]
    why = f"half of the images have a shorter side of {side} or less; at most {most} unless SIZE= says more"
    return Choice(max(fits, default=SIZES[0]), why)


def latent_size(images: np.ndarray, most: int = LATENTS[1]) -> Choice:
    """The power of two nearest above the number of principal components that keep KEPT of the variance of uint8
    images (n, height, width, channels), and not above `most`."""
    flat = images.reshape(len(images), -1) / np.float32(255)
    flat -= flat.mean(axis=0)
    spectrum = np.sort(np.linalg.eigvalsh(flat @ flat.T))[::-1].clip(0)
    shares = np.cumsum(spectrum) / max(spectrum.sum(), 1e-12)
    needed = min(int(np.searchsorted(shares, KEPT)) + 1, len(shares))
    largest = 2 ** int(math.log2(min(most, LATENTS[1])))
    size = min(max(2 ** math.ceil(math.log2(needed)), LATENTS[0]), largest)
    return Choice(size, f"{needed} principal components keep {KEPT:.0%} of the variance of {len(images):,} images")


def of_training(train: int, size: int, latents: int) -> dict[str, Choice]:
    """Width, epochs, passes, batch and seeds for so many training images of that size."""
    batch = 32 if train < 5000 else 64 if train < 20_000 else 128
    batch = min(batch, train // 2)
    passes = max(1, math.ceil(STEPS * batch / train))
    width = max(0.5 if size <= 16 else 1.0, latents / 64)
    return {
        "width": Choice(width, "hidden layers are four times as wide as the latent, at least"),
        "epochs": Choice(EPOCHS, "at most; training stops earlier where it gains nothing"),
        "passes_per_epoch": Choice(passes, f"{train:,} training images give {STEPS} steps an epoch or more"),
        "batch_size": Choice(batch, f"for {train:,} training images"),
        "seeds": Choice(list(range(SEEDS)), "verdicts need several"),
    }


def unknowable(test: int, anomalies: int) -> list[str]:
    """What so few test images and anomalies cannot tell; nothing where they are many.

    The interval is that of Hanley and McNeil 1982 for an AUROC of .8.
    """
    area, lines = 0.8, []
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (anomalies - 1) * (q1 - area**2) + (test - 1) * (q2 - area**2)
    off = 1.96 * math.sqrt(variance / (anomalies * test))
    if off > 0.05:
        lines.append(f"an AUROC of .80 is known to about {off:.2f} up or down")
    if test < 500:
        lines.append(f"Fréchet and kernel distances of samples from {test:,} images are mostly chance")
    if test < 200:
        lines.append("small differences between architectures stay undecided, however many seeds there are")
    return lines
