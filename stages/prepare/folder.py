"""Images of one's own: a folder of files, flat or with a sub-folder for each class, or arrays in one .npy or .npz file.

Whoever starts looks at every file once and writes a listing: what is there, what cannot be read and why, which files
repeat another. The listing takes the place of a download: prepare decodes what it names, and nothing else.
"""

import hashlib
import json
import os
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from stages.common.stage import UserError
from stages.prepare.formats import Images
from stages.prepare.images import in_channels
from stages.prepare.reader import LARGEST, SUFFIXES, WHITE, bytes_of, decode, eight_bits, fitted, printable

LISTING = "listing.json"  # in data/raw/<dataset>
FEWEST = 100  # images, of which the smallest splits leave some to train on
LEAST_SHARE = 0.03  # of the images that a class needs: tasks draw 100 labels, by class, and cut those in three
NO_IMAGE = "has no name of an image"
READING = ("path", "fit", "group", "white", "channels", "files")  # settings by which the arrays are made
ARRAYS = ("images", "labels", "groups")  # in an .npz file; the last two may be missing


def contents(source: Path) -> Iterator[tuple[str, bytes | np.ndarray | ValueError]]:
    """Name and content of each file below a folder, in a fixed order, or of each image in an .npy or .npz file; an
    error with the reason where there is no content.

    Links are not followed and hidden files passed over. Raises UserError where the source itself cannot be used.
    """
    if source.is_file():
        yield from ((str(i), image) for i, image in enumerate(arrays_of(source)["images"]))
        return
    if not source.is_dir():
        raise UserError(f"{printable(str(source))}: no such folder, nor an .npy or .npz file")
    for name, error in _names(source):
        try:
            if error:
                raise ValueError(f"cannot be opened ({error.strerror})")
            if not name.lower().endswith(SUFFIXES) and not (source / name).is_symlink():
                raise ValueError(NO_IMAGE)
            content = bytes_of(source / name)
        except ValueError as reason:
            content = reason
        yield name, content


def count(source: Path) -> int:
    """Number of files, or of images in an .npy or .npz file."""
    return len(arrays_of(source)["images"]) if source.is_file() else sum(1 for _ in _names(source))


def look(source: Path, group: str | None = None, known: dict[str, dict] | None = None) -> Iterator[dict]:
    """A row for each file: name, sha256 of its content, label (its sub-folder) and group; of an image also the sha256
    of its values, its size and what its file says; of anything else `error`, the reason.

    group: regular expression, of which what its brackets catch in the name, or all that it finds, names the group
    known: rows by sha256 of the content, from an earlier look; those files are not decoded again
    """
    arrays = arrays_of(source) if source.is_file() else {}
    for name, content in contents(source):
        row = {"name": name, "label": None, "group": None}
        if arrays:
            row |= {own[:-1]: str(arrays[own][int(name)]) for own in ARRAYS[1:] if own in arrays}
        else:
            row["label"] = name.split("/")[0] if "/" in name else None
            found = re.search(group, name) if group else None
            row["group"] = " ".join(part or "" for part in found.groups() or [found[0]]) if found else None
        yield row | _facts(content, known or {})


def repeats(rows: list[dict], others: list[dict] = ()) -> dict[str, str]:
    """Name -> that of the first file with the same values, for the files that repeat one, of these or of `others`."""
    first = {row["values"]: row["name"] for row in reversed(others) if "values" in row}
    found = {}
    for row in rows:
        if row.get("values") in first:
            found[row["name"]] = first[row["values"]]
        elif "values" in row:
            first[row["values"]] = row["name"]
    return found


def usable(rows: list[dict], others: list[dict] = ()) -> list[dict]:
    """Rows of images, each of which is there once."""
    again = repeats(rows, others)
    return [row for row in rows if "values" in row and row["name"] not in again]


def classes_of(rows: list[dict]) -> tuple[tuple[str, ...], str]:
    """Names of the classes of usable rows, and why there are none where there are labels."""
    counts = Counter(row["label"] for row in rows)
    if set(counts) == {None}:
        return (), ""
    if None in counts:
        return (), f"{counts[None]:,} images are in no sub-folder"
    if len(counts) == 1:
        return (), "there is one sub-folder alone"
    rarest = min(counts, key=counts.get)
    if counts[rarest] < LEAST_SHARE * len(rows):
        return (), f"{printable(rarest)} has {counts[rarest]:,} of {len(rows):,} images, {LEAST_SHARE:.0%} are needed"
    return tuple(sorted(counts)), ""


