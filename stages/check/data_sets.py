"""Data sets: a block each, with what prepare and training read of it, which have to fit the images that there are."""

from pathlib import Path

from stages.check.blocks import check_names, check_new_name, mistake, parse
from stages.check.folders import check_folder
from stages.check.items import item
from stages.common import patches
from stages.common.registry import names
from stages.common.settings import read_block
from stages.common.stage import UserError
from stages.prepare.formats import Published
from stages.prepare.settings import Source, Split
from stages.prepare.split import FEWEST, FOLDS, LEAST, LEAST_OF_FOLD, is_few, least_of, sizes
from stages.train.settings import Budget

MOST_PIXELS = 1_000_000_000  # of a data set; resizing takes 8 bytes for each


class DataSet(Budget, Source, extra="forbid"):
    """The whole block data.<data set>."""


def folders(params: dict) -> list[str]:
    """Names of the data sets that are folders of the user's images."""
    return [name for name, block in params["data"].items() if isinstance(block, dict) and block.get("folder")]


def check_data_set(dataset: str, block) -> None:
    """A block whose images and anomalies come from files in stages/prepare/datasets/, or from folders."""
    where, built_in = f"data.{dataset}", dataset in names("prepare/datasets")
    folder = block.get("folder") if isinstance(block, dict) else None
    if folder and built_in:
        raise mistake(f"{where}.folder", folder, "should be empty, since stages/prepare/datasets/ has it")
    if folder:
        check_folder(dataset, folder, block.get("anomalies"))
        check_new_name(dataset, "data")
    data = parse(DataSet, block, where)
    if not folder and not built_in:
        raise mistake(f"{where}.folder", folder, "`make own` writes it")
    if not (folder and Path(data.anomalies).is_absolute()):
        check_names([data.anomalies], "prepare/datasets", f"{where}.anomalies")


def published_of(dataset: str, data: DataSet) -> Published | None:
    """What is known of a data set beforehand; of a folder what `make own` has seen."""
    if data.folder:
        folder, count = data.folder, patches.count(data.folder.whole, data.image_size)
        images, test, validation = (n and n * count for n in (folder.images, folder.test, folder.validation))
        return Published(images, test, folder.channels, folder.classes, validation)
    return getattr(item("prepare/datasets", dataset), "PUBLISHED", None)


def has_folds(data: DataSet, published: Published) -> bool:
    """Whether there are FOLDS splits, as of a folder of few images."""
    return is_few(published.train, published.test, int(data.folder is not None), published.validation)


def counts_of(params: dict, data: DataSet, published: Published) -> dict[str, int]:
    """The number of images of each split."""
    fractions = read_block(Split, params, "split")
    least = least_of(published.train) if data.folder else 0
    return sizes(published.train, published.test, fractions, least, published.validation)


def check_data(params: dict, dataset: str) -> None:
    """What a data set is split into, brought to and trained in."""
    data, where = read_block(DataSet, params, "data", dataset), f"data.{dataset}"
    if data.folder and data.folder.whole and data.folder.whole < data.image_size:
        raise mistake(f"{where}.folder.whole", data.folder.whole, f"should be {data.image_size}, its patches, or more")
    if data.anomalies == dataset:
        raise mistake(f"{where}.anomalies", dataset, "should be another data set, or nothing is an anomaly")
    published = published_of(dataset, data)
    if published is None:
        return
    counts = counts_of(params, data, published)
    if has_folds(data, published) and len(data.seeds) < FOLDS:
        wrong = f"should be {FOLDS} or more: so few images are split {FOLDS} times, and each seed tests another part"
        raise mistake(f"{where}.seeds", data.seeds, wrong)
    least = LEAST_OF_FOLD if has_folds(data, published) else FEWEST if data.folder else LEAST
    least = max(least, published.classes)
    for name, count in counts.items():
        if count < least:
            leaves = f"split leaves {count} {name} images of {dataset}"
            raise UserError(f"params.yaml: {leaves}; {least} are needed: see its fractions")
    train, pixels = counts["train"], data.image_size**2 * published.channels
    if 2 * data.batch_size > train:
        wrong = f"should be half of the {train:,} training images at most"
        raise mistake(f"{where}.batch_size", data.batch_size, wrong)
    if pixels * sum(counts.values()) > MOST_PIXELS:
        raise mistake(f"{where}.image_size", data.image_size, f"all images have more than {MOST_PIXELS:,} pixels then")
    if pixels * train * data.passes_per_epoch > 4 * MOST_PIXELS:
        wrong = f"an epoch has more than {4 * MOST_PIXELS:,} pixels then"
        raise mistake(f"{where}.passes_per_epoch", data.passes_per_epoch, wrong)
