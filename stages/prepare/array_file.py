"""Images of the user in one .npy or .npz file, with labels, groups and splits or without, as Keras and MedMNIST name
them too."""

import zipfile
from pathlib import Path

import numpy as np

from stages.common.stage import UserError
from stages.prepare.files import LARGEST
from stages.prepare.reader import printable
from stages.prepare.values import out_of_range

SUFFIXES = (".npy", ".npz")
IMAGES, LABELS = ("images", "x", "data"), ("labels", "y", "targets", "target")  # names of arrays in an .npz file
SPLITS = {"train": "train", "val": "validation", "valid": "validation", "validation": "validation", "test": "test"}
CHANNELS = (1, 3)
STEP = 1000  # images of which the range is taken together


def is_array(source: Path) -> bool:
    """Whether a source is a file of arrays, as its name says."""
    return source.suffix.lower() in SUFFIXES and source.is_file()


def arrays_of(source: Path) -> dict[str, np.ndarray]:
    """images (n, height, width) or (n, height, width, channels) of a file, and labels, groups and splits (n,) where it
    has some; an .npy file stays on disk, nothing is unpickled.

    Raises UserError where it holds something else, or numbers that no image has.
    """
    where = printable(str(source))
    found = _loaded(source, where)
    shapes = ", ".join(f"{printable(name)} {array.shape}" for name, array in found.items())
    try:
        if single := [name for name, array in found.items() if not array.ndim]:
            raise ValueError(f"{printable(single[0])} is one value, not an array of as many as there are images")
        arrays = _by_split(found) or _named(found)
    except ValueError as error:
        raise UserError(f"{where}: {error}; it has {shapes}") from None
    if not arrays:
        raise UserError(
            f"{where}: should be images (n, height, width) or (n, height, width, channels), alone or as `images`, with "
            f"`labels` (n,) and `groups` (n,) or without, or x_train, y_train, x_test ..., or train_images, "
            f"train_labels ...; it has {shapes}"
        )
    arrays["images"] = _channels_last(arrays["images"], where)
    if "labels" in arrays:
        arrays["labels"] = _one_label(arrays["labels"], where)
    if len({array.shape[:1] for array in arrays.values()}) > 1:
        raise UserError(f"{where}: as many labels and groups as images are needed: {shapes}")
    if reason := _wrong_values(arrays["images"]):
        raise UserError(f"{where} {reason}")
    return arrays


def _loaded(source: Path, where: str) -> dict[str, np.ndarray]:
    try:
        if source.suffix.lower() == ".npz":
            with zipfile.ZipFile(source) as archive:
                if sum(member.file_size for member in archive.infolist()) > LARGEST:
                    raise ValueError(f"it unpacks to more than {LARGEST:,} bytes; save the images as .npy")
            with np.load(source) as archive:
                return dict(archive)
        return {"images": np.load(source, mmap_mode="r")}
    except Exception as error:  # a zip file may be broken in many ways
        words = printable(str(error))[:100]
        if "allow_pickle" in words or "Python objects" in words:
            words = "it holds Python objects, such as images of several sizes; save the images as files"
        raise UserError(f"{where} is no whole .npy or .npz file of numbers ({words})") from None


