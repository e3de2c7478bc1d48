"""Labels of the images of a folder from its file labels.csv, of a file name and a label in each line."""

import csv
import io
import re
from collections import Counter
from pathlib import Path, PurePosixPath

from stages.common.stage import UserError
from stages.prepare.files import names_in, opened
from stages.prepare.reader import printable

LABELS = "labels.csv"
NAMES = {"file", "filename", "name", "image", "path", "filepath", "id"}  # words of headers
OF_LABELS = {"label", "labels", "class", "classname", "category", "target"}


def labels_of(source: Path, images: list[str]) -> dict[str, str]:
    """Name of an image -> its label; empty where there is no such file.

    images: names of the images; the file may leave out their folders and their suffixes
    Raises UserError where the file cannot be read, names none of the images, or gives one two labels.
    """
    if LABELS not in (name for name, _ in names_in(source)):
        return {}
    where = f"{printable(str(source))}: {LABELS}"
    try:
        text = opened(source)(LABELS).decode("utf-8-sig")
        delimiter = max(",;\t", key=text.partition("\n")[0].count)
        read = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
        lines = [line for line in read if any(line)]
    except (ValueError, csv.Error) as error:
        raise UserError(f"{where} cannot be read: {printable(str(error))[:100]}") from None
    if not lines or any(len(line) < 2 for line in lines):
        raise UserError(f"{where} should have a file name and a label in each line, such as `a.png,cat`")
    stems = _alone(images, lambda path: path.stem) | _alone(images, lambda path: str(path.with_suffix("")))
    in_full = _alone(images, lambda path: path.name) | {name: name for name in images}
    by_name = stems | in_full  # what is said in full wins
    filled = ((line + [""] * len(lines[0]))[: len(lines[0])] for line in lines)
    columns = list(zip(*([cell.strip() for cell in line] for line in filled), strict=True))
    of_name, of_label = _columns(columns, by_name, set(in_full), where)
    found: dict[str, str] = {}
    for name, label in zip(columns[of_name], columns[of_label], strict=True):
        if name in by_name and label and found.setdefault(by_name[name], label) != label:
            raise UserError(f"{where} gives {printable(name)} two labels; an image has one")
    if not found:
        raise UserError(f"{where} names none of the images; it should have a file name and a label in each line")
    return found


def _columns(columns: list[tuple[str, ...]], by_name: dict[str, str], in_full: set[str], where: str) -> tuple[int, int]:
    """Indices of the file names, in the column that names the most images, those named with their suffixes counting
    twice, since a stem may be a number that means something else; and of the labels, in one whose first line says so or
    in the only other. Raises UserError where none of several says so."""
    words = [set(re.findall(r"[^\W_]+", column[0].lower())) for column in columns]

    def fit(i):
        named = [{by_name[cell] for cell in columns[i] if cell in known} for known in (by_name, in_full)]
        return sum(map(len, named)), bool(words[i] & NAMES), "id" not in words[i], -i

    of_name = max(range(len(columns)), key=fit)
    others = [i for i in range(len(columns)) if i != of_name]
    named = [i for i in others if words[i] & OF_LABELS]
    if len(others) > 1 and not named:
        raise UserError(f"{where} has {len(columns)} columns: name the one of the labels `label`, in the first line")
    return of_name, (named or others)[0]


def _alone(images: list[str], shortened) -> dict[str, str]:
    """Shortened name -> name, where no other has the same."""
    short = {name: shortened(PurePosixPath(name)) for name in images}
    counts = Counter(short.values())
    return {own: name for name, own in short.items() if counts[own] == 1}