def fingerprint(rows: list[dict], anomalies: list[dict]) -> str:
    """SHA-256 of what was found: of every file its name and its content, or why it cannot be used."""
    told = [[(row["name"], row["sha256"], row.get("error")) for row in own] for own in (rows, anomalies)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def settings_of(source: Path, fit: str, group: str | None, rows: list[dict], anomalies: list[dict]) -> dict:
    """The block data.<dataset>.folder of params.yaml: where the images are, how they are read, what was found."""
    kept = usable(rows)
    highest = max((row["highest"] for row in kept), default=WHITE)
    return {
        "path": str(source),
        "fit": fit,
        "group": group,
        "white": 2 ** max(8, int(highest).bit_length()) - 1 if highest else WHITE,
        "images": len(kept),
        "channels": max((row["shape"][2] for row in kept), default=1),
        "classes": len(classes_of(kept)[0]),
        "files": fingerprint(rows, anomalies),
    }


def write_listing(raw: Path, settings: dict, anomalies: str, rows: list[dict], anomalous: list[dict]) -> None:
    """Write what prepare reads to data/raw/<dataset>; anomalies: as in params.yaml."""
    raw.mkdir(parents=True, exist_ok=True)
    content = _reading(settings, anomalies) | {"images": rows, "anomalous": anomalous}
    new = raw / f"{LISTING}.new"
    new.write_text(json.dumps(content) + "\n")
    new.replace(raw / LISTING)


def read_listing(raw: Path) -> dict:
    """What `write_listing` wrote; empty where there is none that can be read."""
    try:
        return json.loads((raw / LISTING).read_text())
    except (OSError, ValueError):
        return {}


def fetch(raw: Path, settings: dict, anomalies: str) -> None:
    """Leave the listing where it is that of params.yaml, else look at all files again.

    Raises UserError where they are others than `make own` has seen.
    """
    there = read_listing(raw)
    if {name: there.get(name) for name in ("folder", "anomalies")} == _reading(settings, anomalies):
        return
    rows = list(look(Path(settings["path"]), settings["group"]))
    anomalous = list(look(Path(anomalies), settings["group"])) if Path(anomalies).is_absolute() else []
    if fingerprint(rows, anomalous) != settings["files"]:
        raise UserError(f"{settings['path']} has other files than when `make own NAME={raw.name}` ran: run it again")
    write_listing(raw, settings, anomalies, rows, anomalous)


def decoded(raw: Path, kind: str, image_size: int) -> Images:
    """The images of a listing, or its anomalies, (n, image_size, image_size, channels), without those that repeat one.

    kind: "images" or "anomalous". Raises UserError where a file is another than the one that was listed.
    """
    listing = read_listing(raw)
    settings, own = listing["folder"], kind == "images"
    rows = usable(listing[kind], () if own else listing["images"])
    source = Path(settings["path"] if own else listing["anomalies"])
    images = pixels_of(source, rows, image_size, settings)
    classes = classes_of(rows)[0] if own else ()
    labels = np.array([classes.index(row["label"]) for row in rows], np.uint8) if classes else None
    groups = [row["group"] or f"/{kind}/{row['name']}" for row in rows]  # no name of a group begins with /
    grouped = any(row["group"] for row in listing["images"])
    return Images(images, labels, None, None, classes or None, np.array(groups) if grouped else None)


def pixels_of(source: Path, rows: list[dict], image_size: int, settings: dict) -> np.ndarray:
    """uint8 (n, image_size, image_size, channels) of listed images, decoded one by one.

    settings: fit, white and channels of the data set. Raises UserError where a file has changed.
    """
    arrays = arrays_of(source)["images"] if source.is_file() else None
    images = np.empty((len(rows), image_size, image_size, settings["channels"]), np.uint8)
    for i, row in enumerate(rows):
        try:
            content = bytes_of(source / row["name"]) if arrays is None else arrays[int(row["name"])]
            if _sum(content) != row["sha256"]:
                raise ValueError("has changed")
            pixels = eight_bits(decode(content).values, settings["white"])
        except (ValueError, IndexError) as error:
            raise UserError(
                f"{printable(row['name'])} of {printable(str(source))} {error} since `make own` looked at it: run it "
                "again"
            ) from None
        images[i] = in_channels(fitted(pixels, image_size, settings["fit"]), settings["channels"])
    return images


def arrays_of(source: Path) -> dict[str, np.ndarray]:
    """Arrays of an .npy file, which stays on disk, or of an .npz file, by name; nothing is unpickled.

    Raises UserError where it holds something else.
    """
    where = printable(str(source))
    try:
        if source.suffix.lower() == ".npz":
            with zipfile.ZipFile(source) as archive:
                if sum(member.file_size for member in archive.infolist()) > LARGEST:
                    raise ValueError(f"it unpacks to more than {LARGEST:,} bytes; save the images as .npy")
            with np.load(source) as archive:
                arrays = {name: archive[name] for name in archive.files}
        else:
            arrays = {"images": np.load(source, mmap_mode="r")}
    except Exception as error:  # a zip file may be broken in many ways
        raise UserError(f"{where} is no whole .npy or .npz file of numbers ({printable(str(error))[:100]})") from None
    if set(arrays) - set(ARRAYS) and len(arrays) == 1:
        arrays = {"images": next(iter(arrays.values()))}
    unknown, missing = sorted(set(arrays) - set(ARRAYS)), "images" not in arrays
    if unknown or missing or arrays["images"].ndim not in (3, 4):
        raise UserError(
            f"{where}: should be images (n, height, width) or (n, height, width, channels), alone or as `images`, with "
            f"`labels` (n,) and `groups` (n,) or without; it has " + ", ".join(_shapes(arrays))
        )
    if len({len(array) for array in arrays.values() if array.ndim}) > 1 or any(not a.ndim for a in arrays.values()):
        raise UserError(f"{where}: as many labels and groups as images are needed: " + ", ".join(_shapes(arrays)))
    return arrays


def _reading(settings: dict, anomalies: str) -> dict:
    return {"folder": {name: settings[name] for name in READING}, "anomalies": anomalies}


def _names(source: Path) -> Iterator[tuple[str, OSError | None]]:
    """Names of files and links below a folder, with / between their parts, sorted by their bytes; of a folder that
    cannot be listed its own name and the error."""
    errors = []
    for folder, folders, files in os.walk(source, onerror=errors.append):
        here = [name for name in (*folders, *files) if not name.startswith(".")]
        links = {name for name in folders if Path(folder, name).is_symlink()}
        folders[:] = sorted((name for name in here if name in folders and name not in links), key=os.fsencode)
        for name in sorted({name for name in here if name not in folders}, key=os.fsencode):
            yield Path(folder, name).relative_to(source).as_posix(), None
    yield from ((Path(error.filename).relative_to(source).as_posix(), error) for error in errors)


def _facts(content: bytes | np.ndarray | ValueError, known: dict[str, dict]) -> dict:
    """What a row says of a content, whatever its name is."""
    if isinstance(content, ValueError):
        return {"sha256": None, "error": str(content)}
    own = _sum(content)
    if own in known:
        return {name: fact for name, fact in known[own].items() if name not in ("name", "label", "group")}
    try:
        picture = decode(content)
    except ValueError as error:
        return {"sha256": own, "error": str(error)}
    return {
        "sha256": own,
        "values": _sum(picture.values),
        "shape": list(picture.values.shape),
        "highest": int(picture.values.max()) if picture.values.dtype == np.uint16 else 0,
    } | {name: getattr(picture, name) for name in ("format", "mode", "depth", "rotated", "frames")}


def _sum(content: bytes | np.ndarray) -> str:
    """SHA-256 of a file's content, or of an array's type, shape and values."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha256(f"{content.dtype.str}{content.shape}".encode() + content.tobytes()).hexdigest()


def _shapes(arrays: dict[str, np.ndarray]) -> list[str]:
    return [f"{printable(name)} {array.shape}" for name, array in arrays.items()]
