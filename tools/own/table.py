"""What is in a folder of images, looked at once and told in lines for a person."""

from collections import Counter
from pathlib import Path

import numpy as np
from tqdm import tqdm

from stages.common.stage import UserError
from stages.prepare.folder import NO_IMAGE, classes_of, count, look, repeats, usable
from stages.prepare.reader import printable

MOST = 100  # names that are listed


def looked_at(flag: str, source: str, group: str | None, known: dict) -> tuple[Path, list[dict]]:
    """A source's path in full and the rows of what is in it, see stages/prepare/folder.py.

    flag: what the source was given as. Raises UserError where it cannot be used.
    """
    where = f"{flag}={printable(source)}"
    try:
        path = Path(source).expanduser().resolve()
        str(path).encode()
        exists = path.exists()
    except UnicodeEncodeError:
        raise UserError(f"{where}: is no UTF-8, as params.yaml needs it: rename it") from None
    except (OSError, RuntimeError, ValueError) as error:
        raise UserError(f"{where}: cannot be used: {error}") from None
    if not exists:
        raise UserError(f"{where}: no such folder or file")
    bar = tqdm(look(path, group, known), total=count(path), desc="looking", unit=" files", disable=None, leave=False)
    return path, list(bar)


def enough(rows: list[dict], others: list[dict], where: Path, least: int) -> list[dict]:
    """The rows that are used. Raises UserError where they are fewer than `least`."""
    kept, images = usable(rows, others), sum("values" in row for row in rows)
    if len(kept) >= least:
        return kept
    if len(kept) == 1 < images:
        raise UserError(f"{printable(str(where))}: all {images:,} images are the same; there is nothing to learn")
    raise UserError(f"{printable(str(where))}: {len(kept):,} different images can be used; {least} are needed")


def table(rows: list[dict], others: list[dict] = ()) -> list[str]:
    """Lines on formats, modes, bits, sizes, rotation, frames, colour and groups of the images that are used, and by
    name on every file that is not.

    others: rows of which these may be repeats
    """
    kept, again = usable(rows, others), repeats(rows, others)
    lines = [f"{len(kept):,} of {len(rows):,} files are used"]
    if kept:
        shapes = np.array([row["shape"] for row in kept])
        sides = [f"{width} x {height}" for height, width in (shapes[:, :2].min(0), shapes[:, :2].max(0))]
        middle = np.median(shapes[:, :2], axis=0).astype(int)
        grey = int((shapes[:, 2] == 1).sum())
        lines += [
            f"formats: {_counts(row['format'] for row in kept)}",
            f"modes: {_counts(row['mode'] for row in kept)}; bits: {_counts(row['depth'] for row in kept)}",
            f"width x height: {sides[0]} to {sides[1]}, median {middle[1]} x {middle[0]}",
            f"rotated by EXIF: {sum(row['rotated'] for row in kept):,}, turned upright",
        ]
        if animated := sum(row["frames"] > 1 for row in kept):
            lines.append(f"with several frames: {animated:,}, of which the first is taken")
        if 0 < grey < len(kept):
            lines.append(f"in colour: {len(kept) - grey:,}, grey: {grey:,}; all get three channels")
        else:
            lines.append("all are grey" if grey else "all are in colour")
        classes, why = classes_of(kept)
        if classes:
            lines.append(f"classes, by sub-folder: {_counts(printable(row['label']) for row in kept)}")
        elif why:
            lines.append(f"no classes: {why}; tasks that need classes are left out")
        if groups := {row["group"] for row in kept if row["group"]}:
            alone = sum(not row["group"] for row in kept)
            lines.append(f"groups: {len(groups):,}" + f"; {alone:,} files are in none, each for itself" * bool(alone))
    bad = [f"{printable(row['name'])} {row['error']}" for row in rows if row.get("error", NO_IMAGE) != NO_IMAGE]
    lines += _listed(f"cannot be used: {len(bad):,}", bad)
    twice = [f"{printable(name)} repeats {printable(first)}" for name, first in again.items()]
    lines += _listed(f"same pixels as another, left out: {len(twice):,}", twice)
    if strangers := [row["name"] for row in rows if row.get("error") == NO_IMAGE]:
        suffixes = (f".{name.rpartition('.')[2]}" if "." in name else "no suffix" for name in strangers)
        lines.append(f"no images by their names: {_counts(map(printable, suffixes))}")
    return lines


def _counts(values) -> str:
    return ", ".join(f"{number:,} {value}" for value, number in Counter(values).most_common(12))


def _listed(title: str, lines: list[str]) -> list[str]:
    if not lines:
        return []
    more = [f"  and {len(lines) - MOST:,} more, in listing.json"] if len(lines) > MOST else []
    return [f"{title}:", *(f"  {line}" for line in lines[:MOST]), *more]
