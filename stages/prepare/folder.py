"""Images of the user: a folder or a zip archive of files, or arrays in one .npy or .npz file.

Whoever looks opens every file once and gets a row for each: what it is, or why it cannot be read.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from stages.common.stage import UserError
from stages.prepare.array_file import arrays_of, is_array
from stages.prepare.files import is_zip, names_in, opened
from stages.prepare.label_file import labels_of
from stages.prepare.layout import ANOMALY, BESIDE, MASK, Place, is_normal, masks_of, places_of
from stages.prepare.levels import levels
from stages.prepare.reader import SUFFIXES, decode, printable
from stages.prepare.similar import perceptual_hash

NO_IMAGE = "has no name of an image"
LEFT_OUT = {MASK: "is a mask", BESIDE: "lies beside the folders of splits"}  # why an image is not opened, by its role
LEFT_OUT |= {"normal": "is normal by the name of its folder, no anomaly"}
LEFT_OUT |= {"unclear": "is a mask of several anomalies by its name: it needs the path of its image"}
COLUMNS = ("label", "group", "split")  # of a row, as the arrays labels, groups and splits have them
SAID = ("format", "mode", "depth", "rotated", "frames")  # what a row has of a Picture
FACTS = {"sha256", "values", "shape", "levels", "hash", *SAID}  # what a row says of an image, whatever its name is


def contents(source: Path) -> Iterator[tuple[str, bytes | np.ndarray | ValueError]]:
    """Name and content of each file below a folder or in a zip archive, in a fixed order, or of each image in an .npy
    or .npz file; an error with the reason where there is no content.

    Raises UserError where the source itself cannot be used.
    """
    check_source(source)
    if is_array(source):
        yield from ((str(i), image) for i, image in enumerate(arrays_of(source)["images"]))
        return
    content_of = opened(source)
    yield from ((name, read(content_of, name, error)) for name, error in names_in(source))


def holds_many(source: Path) -> bool:
    """Whether a source is a folder, a zip archive or a file of arrays, and no single image."""
    return source.is_dir() or is_array(source) or is_zip(source)


def check_source(source: Path) -> None:
    """Raises UserError where a source is no folder and no file of images."""
    where = printable(str(source))
    if source.is_file() and not holds_many(source):
        what = "is one image" if source.suffix.lower() in SUFFIXES else "is a file of another kind"
        raise UserError(f"{where} {what}: a folder of images is needed, or a .zip, .npy or .npz file of them")
    if not source.exists() or not (source.is_file() or source.is_dir()):
        raise UserError(f"{where}: no such folder, nor a .zip, .npy or .npz file")


def count(source: Path) -> int:
    """Number of files, or of images in an .npy or .npz file. Raises UserError where the source cannot be used."""
    check_source(source)
    return len(arrays_of(source)["images"]) if is_array(source) else sum(1 for _ in names_in(source))


def look(
    source: Path, group: str | None = None, known: dict[str, dict] | None = None, anomalous: bool = False
) -> Iterator[dict]:
    """A row for each file: name, sha256 of its content, label (its class or kind of anomaly), group and split; of an
    anomaly its masks, name -> sha256; of an image sha256 of its values, its size and what its file says; else `error`.

    group: regular expression, of which what its brackets catch in the name, or all that it finds, names the group
    known: rows by sha256 of the content, from an earlier look; files are not decoded again of which one says all
    anomalous: of a folder of anomalies, in which normal images are left out
    """
    check_source(source)
    if is_array(source):
        arrays = arrays_of(source)
        for i, image in enumerate(arrays["images"]):
            columns = {name: str(arrays[f"{name}s"][i]) if f"{name}s" in arrays else None for name in COLUMNS}
            yield {"name": str(i)} | columns | _facts(image, known or {})
        return
    names, content_of = list(names_in(source)), opened(source)
    images = [name for name, error in names if _is_image(name) and not error]
    places, _ = places_of(images)
    if anomalous:
        only = any(place.role == ANOMALY for place in places.values())
        for name, place in places.items():
            normal = (only and place.role != ANOMALY) or any(map(is_normal, name.split("/")[:-1]))
            if place.role != MASK:
                places[name] = place._replace(role="normal" if normal else ANOMALY)
    (masks, unclear), labels = masks_of(places), labels_of(source, images)
    for name, error in names:
        place = places.get(name, Place())
        match = re.search(group, name) if group else None
        caught = " ".join(part or "" for part in match.groups() or [match[0]]) if match else None
        row = {"name": name, "label": labels.get(name) if labels else place.label, "group": caught}
        row["split"] = None if anomalous and place.role == ANOMALY else place.role
        masked = {"masks": {mask: digest(read(content_of, mask)) for mask in masks[name]}} if name in masks else {}
        error = error or LEFT_OUT.get("unclear" if name in unclear else place.role, "")
        yield row | masked | _facts(read(content_of, name, error), known or {})


def layout_of(source: Path) -> str:
    """The layout of a source in words; empty where it has none."""
    if is_array(source):
        return "splits of their own" if "splits" in arrays_of(source) else ""
    return places_of([name for name, error in names_in(source) if _is_image(name) and not error])[1]


def digest(content: bytes | np.ndarray | ValueError) -> str | None:
    """SHA-256 of a file's content, or of an array's type, shape and values; None where there is no content."""
    if isinstance(content, np.ndarray):
        content = f"{content.dtype.str}{content.shape}".encode() + content.tobytes()
    return hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else None


def read(content_of: Callable[[str], bytes], name: str, error: str = "") -> bytes | ValueError:
    """Content of a file, or why there is none; error: known beforehand, or empty."""
    try:
        if error or not _is_image(name):
            raise ValueError(error or NO_IMAGE)
        return content_of(name)
    except ValueError as reason:
        return reason


def _facts(content: bytes | np.ndarray | ValueError, known: dict[str, dict]) -> dict:
    """What a row says of a content, whatever its name is."""
    sha256 = digest(content)
    if isinstance(content, ValueError):
        return {"sha256": sha256, "error": str(content)}
    if known.get(sha256, {}).keys() >= FACTS:  # a row with an error, or of an earlier version, lacks some
        return {name: fact for name, fact in known[sha256].items() if name in FACTS}
    try:
        picture = decode(content)
    except ValueError as error:
        return {"sha256": sha256, "error": str(error)}
    values, alpha = picture.values, b"" if picture.alpha is None else picture.alpha.tobytes()
    return {
        "sha256": sha256,
        "values": digest(values) if not alpha else hashlib.sha256(digest(values).encode() + alpha).hexdigest(),
        "shape": list(values.shape),
        "levels": levels(picture),
        "hash": perceptual_hash(picture),
    } | {name: getattr(picture, name) for name in SAID}


def _is_image(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)
