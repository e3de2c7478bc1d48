"""Checks of cells: the block of each architecture, the network that comes of it on each data set, published figures.

Networks are built without memory for their weights, so that what is absurdly large can be said.
"""

import contextlib
import math
from collections.abc import Iterator

from stages.check.blame import blamed
from stages.check.blocks import check_item, check_names, mistake, parse
from stages.check.data_sets import DataSet, check_data, counts_of, published_of
from stages.check.items import item, path_of
from stages.check.models import built, check_model
from stages.check.settings import CELL, check_training
from stages.common.params import read_params
from stages.common.registry import STAGES, names
from stages.common.settings import read_block
from stages.common.stage import UserError
from stages.published.table import SHARED, published
from stages.train.build import is_solved
from stages.train.settings import cell_of

MOST_WEIGHTS = 100_000_000
MOST_VALUES = 1_000_000_000  # that the layers give for one batch: 4 GB


@contextlib.contextmanager
def networks_without_memory() -> Iterator[None]:
    """Networks that are built meanwhile have shapes and no values."""
    import keras

    try:
        with keras.StatelessScope(initialize_variables=False):
            yield
    finally:
        keras.backend.clear_session()


def check_cells(params: dict) -> None:
    """Every architecture, and the network of each that is compared, on all data sets. check_blocks comes first."""
    for architecture in params["architecture"]:
        check_architecture(params, architecture)
    with networks_without_memory():
        for dataset in params["datasets"]:
            for architecture in params["architectures"]:
                check_network(params, dataset, architecture)


def check_cell(params: dict, dataset: str, architecture: str, network: bool = True) -> None:
    """All that training one architecture on one data set reads, and, where `network` says so, what comes of it; to be
    called in `networks_without_memory`."""
    check_training(params)
    parse(DataSet, params["data"][dataset], f"data.{dataset}")
    check_architecture(params, architecture)
    if network:
        check_data(params, dataset)
        check_network(params, dataset, architecture)


def check_architecture(params: dict, architecture: str) -> None:
    """The block of an architecture: what its `build` takes."""
    block = params["architecture"].get(architecture)
    check_item(item("architectures", architecture).build, block, f"architecture.{architecture}")


def check_network(params: dict, dataset: str, architecture: str) -> None:
    """An architecture gives images of the size that it takes, and neither it nor a batch is absurdly large; to be
    called in `networks_without_memory`."""
    data, where = read_block(DataSet, params, "data", dataset), f"params.yaml: {architecture} on {dataset}"
    known, shape = published_of(dataset, data), shape_of(dataset, data)
    images = counts_of(params, data, known)["train"] if known else math.inf
    most = min(math.prod(shape), images)
    if is_solved(architecture) and data.latent_size > most:
        wrong = f"{architecture} has {most:,} at most, as many as pixels or training images"
        raise mistake(f"data.{dataset}.latent_size", data.latent_size, wrong)
    model = built(cell_of(params, dataset, architecture), shape)
    with blamed(path_of("architectures", architecture), f"its network on {dataset}"):
        check_size(model, shape, data.batch_size, where)


def check_models(params: dict, architectures: list[str]) -> None:
    """A model of each architecture is trained, saved and loaded as all are, on the first data set."""
    dataset = params["datasets"][0]
    shape = shape_of(dataset, read_block(DataSet, params, "data", dataset))
    for architecture in architectures:
        check_model(cell_of(params, dataset, architecture), shape)


def shape_of(dataset: str, data: DataSet) -> tuple[int, int, int]:
    """Height, width and channels of the images of a data set; grey where nothing is known of it."""
    known = published_of(dataset, data)
    return data.image_size, data.image_size, known.channels if known else 1


def check_size(model, shape: tuple[int, int, int], batch_size: int, where: str) -> None:
    """A network takes and gives images of a shape, and neither it nor a batch is absurdly large."""
    weights = sum(part.count_params() for part in model.parts)
    if weights > MOST_WEIGHTS:
        raise UserError(f"{where} has {weights:,} weights; {MOST_WEIGHTS:,} at most")
    values = sum(math.prod(layer.output.shape[1:]) for part in model.parts for layer in part.layers)
    values *= batch_size * getattr(model, "samples", 1)
    if values > MOST_VALUES:
        raise UserError(f"{where} takes {values:,} values for a batch; {MOST_VALUES:,} at most: a smaller batch_size?")
    made, wanted = model.decoder.output_shape[1:], model.decoder.input_shape[1]
    latents = wanted if model.encoder is None else model.encoder.output_shape[1]
    if made != shape or latents not in (wanted, 2 * wanted):  # means and variances
        sizes = " for ".join("x".join(map(str, image)) for image in (made, shape))
        raise UserError(f"{where}: encoder and decoder do not fit: {latents} latents for {wanted}, images of {sizes}")


def check_claims() -> None:
    """What was published stands beside every check, with all that the table says of it."""
    for check in names("published/checks"):
        path = f"stages/published/checks/{check}.yaml"
        for group, block in read_params(STAGES.parent / path).items():
            if not isinstance(block, dict) or not {*SHARED, "claims"} <= block.keys():
                raise UserError(f"{path}: {group} should be a block with {', '.join(SHARED)} and claims")
            claims = block["claims"] if isinstance(block["claims"], dict) else {}
            figures = [figure for part in claims.values() if isinstance(part, dict) for figure in part.values()]
            cells = all(key.count("-") == 1 and isinstance(part, dict) for key, part in claims.items())
            if not (figures and cells and all(isinstance(figure, int | float) for figure in figures)):
                wanted = "<data set>-<architecture>: figures, by their names"
                raise UserError(f"{path}: claims of {group} should be {wanted}")
            if block["better"] not in ("lower", "higher", "same") or not isinstance(block["tolerance"], int | float):
                raise UserError(f"{path}: {group} should have a number as tolerance, and better: lower, higher or same")


def check_published(params: dict) -> None:
    """Every entry, which check_lists has let pass, names a check, and a data set and an architecture of which it knows
    a figure; and has its options."""
    check_claims()
    cells = [tuple(row[key] for key in CELL) for row in published()]
    for name, block in params["published"].items():
        where, check = f"published.{name}", block["check"]
        check_names([check], "published/checks", f"{where}.check")
        check_names([block["dataset"]], "prepare/datasets", f"{where}.dataset", params["data"])
        if tuple(block[key] for key in CELL) not in cells:
            known = dict.fromkeys(" ".join(cell[1:]) for cell in cells if cell[0] == check)
            raise mistake(where, block, f"{check} knows figures of {', '.join(known)} alone")
        check_item(item("published/checks", check).measure, block, where, **dict.fromkeys(CELL, str))
