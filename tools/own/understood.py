"""What was understood of a folder of images, in lines for a person: layout, splits, classes, anomalies, levels."""

from collections import Counter
from pathlib import Path

from stages.prepare.reader import printable
from stages.prepare.rows import classes_of, usable
from stages.prepare.settings import Folder
from stages.prepare.similar import near_duplicates
from tools.own.defaults import levels_of

MOST = 12  # classes or kinds that are named


def of_splits(layout: str, rows: list[dict], classes_by: str | None) -> list[str]:
    """Layout, splits and classes. rows: of all files, without anomalies."""
    kept = usable(rows)
    held = Counter(row["split"] for row in kept)
    parts = [f"train {held[None] + held['train']:,}"]
    parts += [
        f"{name} {held[name]:,}" if held[name] else f"{name} is cut from train" for name in ("validation", "test")
    ]
    sides = [{row["group"] for row in kept if (row["split"] == "test") == own} - {None} for own in (True, False)]
    torn = f"; {len(set.intersection(*sides)):,} groups are in test and outside of it" if sides[0] & sides[1] else ""
    classes, why = classes_of(kept, classes_by)
    lines = [f"layout: {layout or 'one set of images'}", f"splits: {', '.join(parts)}{torn}"]
    if classes:
        return [*lines, f"classes: {_counts(row['label'] for row in kept)}"]
    return [*lines, f"classes: none{f', {why}' if why else ''}; tasks that need classes are left out"]


def of_anomalies(defects: list[dict], rows: list[dict], anomalies: str, own: bool) -> str:
    """Where anomalies come from. defects: rows of those in the folder; own: whether they are used."""
    if own:
        kept = usable(defects, rows)
        masks = sum(bool(row["masks"]) for row in kept)
        said = f"masks of {masks:,} of them, which anomaly maps are held against" if masks else "no masks"
        return f"anomalies, left out of training: {_counts(row['label'] for row in kept)}; {said}"
    left = f"; the {len(defects):,} in the folder are left out" if defects else ""
    where = printable(anomalies) if Path(anomalies).exists() else f"{anomalies}, a data set of this project"
    return f"anomalies: {where}{left}"


def of_levels(folder: Folder, rows: list[dict]) -> str:
    """Black and white, and why. rows: of all files, without anomalies."""
    black, white, why = levels_of(rows)
    if not any(row.get("levels") for row in rows):
        return f"black and white: 0 and 255, {why}"
    if (folder.black, folder.white) != (black, white):
        why = f"as given, or as in params.yaml; the images suggest {black:,} and {white:,}"
    return f"black and white: {folder.black:,} and {folder.white:,}, {why}; BLACK= and WHITE= set them"


def similar(rows: list[dict]) -> list[str]:
    """A warning where images look almost the same."""
    found = near_duplicates(usable(rows))
    if not found:
        return []
    first, second = map(printable, found[0])
    look = "1 image looks" if len(found) == 1 else f"{len(found):,} images look"
    return [
        f"warning: {look} almost the same as another, such as {first} and {second}: frames of one video, or one "
        "photograph at two sizes, on both sides of a split make scores too good; GROUP= keeps them together"
    ]


def _counts(values) -> str:
    counts = Counter(map(printable, values)).most_common()
    more = f" and {len(counts) - MOST:,} more" if len(counts) > MOST else ""
    return ", ".join(f"{number:,} {value}" for value, number in counts[:MOST]) + more