def _by_split(found: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Arrays of x_train, train_images and the like, one split after the other; empty where training has none. Raises
    ValueError where one is there twice, or others lack it."""
    splits: dict[str, dict[str, np.ndarray]] = {}
    names: dict[tuple[str | None, str | None], str] = {}
    parts = dict.fromkeys(IMAGES, "images") | dict.fromkeys(LABELS, "labels")
    for name, array in found.items():
        first, _, last = name.lower().partition("_")
        split, kind = (first, last) if first in SPLITS else (last, first)
        place = SPLITS.get(split), parts.get(kind)
        if (other := names.setdefault(place, name)) != name and all(place):
            raise ValueError(f"{printable(other)} and {printable(name)} are both {place[1]} of {place[0]}: keep one")
        if all(place) and array.size:
            splits.setdefault(place[0], {})[place[1]] = array
    if "images" not in splits.get("train", {}):
        return {}
    if odd := [name for place, name in names.items() if not all(place)]:
        raise ValueError(f"{printable(odd[0])} is neither images nor labels of a split")
    if lacking := [name for name, part in splits.items() if part.keys() != splits["train"].keys()]:
        raise ValueError(f"train has {' and '.join(splits['train'])}, {lacking[0]} {' and '.join(splits[lacking[0]])}")
    arrays = {"splits": np.repeat(list(splits), [len(part["images"]) for part in splits.values()])}
    arrays |= {part: np.concatenate([split[part] for split in splits.values()]) for part in splits["train"]}
    return arrays if len(splits) > 1 else {name: array for name, array in arrays.items() if name != "splits"}


def _named(found: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Arrays of `images` and the like, or one alone of any name; empty where there are others as well."""
    known = dict.fromkeys(IMAGES, "images") | dict.fromkeys(LABELS, "labels") | {"groups": "groups"}
    arrays = {known.get(name.lower(), name): array for name, array in found.items()}
    if len(arrays) == 1:
        arrays = {"images": next(iter(arrays.values()))}
    right = len(arrays) == len(found) and "images" in arrays and set(arrays) <= {"images", "labels", "groups"}
    return arrays if right else {}


def _channels_last(images: np.ndarray, where: str) -> np.ndarray:
    """Images with their channels last, where they have some; PyTorch has them first. Raises UserError where they are
    no images."""
    shape = images.shape
    right = images.ndim in (3, 4) and images.size and images.dtype.kind in "buif"
    if right and images.ndim == 4 and shape[3] not in CHANNELS and shape[1] in CHANNELS:
        return np.moveaxis(images, 1, 3)
    if right and images.ndim == 4 and shape[3] in (2, 4):
        cure = "keep images[..., :3], or lay them on white" if shape[3] == 4 else "keep images[..., :1]"
        raise UserError(f"{where}: images {shape} have {shape[3]} channels, the last perhaps transparency: {cure}")
    if not right or shape[3:] not in ((), (1,), (3,)):
        wanted = "should be images (n, height, width) or (n, height, width, 1 or 3) of numbers"
        raise UserError(f"{where}: {wanted}; they are {shape} {images.dtype}")
    return images


def _one_label(labels: np.ndarray, where: str) -> np.ndarray:
    """Labels (n,) from those of any shape, such as one-hot rows. Raises UserError where an image has not just one."""
    if labels.dtype.kind not in "buifUS" or (labels.dtype.kind == "f" and not np.isfinite(labels).all()):
        raise UserError(f"{where}: labels of {labels.dtype} should be names, or whole numbers, none of them missing")
    rows = labels.reshape(len(labels), -1) if labels.size else labels
    if rows.dtype.kind == "S":
        rows = np.char.decode(rows, "utf-8", "backslashreplace")
    if rows.ndim == 2 and rows.shape[1] > 1 and np.isin(rows, (0, 1)).all() and (rows.sum(axis=1) == 1).all():
        return rows.argmax(axis=1)
    if rows.ndim == 2 and rows.shape[1] != 1:
        raise UserError(f"{where}: labels {labels.shape} are several for an image: one each is needed, or no labels")
    whole = rows.dtype.kind == "f" and (rows == np.rint(rows)).all()
    return rows.reshape(-1).astype(int) if whole else rows.reshape(-1)


def _wrong_values(images: np.ndarray) -> str:
    """Why images have no values that can be read, in words that go after a name; those with no finite range aside."""
    if images.dtype in (np.uint8, bool):
        return ""
    parts = (images[start : start + STEP] for start in range(0, len(images), STEP))
    flat = (part.reshape(len(part), -1) for part in parts)
    ranges = np.concatenate([np.stack([part.min(axis=1), part.max(axis=1)], axis=1) for part in flat])
    finite = ranges[np.isfinite(ranges).all(axis=1)]
    low, high = (finite if len(finite) else ranges).T
    return out_of_range(images.dtype, low.min(), high.max())
