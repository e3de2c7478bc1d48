"""Settings of a data set of the user's images, chosen from them, each with the reason."""

import math
from argparse import Namespace
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from stages.check.blocks import parse
from stages.check.data_sets import DataSet
from stages.common import patches
from stages.common.stage import UserError
from stages.common.subset import spread
from stages.prepare.levels import black_and_white
from stages.prepare.listing import patches_of, pixels_of
from stages.prepare.rows import classes_of, fingerprint, usable
from stages.prepare.settings import Folder, Split
from stages.prepare.split import FOLDS, is_few, least_of, sizes

NAMES = ("image_size", "latent_size", "width", "epochs", "passes_per_epoch", "batch_size", "seeds")
SAMPLE = 500  # images from which the latent size is chosen

SIZES = (16, 24, 32, 48, 64, 96, 128)  # of images
LARGEST = (4096, 16_384)  # pixels times channels, of many images and of few; more has to be asked for, as it takes long
QUICK = 8_000_000  # pixels times channels of all images together, up to which each may have more than the first
MOST_PIXELS = 500_000_000  # of all images together, with channels; memory holds them a few times
MOST_WHOLE = 1024  # of images that are cut into patches; more has to be asked for
KEPT = 0.9  # of the variance, by the principal components that the latent is as large as
LATENTS = (8, 128)  # fewest and most that are chosen
STEPS = 100  # of an epoch, at least
EPOCHS = 12
SEEDS = 3  # with which a verdict differs from chance
T = TypeVar("T", int, float, list[int])  # of a setting


class Choice(NamedTuple, Generic[T]):
    """A setting and why it is what it is."""

    value: T
    why: str


def folder_of(source: Path, rows: list[dict], anomalies: list[dict], **asked) -> Folder:
    """The block data.<dataset>.folder of a folder in which there are these rows, and those of its anomalies.

    asked: fit, group, whole, classes_by, architectures and minutes; black and white, or None where the images say which
    """
    kept, (black, white, _) = usable(rows), levels_of(rows)
    if (asked.get("black") or 0) >= (asked.get("white") or white):
        raise UserError(f"BLACK={asked['black']}: should be below white, which is {asked.get('white') or white:,}")
    seen: dict = {"path": str(source), "files": fingerprint(rows, anomalies)}
    counts = {name: sum(row["split"] == name for row in kept) or None for name in ("validation", "test")}
    seen |= counts | {"images": len(kept) - sum(count or 0 for count in counts.values()), "white": white}
    seen |= {"anomalous": len(usable(anomalies, rows))}
    seen |= {"black": black if black < (asked.get("white") or white) else 0}
    seen["channels"] = max((row["shape"][2] for row in kept), default=1)
    seen |= {name: value for name, value in asked.items() if value is not None or name in ("group", "minutes")}
    return parse(Folder, seen | {"classes": len(classes_of(kept, asked.get("classes_by"))[0])}, "folder")


def levels_of(rows: list[dict]) -> tuple[int, int, str]:
    """Black, white and why, by the images of a folder that are not its test split."""
    found = [row["levels"] for row in usable(rows) if row["levels"] and row["split"] != "test"]
    return black_and_white(np.array(found).reshape(-1, 2))


def chosen(given: dict, former: dict, folder: Folder, rows: list[dict], split: Split) -> dict[str, Choice]:
    """Every setting of NAMES: as given, as it stands in `former`, a block of params.yaml, or from the images.

    rows: of the folder
    """
    rows = [row for row in usable(rows) if row["split"] not in ("validation", "test")]
    choices = {name: Choice(former[name], "as in params.yaml") for name in NAMES if name in former}
    choices |= {name: Choice(value, "as given") for name, value in given.items() if value}
    if "image_size" not in choices:
        choices["image_size"] = image_size(np.array([row["shape"] for row in rows]), folder.channels)
    size = choices["image_size"].value
    pieces = patches.count(folder.whole, size)
    images, least = len(rows) * pieces, least_of(len(rows) * pieces)
    train = sizes(images, folder.test, split, least, folder.validation)["train"]
    few = is_few(images, folder.test, least, folder.validation)
    if "latent_size" not in choices:
        sample = [rows[i] for i in spread(SAMPLE // pieces + 1, len(rows))]
        pictures = pixels_of(Path(folder.path), sample, folder.whole or size, folder)
        choices["latent_size"] = latent_size(patches_of(pictures, size)[0], train)
    choices = of_training(train, size, choices["latent_size"].value, few) | choices
    return {name: choices[name] for name in NAMES}


def image_size(shapes: np.ndarray, channels: int) -> Choice[int]:
    """Height and width for images of (n, 3) shapes."""
    side = int(np.median(shapes[:, :2].min(axis=1)))
    room = math.isqrt(MOST_PIXELS // (channels * len(shapes)))
    most = math.isqrt(min(max(QUICK // len(shapes), LARGEST[0]), LARGEST[1]) // channels)
    fits = [size for size in SIZES if size <= min(side, room, most)]
    why = f"half of the images have a shorter side of {side} or less; at most {most} unless SIZE= says more"
    return Choice(max(fits, default=SIZES[0]), why)


def whole_size(given: Namespace, former: DataSet | None, rows: list[dict]) -> int | None:
    """Height and width of images that are cut into patches, a multiple of the patch's where SIZE does not say; None
    where they are not cut. rows: of images that are used; raises UserError where nothing could be cut."""
    before = former.folder.whole if former else None
    if not (given.patch or before):
        return None
    if given.size or (before and not given.patch):
        whole, patch = given.size or before, given.patch or former.image_size
        if whole <= patch:
            raise UserError(f"SIZE={whole}: should be above {patch}, the size of the patches that PATCH= cuts")
        return whole
    shapes = np.array([row["shape"] for row in rows])
    side = int(np.median(shapes[:, :2].min(axis=1)))
    room = math.isqrt(MOST_PIXELS // (shapes[:, 2].max() * len(shapes)))
    if (times := min(side, room, MOST_WHOLE) // given.patch) < 2:
        raise UserError(f"PATCH={given.patch}: half of the images are {side} pixels or less; two patches are needed")
    return times * given.patch


def latent_size(images: np.ndarray, most: int = LATENTS[1]) -> Choice[int]:
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


def of_training(train: int, size: int, latents: int, few: bool = False) -> dict[str, Choice]:
    """Width, epochs, passes, batch and seeds for so many training images of that size; few: there are FOLDS splits."""
    batch = 32 if train < 5000 else 64 if train < 20_000 else 128
    batch = min(batch, train // 2)
    passes = max(1, math.ceil(STEPS * batch / train))
    width = max(0.5 if size <= 16 else 1.0, latents / 64)
    return {
        "width": Choice(width, "hidden layers are four times as wide as the latent, at least"),
        "epochs": Choice(EPOCHS, "the best of them is kept, by validation"),
        "passes_per_epoch": Choice(passes, f"{train:,} training images give {STEPS} steps an epoch or more"),
        "batch_size": Choice(batch, f"for {train:,} training images"),
        "seeds": Choice(list(range(FOLDS)), "one for each split, so that every image is tested once")
        if few
        else Choice(list(range(SEEDS)), "verdicts need several"),
    }
