"""Plan of a comparison: what is in the folder, the settings chosen for it, and how long it will take."""

import time
from argparse import Namespace
from pathlib import Path
from typing import NamedTuple

from stages.check.blocks import parse
from stages.check.data_sets import DataSet, counts_of, has_folds, published_of
from stages.check.settings import check_blocks
from stages.common.patches import count
from stages.common.registry import names
from stages.common.settings import read_block
from stages.judge.limits import unknowable
from stages.prepare.folder import layout_of
from stages.prepare.listing import parted, read_listing
from stages.prepare.rows import usable
from stages.prepare.settings import Folder, Split
from stages.prepare.split import FOLDS
from stages.prepare.values import WHITE
from stages.train import determinism
from tools.own import memory
from tools.own.arguments import asked_architectures
from tools.own.defaults import chosen, folder_of, whole_size
from tools.own.estimate import timed
from tools.own.table import enough, looked_at, table
from tools.own.understood import of_anomalies, of_levels, of_splits, similar

FEWEST = 20  # images, of which a fifth is enough for scores, and three fifths are left to train on
ANOMALIES = "photographs"  # the built-in data set that serves where none is named


class Seen(NamedTuple):
    """What was looked at, as `write_listing` takes it: anomalies as in params.yaml, rows of images and of anomalies."""

    anomalies: str
    rows: list[dict]
    anomalous: list[dict]


def plan(given: Namespace, params: dict, former: DataSet | None) -> tuple[DataSet, Seen]:
    """The data set's block of params.yaml, and all that was seen; all is said. former: the block that stands there."""
    before = former.folder if former else None
    given.classes_by, kept = given.classes, ("group", "fit", "minutes", "classes_by")
    asked = {name: getattr(given, name) or getattr(before, name, None) for name in kept}
    asked["fit"] = asked["fit"] or "crop"
    asked["private"] = bool(before and before.private) if given.private is None else bool(given.private)
    known, compared = params["architectures"], before.architectures if before else []
    asked["architectures"] = asked_architectures(given.architectures, compared, known)
    source, anomalies = given.folder or before.path, given.anomalies or (former.anomalies if former else None)
    path, seen = look_at_all(given.name, source, anomalies, asked["group"], asked["classes_by"])
    asked |= asked_levels(given, before if before and before.path == str(path) else None)
    if whole := whole_size(given, former, usable(seen.rows)):
        given.size = given.patch or former.image_size  # of patches; SIZE was that of the images
    folder = folder_of(path, seen.rows, seen.anomalous, whole=whole, **asked)
    print(of_levels(folder, seen.rows))
    block = with_choices(given, params, former, folder, seen)
    if block != former:
        block = checked(given, params, block)
    published = published_of(given.name, block)
    test, splits = counts_of(params, block, published)["test"] // count(whole, block.image_size), 1
    if has_folds(block, published):
        test, splits = folder.images, FOLDS
    for line in unknowable(test, folder.anomalous or params["tasks"].get("anomaly", {}).get("images", test), splits):
        print(f"note: {line}")
    return block, seen


def asked_levels(given: Namespace, before: Folder | None) -> dict:
    """Black and white as given or as they stand in params.yaml, None where the images say which; and whether the user
    has given some. before: the same folder as it stands there."""
    said = before is not None and before.levels_given
    kept = said or (before and (before.black, before.white) != (0, WHITE))  # else no image had more than eight bits
    levels = {name: getattr(given, name) for name in ("black", "white")}
    said = said or any(value is not None for value in levels.values())
    levels = {name: getattr(before, name) if value is None and kept else value for name, value in levels.items()}
    return levels | {"levels_given": said}


def look_at_all(
    name: str, source: str, anomalies: str | None, group: str | None, classes_by: str | None
) -> tuple[Path, Seen]:
    """The folder's path in full, and all that is in it and among its anomalies; raises UserError where it is too
    little. anomalies: None for those of the folder, or else ANOMALIES."""
    listing = read_listing(Path("data", name, "raw"))
    known = {row.get("sha256"): row for kind in ("images", "anomalous") for row in listing.get(kind, ())}
    path, rows = looked_at("FOLDER", source, group, known)
    rows, defects = parted(rows)
    own = defects and anomalies in (None, source, str(path))
    anomalies = str(path) if own else anomalies or ANOMALIES
    said = [*of_splits(layout_of(path), rows, classes_by), of_anomalies(defects, rows, anomalies, bool(own))]
    print(f"{name}: {path}", *said, *table(rows), *similar(rows), sep="\n  ")
    enough([row for row in rows if row["split"] not in ("validation", "test")], [], path, FEWEST)
    if own or anomalies in names("prepare/datasets"):
        if own:
            print("anomalies:", *table(defects, rows), sep="\n  ")
            enough(defects, rows, path, 1)
        return path, Seen(anomalies, rows, defects if own else [])
    where, anomalous = looked_at("ANOMALIES", anomalies, group, known, anomalous=True)
    print(f"anomalies: {where}", *table(anomalous, rows), sep="\n  ")
    enough(anomalous, rows, where, 1)
    return path, Seen(str(where), rows, anomalous)


def with_choices(given: Namespace, params: dict, former: DataSet | None, folder: Folder, seen: Seen) -> DataSet:
    """The block, with every setting as it was given, as it stands in params.yaml or as the images suggest."""
    asked = {"image_size": given.size, "latent_size": given.latent, "seeds": given.seeds and list(range(given.seeds))}
    split, where = read_block(Split, params, "split"), f"data.{given.name}"

    def block(kept: dict):
        choices = chosen(asked, kept, folder, seen.rows, split)
        values = {name: choice.value for name, choice in choices.items()}
        return choices, parse(DataSet, {"folder": folder, "anomalies": seen.anomalies} | values, where)

    kept = former.model_dump() if former else {}
    choices, new = block(kept)
    if new != former and given.minutes:  # what it cuts is chosen anew
        choices, new = block({name: value for name, value in kept.items() if name not in ("epochs", "seeds")})
    if new != former:
        for name, choice in choices.items():
            print(f"{name}: {choice.value} ({choice.why})")
    return new


def checked(given: Namespace, params: dict, block: DataSet) -> DataSet:
    """The block, checked with all other settings, cut to what the minutes allow; time and memory are said."""
    architectures = block.folder.architectures
    new = params | {"datasets": [given.name], "data": params["data"] | {given.name: block.model_dump()}}
    new |= {"architectures": architectures}
    begun = time.process_time()
    determinism.start(threads=1)
    from stages.check.cells import check_cells  # loads what every stage has to

    loading = time.process_time() - begun
    check_blocks(new)
    check_cells(new)
    block, architectures = timed(new, given.name, architectures, loading, given.jobs, given.minutes)
    for line in memory.lines(new, block, given.jobs):
        print(line)
    return block.model_copy(update={"folder": block.folder.model_copy(update={"architectures": architectures})})
