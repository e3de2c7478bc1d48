"""Training, validation and test split of a data set, and the test images that stand for it in pictures."""

import hashlib
import math

import numpy as np

from stages.common.stage import UserError
from stages.prepare.formats import Images

SPLITS = ("train", "validation", "test")
LEAST = 20  # images of a split: below, scores are no numbers
SHOWN = 10  # test images that stand for the data set in pictures


def sizes(
    train: int, test: int | None, validation_fraction: float, test_fraction: float, least: int = 0
) -> dict[str, int]:
    """Number of images in each split, from the numbers that are published; test None: none is.

    least: so many at least are cut off, whatever the fraction
    """
    if test is None:
        test = max(least, math.ceil(test_fraction * train))
        train -= test
    validation = max(least, math.ceil(validation_fraction * train))
    return {"train": train - validation, "validation": validation, "test": test}


def split(
    images: Images, validation_fraction: float, test_fraction: float, seed: int, least: int = 0
) -> dict[str, np.ndarray]:
    """Arrays "train", "validation", "test" and, where there are labels or groups, "<split>_labels", "<split>_groups".

    A published test split stays; the rest is drawn with a fixed seed, by class where there are classes. Images of one
    group stay together; the numbers of `sizes` are then met as nearly as groups allow. Raises UserError where the
    images are too few for that.
    """
    published = None if images.test is None else len(images.test)
    wanted = sizes(len(images.train), published, validation_fraction, test_fraction, least)

    def cut(indices, name):
        labels, groups = (None if own is None else own[indices] for own in (images.train_labels, images.groups))
        try:
            kept, taken = _cut(len(indices), wanted[name], labels, groups, seed)
        except ValueError as error:
            raise UserError(
                f"params.yaml: {wanted[name]} of {len(indices)} images cannot be cut for {name}: {error}"
            ) from None
        return indices[np.sort(kept)], indices[np.sort(taken)]

    places = {"train": np.arange(len(images.train))}
    for name in ("test", "validation") if published is None else ("validation",):
        places["train"], places[name] = cut(places["train"], name)
    columns = {"": images.train, "_labels": images.train_labels, "_groups": images.groups}
    held = {"": images.test, "_labels": images.test_labels, "_groups": None}
    arrays = {}
    for name in SPLITS:
        for column, values in columns.items():
            own = values[places[name]] if name in places and values is not None else held[column]
            if own is not None:
                arrays[f"{name}{column}"] = own
    few = [name for name in SPLITS if len(arrays[name]) < least]
    if few:
        raise UserError(
            f"the {few[0]} split has {len(arrays[few[0]])} images, {least} are needed: more images, or smaller groups"
        )
    return arrays


def _cut(count: int, taken: int, labels, groups, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices of `count` images of which about `taken` are cut off. Raises ValueError where that cannot be."""
    from sklearn.model_selection import StratifiedGroupKFold, train_test_split

    if groups is None:
        return train_test_split(np.arange(count), test_size=taken, random_state=seed, stratify=labels)
    folds = StratifiedGroupKFold(max(2, round(count / taken)), shuffle=True, random_state=seed)
    return next(folds.split(groups, np.zeros(count, int) if labels is None else labels, groups))


def shown(arrays: dict[str, np.ndarray]) -> np.ndarray:
    """Indices of the test images shown in pictures: the first of each class, or just the first."""
    if "test_labels" not in arrays:
        return np.arange(min(SHOWN, len(arrays["test"])))
    return np.unique(arrays["test_labels"], return_index=True)[1][:SHOWN]


def seen_classes(classes: tuple[str, ...] | None) -> list[int]:
    """Labels of every second class: to what is trained on these alone, the others are anomalies."""
    return list(range(0, len(classes or ()), 2))


def summary(arrays: dict[str, np.ndarray], classes: tuple[str, ...] | None) -> dict:
    """Names of the classes, and which count as seen; of every split shape, mean in [0, 1] and count by class."""
    result = {"classes": list(classes) if classes else None, "seen_classes": seen_classes(classes)}
    for name in SPLITS:
        labels = arrays.get(f"{name}_labels")
        result[name] = {
            "shape": list(arrays[name].shape),
            "mean": round(float(arrays[name].mean() / 255), 6),
            "images_by_class": None if labels is None else np.bincount(labels).tolist(),
        }
    return result


def sums(arrays: dict[str, np.ndarray]) -> dict[str, str]:
    """SHA-256 of the values of every array, by which a damaged one is told."""
    return {name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in arrays.items()}
