"""Relations between settings: values that are allowed, each by itself, and do not work together.

Networks are built without memory for their weights, so that what is absurdly large can be told.
"""

import contextlib
import math
from collections.abc import Iterator

from stages.common.params import short
from stages.common.registry import load
from stages.common.stage import UserError
from stages.prepare.formats import Published
from stages.prepare.split import LEAST, sizes
from stages.train.build import build

MOST_IMAGES = 100_000  # that a task looks at or draws
MOST_WEIGHTS = 100_000_000
MOST_VALUES = 1_000_000_000  # that the layers give for one batch: 4 GB
MOST_PIXELS = 1_000_000_000  # of a data set; resizing takes 8 bytes for each


@contextlib.contextmanager
def networks_without_memory() -> Iterator[None]:
    """Networks that are built meanwhile have shapes and no values."""
    import keras

    try:
        with keras.StatelessScope(initialize_variables=False):
            yield
    finally:
        keras.backend.clear_session()


def check_task(task: str, options: dict) -> None:
    """Options of a task: enough images for a score, no value twice."""
    where = f"params.yaml: tasks.{task}"
    images = options.get("images", LEAST)
    if not LEAST <= images <= MOST_IMAGES:
        raise UserError(f"{where}.images = {images}: should be from {LEAST} to {MOST_IMAGES:,}")
    for name, values in options.items():
        if isinstance(values, list) and len(set(map(str, values))) != len(values):
            raise UserError(f"{where}.{name} = {short(values)}: should be a list of different values")


def check_data(params: dict, dataset: str) -> Published | None:
    """What a data set is split into, brought to and trained in. Gives what is published of it, where that is known."""
    block, where = params["data"][dataset], f"params.yaml: data.{dataset}"
    if block["anomalies"] == dataset:
        raise UserError(f"{where}.anomalies = {dataset!r}: should be another data set, or nothing is an anomaly")
    published = published_of(dataset, block)
    if published is None:
        return None
    counts = _counts(params, dataset, published)
    for name, count in counts.items():
        if count < max(LEAST, published.classes):
            raise UserError(
                f"params.yaml: split leaves {count} {name} images of {dataset}; {LEAST} are needed: see its fractions"
            )
    train = counts["train"]
    if 2 * block["batch_size"] > train:
        raise UserError(
            f"{where}.batch_size = {block['batch_size']}: should be half of the {train:,} training images at most"
        )
    pixels = block["image_size"] ** 2 * published.channels
    if pixels * (published.train + (published.test or 0)) > MOST_PIXELS:
        raise UserError(
            f"{where}.image_size = {block['image_size']}: all images have more than {MOST_PIXELS:,} pixels then"
        )
    if pixels * train * block["passes_per_epoch"] > 4 * MOST_PIXELS:
        raise UserError(
            f"{where}.passes_per_epoch = {block['passes_per_epoch']}: an epoch has more than {4 * MOST_PIXELS:,} "
            "pixels then"
        )
    return published


def published_of(dataset: str, block: dict) -> Published | None:
    """What is known of a data set beforehand; of one's own folder what `make own` has found."""
    if block["folder"]:
        found = block["folder"]
        return Published(found["images"], None, found["channels"], found["classes"])
    return getattr(load("prepare/datasets", dataset), "PUBLISHED", None)


def check_network(params: dict, dataset: str, architecture: str, published: Published | None) -> None:
    """An architecture gives images of the size that it takes, and neither it nor a batch is absurdly large.

    To be called in `networks_without_memory`.
    """
    block, where = params["data"][dataset], f"params.yaml: {architecture} on {dataset}"
    shape = (block["image_size"], block["image_size"], published.channels if published else 1)
    if getattr(load("architectures", architecture), "SOLVED", False):
        images = _counts(params, dataset, published)["train"] if published else math.inf
        most = min(math.prod(shape), images)
        if block["latent_size"] > most:
            raise UserError(
                f"params.yaml: data.{dataset}.latent_size = {block['latent_size']}: {architecture} has {most:,} at "
                f"most, as many as pixels or training images"
            )
    try:
        model = build(params, dataset, architecture, shape)
    except (ValueError, OverflowError) as error:
        own = short(params["architecture"][architecture])
        raise UserError(f"{where} makes no network of {own}: {_first_line(error)}") from None
    weights = model.encoder.count_params() + model.decoder.count_params()
    if weights > MOST_WEIGHTS:
        raise UserError(f"{where} has {weights:,} weights; {MOST_WEIGHTS:,} at most")
    parts = [layer for part in (model.encoder, model.decoder) for layer in part.layers]
    values = sum(math.prod(layer.output.shape[1:]) for layer in parts)
    values *= block["batch_size"] * getattr(model, "samples", 1)
    if values > MOST_VALUES:
        raise UserError(f"{where} takes {values:,} values for a batch; {MOST_VALUES:,} at most: a smaller batch_size?")
    latents, wanted = model.encoder.output_shape[1], model.decoder.input_shape[1]
    if model.decoder.output_shape[1:] != shape or latents not in (wanted, 2 * wanted):  # means and variances
        made = "x".join(map(str, model.decoder.output_shape[1:]))
        raise UserError(
            f"{where}: encoder and decoder do not fit: {latents} latents for {wanted}, images of {made} for "
            f"{'x'.join(map(str, shape))}"
        )


def check_cell(params: dict, dataset: str, architecture: str) -> None:
    """All relations that concern training one architecture on one data set."""
    check_network(params, dataset, architecture, check_data(params, dataset))


def _counts(params: dict, dataset: str, published: Published) -> dict[str, int]:
    split, least = params["split"], LEAST if params["data"][dataset]["folder"] else 0
    return sizes(published.train, published.test, split["validation_fraction"], split["test_fraction"], least)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
