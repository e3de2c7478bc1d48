"""Rows of the images of a folder: which of them are used, of which classes they are, and what they amount to."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence

import numpy as np

from stages.common.settings import LONGEST
from stages.prepare.layout import is_date
from stages.prepare.reader import printable
from stages.prepare.split import FEW

LEAST_SHARE, LEAST_COUNT = 0.03, 10  # of the images that a class needs: tasks draw 100 labels and cut those in three


def repeats(rows: list[dict], others: Sequence[dict] = ()) -> dict[str, str]:
    """Name -> that of the first file with the same values, for the files that repeat one, of these or of `others`."""
    first = {row["values"]: row["name"] for row in reversed(others) if "values" in row}
    repeated = {}
    for row in rows:
        if row.get("values") in first:
            repeated[row["name"]] = first[row["values"]]
        elif "values" in row:
            first[row["values"]] = row["name"]
    return repeated


def usable(rows: list[dict], others: Sequence[dict] = ()) -> list[dict]:
    """Rows of images, each of which is there once."""
    again = repeats(rows, others)
    return [row for row in rows if "values" in row and row["name"] not in again]


def classes_of(rows: list[dict], asked: str | None = None) -> tuple[tuple[str, ...], str]:
    """Names of the classes of usable rows, and why there are none where there are labels.

    asked: "folders" where they are classes whatever their names, "none" where they are none
    """
    counts = Counter(row["label"] for row in rows)
    if set(counts) <= {None}:
        return (), ""
    if asked == "none":
        return (), "as asked for"
    if len(rows) < FEW and all(row["split"] in (None, "train") for row in rows):
        return (), f"there are fewer than {FEW} images"
    if None in counts:
        return (), f"{counts[None]:,} images are in no sub-folder and have no label"
    if len(counts) == 1:
        return (), "there is one alone"
    if len(counts) > LONGEST:
        return (), f"there are {len(counts):,}, more than {LONGEST}"
    if asked is None and all(map(is_date, counts)):
        return (), "the sub-folders are dates; CLASSES=folders makes them classes"
    trained = Counter(row["label"] for row in rows if row["split"] in (None, "train"))
    if missing := [label for label in counts if label not in trained]:
        return (), f"no image of {printable(missing[0])} is there to train on"
    rarest, least = min(trained, key=trained.get), max(LEAST_COUNT, int(np.ceil(LEAST_SHARE * trained.total())))
    if trained[rarest] < least:
        return (), f"{printable(rarest)} has {trained[rarest]:,} of {trained.total():,} images, {least:,} are needed"
    return tuple(sorted(counts)), ""


def fingerprint(rows: list[dict], anomalies: list[dict]) -> str:
    """SHA-256 of what is there: of every file its name, its place and its content, or why it cannot be used."""
    kept = ("name", "label", "split", "masks", "sha256", "error")
    facts = [[[row.get(name) for name in kept] for row in part] for part in (rows, anomalies)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
