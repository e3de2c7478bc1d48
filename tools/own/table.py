"""What is in a folder of images, looked at once, in lines for a person."""

import itertools
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from stages.check.folders import FIRST, wrong_expression
from stages.common.stage import UserError
from stages.prepare.array_file import is_array
from stages.prepare.files import PASSED, names_in
from stages.prepare.folder import LEFT_OUT, NO_IMAGE, check_source, count, look
from stages.prepare.reader import printable
from stages.prepare.rows import repeats, usable

MOST, ALIKE = 100, 3  # names that are listed; files with the same fault, of more of which one is named
NOT_OPENED = (NO_IMAGE, PASSED, *LEFT_OUT.values())


def looked_at(
    flag: str, source: str, group: str | None, known: dict, anomalous: bool = False
) -> tuple[Path, list[dict]]:
    """A source's path in full and the rows of what is in it, see stages/prepare/folder.py.

    flag: what the source was given as; anomalous: of a folder of anomalies. Raises UserError where it cannot be used.
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
    check_source(path)
    names = [] if is_array(path) or group is None else [name for name, _ in itertools.islice(names_in(path), FIRST)]
    if group and (wrong := wrong_expression(group, names)):
        raise UserError(f"GROUP={printable(group)}: {wrong}")
    rows = look(path, group, known, anomalous)
    return path, list(tqdm(rows, total=count(path), desc="looking", unit=" files", disable=None, leave=False))


def enough(rows: list[dict], others: list[dict], where: Path, least: int) -> list[dict]:
    """The rows that are used. Raises UserError where they are fewer than `least`."""
    kept, images = usable(rows, others), sum("values" in row for row in rows)
    if len(kept) >= least:
        return kept
    if len(kept) == 1 < images:
        raise UserError(f"{printable(str(where))}: all {images:,} images are the same; there is nothing to learn")
    faults = Counter(row["error"] for row in rows if row.get("error", NO_IMAGE) not in NOT_OPENED).most_common(1)
    why = ""
    for fault, number in faults:
        first = next(row["name"] for row in rows if row.get("error") == fault)
        why = f"; {number:,} cannot, such as {printable(first)}, which {fault}"
    if not faults and (other := [row["name"] for row in rows if row.get("error") == NO_IMAGE]):
        own = next((name for name in other if name.lower().endswith((".npy", ".npz", ".zip"))), None)
        why = f"; {printable(other[0])} and the like are no images by their names"
        why = f"; FOLDER= takes {printable(own)} itself" if own else why
    raise UserError(f"{printable(str(where))}: {len(kept):,} different images can be used; {least} are needed{why}")


def table(rows: list[dict], others: Sequence[dict] = ()) -> list[str]:
    """Lines on formats, modes, bits, sizes, rotation, frames, colour and groups of the images that are used, and by
    name on every file that is not.

    others: rows of which these may be repeats
    """
    kept, again = usable(rows, others), repeats(rows, others)
    lines = [f"{len(kept):,} of {len(rows):,} files are used"]
    lines += _of_images(kept) if kept else []
    bad = [row for row in rows if row.get("error", NO_IMAGE) not in NOT_OPENED]
    lines += _listed(f"cannot be used: {len(bad):,}", _faults(bad))
    twice = [f"{printable(name)} repeats {printable(first)}" for name, first in again.items()]
    lines += _listed(f"same pixels as another, left out: {len(twice):,}", twice)
    if strangers := [row["name"] for row in rows if row.get("error") == NO_IMAGE]:
        suffixes = (f".{name.rpartition('.')[2]}" if "." in name else "no suffix" for name in strangers)
        lines.append(f"no images by their names: {_counts(map(printable, suffixes))}")
    for reason, number in Counter(row.get("error") for row in rows if row.get("error") in NOT_OPENED[1:]).items():
        lines.append(f"left out, not opened: {number:,}, each of which {reason}")
    return lines


def _of_images(rows: list[dict]) -> list[str]:
    """Lines on the images that are used."""
    shapes = np.array([row["shape"] for row in rows])
    sides = [f"{width} x {height}" for height, width in (shapes[:, :2].min(0), shapes[:, :2].max(0))]
    middle = np.median(shapes[:, :2], axis=0).astype(int)
    grey = int((shapes[:, 2] == 1).sum())
    lines = [
        f"formats: {_counts(row['format'] for row in rows)}",
        f"modes: {_counts(row['mode'] for row in rows)}; bits: {_counts(row['depth'] for row in rows)}",
        f"width x height: {sides[0]} to {sides[1]}, median {middle[1]} x {middle[0]}",
        f"rotated by EXIF: {sum(row['rotated'] for row in rows):,}, turned upright",
    ]
    if animated := sum(row["frames"] > 1 for row in rows):
        lines.append(f"with several frames: {animated:,}, of which the first is taken")
    if 0 < grey < len(rows):
        lines.append(f"in colour: {len(rows) - grey:,}, grey: {grey:,}; all get three channels")
    else:
        lines.append("all are grey" if grey else "all are in colour")
    if groups := {row["group"] for row in rows if row["group"]}:
        alone = sum(not row["group"] for row in rows)
        lines.append(f"groups: {len(groups):,}" + f"; {alone:,} files are in none, each for itself" * bool(alone))
    return lines


def _faults(rows: list[dict]) -> list[str]:
    """A line for each file, or for each fault that many have."""
    counts, lines = Counter(row["error"] for row in rows), dict[str, str]()
    for row in rows:
        number, name = counts[row["error"]], printable(row["name"])
        many = number > ALIKE
        line = f"{number:,} files, such as {name}: each {row['error']}" if many else f"{name} {row['error']}"
        lines.setdefault(row["error"] if many else line, line)
    return list(lines.values())


def _counts(values) -> str:
    return ", ".join(f"{number:,} {value}" for value, number in Counter(values).most_common(12))


def _listed(title: str, lines: list[str]) -> list[str]:
    if not lines:
        return []
    more = [f"  and {len(lines) - MOST:,} more"] if len(lines) > MOST else []
    return [f"{title}:", *(f"  {line}" for line in lines[:MOST]), *more]
