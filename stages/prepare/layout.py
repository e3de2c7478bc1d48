"""Layout of a folder, from the names in it: which sub-folders are classes, splits, normal images, defects, masks.

Known are the layout of MVTec AD (Bergmann et al. 2019: train/good, test/good, test/<defect>, ground_truth/<defect>),
train and test with a sub-folder for each class, normal images beside anomalies, and masks beside images.
"""

import re
from collections import defaultdict
from pathlib import PurePosixPath
from typing import NamedTuple

from stages.common.stage import UserError

SPLITS = {"train": "train", "training": "train", "val": "validation", "valid": "validation"}
SPLITS |= {"validation": "validation", "test": "test", "testing": "test", "test_public": "test"}
MASKS = {"ground_truth", "groundtruth", "gt", "mask", "masks", "segmentation", "segmentations"}
NORMAL = {"good", "normal", "ok", "okay", "nominal", "healthy", "no_defect", "defect_free", "non_defective", "flawless"}
DEFECTS = {"bad", "defect", "defects", "defective", "def", "anomaly", "anomalies", "anomalous", "abnormal", "broken"}
DEFECTS |= {"damaged", "faulty", "ko", "ng", "nok"}
ANOMALY, MASK, BESIDE = "anomaly", "mask", "beside"  # roles beside those of SPLITS
MASK_ENDS = re.compile(r"[_-](mask|gt|groundtruth|ground_truth|seg|segmentation|label)$", re.IGNORECASE)
DATE = re.compile(r"(19|20)\d\d([-_. ]?[01]\d([-_. ]?[0-3]\d)?)?|[0-3]\d[-_. ][01]\d[-_. ](19|20)?\d\d")


class Place(NamedTuple):
    """Where an image stands in a layout."""

    role: str | None = None  # a split, ANOMALY, MASK or BESIDE, which is not used; None: prepare splits
    label: str | None = None  # its class, or its kind of anomaly


def places_of(names: list[str]) -> tuple[dict[str, Place], str]:
    """The place of each image by its name, with / between its parts, and the layout in words; empty where it is none.

    Folders that all images share are passed over. Raises UserError where several folders have such a layout each.
    """
    parts = _without_shared({name: name.split("/")[:-1] for name in names})
    known = _masks_among({_plain(part) for path in parts.values() for part in path[:3]})
    masks = {name for name, path in parts.items() if any(_plain(part) in known for part in path[:2])}
    if len(masks) == len(parts):
        masks = set()
    images = _without_shared({name: path for name, path in parts.items() if name not in masks})
    if all(len(path) > 1 and _plain(path[1]) in SPLITS for path in images.values()) and images:
        images = {name: [path[1], path[0], *path[2:]] for name, path in images.items()}
        if any(len(path) > 2 for path in images.values()):
            first = min(path[1] for path in images.values())
            raise UserError(f"several folders have splits each, such as {first}: give one of them as FOLDER")
    tops = {_plain(path[0]) for path in images.values() if path}
    splits = {SPLITS[top] for top in tops if top in SPLITS}
    layout = _published if "train" in splits and len(splits) > 1 else _in_one
    places, words = layout(images, bool(masks))
    return places | {name: Place(MASK) for name in masks}, words


def is_normal(folder: str) -> bool:
    """Whether a folder is of normal images, by its name."""
    return _plain(folder) in NORMAL or _plain(folder).split("_")[0] in ("good", "ok", "normal")


def is_date(folder: str) -> bool:
    """Whether a folder is of a year or a day, by its name."""
    return bool(DATE.fullmatch(folder))


