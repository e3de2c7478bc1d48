"""The listing of a folder of the user's images: all that was seen in it, and the settings by which it is read.

It takes the place of a download: prepare decodes what it names, and nothing else.
"""

import json
from pathlib import Path

import numpy as np

from stages.common.patches import cut
from stages.common.stage import UserError
from stages.prepare.array_file import arrays_of, is_array
from stages.prepare.files import opened
from stages.prepare.folder import digest, look
from stages.prepare.formats import Images
from stages.prepare.images import fitted, in_channels
from stages.prepare.layout import ANOMALY
from stages.prepare.reader import decode, eight_bits, printable
from stages.prepare.rows import classes_of, fingerprint, usable
from stages.prepare.settings import Folder, Reading

LISTING = "listing.json"  # in data/<dataset>/raw
AGAIN = "since `make own` looked at it: run it again"  # of a file that has changed


def write_listing(raw: Path, folder: Folder, anomalies: str, rows: list[dict], anomalous: list[dict]) -> None:
    """Write what prepare reads to data/<dataset>/raw; anomalies: as in params.yaml."""
    raw.mkdir(parents=True, exist_ok=True)
    content = _settings(folder, anomalies) | {"images": rows, "anomalous": anomalous}
    new = raw / f"{LISTING}.new"
    new.write_text(json.dumps(content) + "\n")
    new.replace(raw / LISTING)


def _settings(folder: Folder, anomalies: str) -> dict:
    """What has to be the same in params.yaml for a listing to be of use."""
    return {"folder": folder.model_dump(include=set(Reading.model_fields)), "anomalies": anomalies}


def read_listing(raw: Path) -> dict:
    """What `write_listing` wrote; empty where there is none that can be read."""
    try:
        listing = json.loads((raw / LISTING).read_text())
    except (OSError, ValueError):
        return {}
    return listing if isinstance(listing, dict) else {}


def fetch(raw: Path, folder: Folder, anomalies: str) -> None:
    """Leave the listing where it is that of params.yaml, else look at all files again. Raises UserError where they are
    others than `make own` has seen."""
    if read_listing(raw).items() >= _settings(folder, anomalies).items():
        return
    rows, anomalous = parted(list(look(Path(folder.path), folder.group)))
    if anomalies != folder.path:
        there = Path(anomalies).is_absolute()
        anomalous = list(look(Path(anomalies), folder.group, anomalous=True)) if there else []
    if fingerprint(rows, anomalous) != folder.files:
        raise UserError(f"{folder.path} has other files than when `make own NAME={raw.parent.name}` ran: run it again")
    write_listing(raw, folder, anomalies, rows, anomalous)


def parted(rows: list[dict]) -> tuple[list[dict], list[dict]]:
    """Rows of a folder without its anomalies, and those of its anomalies alone."""
    return [row for row in rows if row["split"] != ANOMALY], [row for row in rows if row["split"] == ANOMALY]


def anomaly_files(raw: Path, indices: np.ndarray) -> dict:
    """folder, the path of the anomalies of a listing, and images: of those of the indices the name, the kind, which is
    their sub-folder, and their masks, name -> SHA-256."""
    listing = read_listing(raw)
    rows = usable(listing["anomalous"], listing["images"])
    images = [{"name": row["name"], "kind": row["label"], "masks": row.get("masks", {})} for row in rows]
    return {"folder": listing["anomalies"], "images": [images[i] for i in indices]}


def decoded(raw: Path, kind: str, image_size: int) -> Images:
    """The images of a listing, or its anomalies, (n, image_size, image_size, channels), without those that repeat one.

    kind: "images" or "anomalous". Raises UserError where a file is another than the one that was listed.
    """
    listing = read_listing(raw)
    reading, anomalous = Reading(**listing["folder"]), kind == "anomalous"
    rows = usable(listing[kind], listing["images"] if anomalous else ())
    source = Path(listing["anomalies"] if anomalous else reading.path)
    images, pictures = patches_of(pixels_of(source, rows, reading.whole or image_size, reading), image_size)
    groups = np.array([row["group"] or f"/{kind}/{row['name']}" for row in rows])  # no name of a group begins with /
    grouped = reading.whole or any(row["group"] for row in listing["images"])
    groups, cut_from = groups[pictures] if grouped else None, pictures if reading.whole else None
    if anomalous:
        return Images(images, groups=groups, indices=pictures, pictures=cut_from)
    classes, _ = classes_of(rows, reading.classes_by)
    labels = np.array([classes.index(row["label"]) for row in rows], np.uint8)[pictures] if classes else None
    held = {name: np.array([row["split"] == name for row in rows], bool)[pictures] for name in ("validation", "test")}
    rest = ~(held["validation"] | held["test"])
    columns = {"": images, "_labels": labels, "_pictures": cut_from}
    columns = {column: values for column, values in columns.items() if values is not None}
    parts = {f"{name}{c}": values[own] for name, own in held.items() if own.any() for c, values in columns.items()}
    labels, groups, cut_from = (None if values is None else values[rest] for values in (labels, groups, cut_from))
    return Images(images[rest], labels, classes=classes or None, groups=groups, pictures=cut_from, **parts)


def patches_of(images: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray]:
    """The patches of images (n, height, width, channels), and the index of the image that each is cut from; the images
    themselves where they have that side."""
    if images.shape[1] == side:
        return images, np.arange(len(images))
    patches = [cut(image, side) for image in images]
    return np.concatenate(patches), np.repeat(np.arange(len(images)), len(patches[0]))


def pixels_of(source: Path, rows: list[dict], image_size: int, reading: Reading) -> np.ndarray:
    """uint8 (n, image_size, image_size, channels) of listed images, decoded one by one. Raises UserError where a file
    has changed."""
    arrays = arrays_of(source)["images"] if is_array(source) else None
    content_of = (lambda name: arrays[int(name)]) if arrays is not None else opened(source)
    images = np.empty((len(rows), image_size, image_size, reading.channels), np.uint8)
    for i, row in enumerate(rows):
        try:
            content = content_of(row["name"])
            if digest(content) != row["sha256"]:
                raise ValueError("has changed")
            pixels = eight_bits(decode(content), reading.white, reading.black)
        except (ValueError, IndexError) as error:
            raise UserError(f"{printable(row['name'])} of {printable(str(source))} {error} {AGAIN}") from None
        images[i] = in_channels(fitted(pixels, image_size, reading.fit), reading.channels)
    return images