def masks_of(places: dict[str, Place]) -> tuple[dict[str, list[str]], set[str]]:
    """The masks of each anomaly, by its name; and those that could be of several, which none of them gets.

    A mask has the path of its image, less the like of _mask, or lies in a folder of that path; first by all folders but
    those of masks and images, then by those below the last folder of splits or of masks, then, where a mask lies in
    none there, by its name alone: in one it would be of another kind, whose files have the same numbers.
    """
    masks = {name for name, place in places.items() if place.role == MASK}
    found: dict[str, list[str]] = {name: [] for name, place in places.items() if place.role == ANOMALY}
    unclear, alone = set[str](), {name for name in masks if len(_below(name)) == 1}
    for path_of, names in ((_outside, masks), (_below, masks), (lambda name: _below(name)[-1:], alone)):
        images = defaultdict(list)
        for name in (name for name, own in found.items() if not own):
            images[PurePosixPath(*path_of(name)).with_suffix("")].append(name)
        for mask in sorted(names - unclear.union(*found.values())):
            path = PurePosixPath(*path_of(mask))
            keys = {path.parent / MASK_ENDS.sub("", path.stem), path.parent}
            claiming = [image for key in keys for image in images[key]]
            if len(claiming) > 1:
                unclear.add(mask)
            elif claiming:
                found[claiming[0]].append(mask)
    return found, unclear


def _published(images: dict[str, list[str]], masks: bool) -> tuple[dict[str, Place], str]:
    """Places where there are folders of splits: of anomalies if training images are normal and others are not."""
    inner = {name: path[1:] for name, path in images.items() if path and _plain(path[0]) in SPLITS}
    split = {name: SPLITS[_plain(images[name][0])] for name in inner}
    train = {path[0] for name, path in inner.items() if path and split[name] == "train"}
    other = {path[0] for name, path in inner.items() if path and split[name] != "train"}
    normal = {folder for folder in train | other if is_normal(folder)}
    defects = _are_defects(train - normal) if train & normal else not train and (masks or normal & other)
    anomalous = (train | other) - normal if defects and other - normal else set()
    places = {name: Place(BESIDE) for name in images if name not in inner}
    for name, path in inner.items():
        label = path[0] if path else None
        rest = Place(split[name], None if anomalous else label)
        places[name] = Place(ANOMALY, label) if label in anomalous else rest
    return places, "normal images and anomalies in splits, as MVTec AD" if anomalous else "splits of their own"


def _in_one(images: dict[str, list[str]], masks: bool) -> tuple[dict[str, Place], str]:
    """Places where there are no splits: classes, or normal images beside anomalies."""
    labels = {name: path[0] if path else None for name, path in images.items()}
    normal = {label for label in labels.values() if label and is_normal(label)}
    others = set(labels.values()) - normal
    if normal and others and None not in others and (masks or _are_defects(others)):
        places = {name: Place() if label in normal else Place(ANOMALY, label) for name, label in labels.items()}
        return places, "normal images beside anomalies"
    return {name: Place(label=label) for name, label in labels.items()}, "images and masks" if masks else ""


def _masks_among(folders: set[str]) -> set[str]:
    """Names of folders of masks; not those of people who wear some, beside others who do not."""
    return {name for name in MASKS if "mask" not in name or not any("mask" in own for own in folders - MASKS)}


def _are_defects(folders: set[str]) -> bool:
    return all(_plain(folder).split("_")[0] in DEFECTS for folder in folders)


def _outside(name: str) -> list[str]:
    """Parts of a name without folders of masks and of images."""
    *folders, last = name.split("/")
    return [*(part for part in folders if _plain(part) not in MASKS | {"images", "image"}), last]


def _below(name: str) -> list[str]:
    """Parts of a name below its last folder of splits or of masks, or below the first of all."""
    parts = name.split("/")
    marks = [i for i, part in enumerate(parts[:-1]) if _plain(part) in MASKS or _plain(part) in SPLITS]
    return parts[marks[-1] + 1 if marks else 0 :]


def _without_shared(parts: dict[str, list[str]]) -> dict[str, list[str]]:
    """Folders of each name, less the outer ones in which all are."""
    while parts and all(parts.values()) and len({path[0] for path in parts.values()}) == 1:
        parts = {name: path[1:] for name, path in parts.items()}
    return parts


def _plain(folder: str) -> str:
    return re.sub(r"[\s-]+", "_", folder.strip().lower())
