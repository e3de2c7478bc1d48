"""Training, validation and test split of a data set, and the test images that stand for it in pictures."""

import hashlib
import math

import numpy as np

from stages.common.stage import UserError
from stages.prepare.formats import Images
from stages.prepare.settings import Split

SPLITS = ("train", "validation", "test")
LEAST, FEWEST = 20, 6  # images of a split, below which scores are vague, and below which there are none
FEW, FOLDS = 100, 5  # images of a folder without splits, below which so many are drawn, each image tested in one
LEAST_OF_FOLD = 3  # images of a split then
SHOWN = 10  # test images that stand for the data set in pictures


def least_of(images: int) -> int:
    """Images cut off for a split of a folder of so many that brings another: LEAST; of few a fifth, or FEWEST."""
    return min(LEAST, max(FEWEST, images // 5))


def sizes(
    train: int, test: int | None, fractions: Split, least: int = 0, validation: int | None = None
) -> dict[str, int]:
    """Number of images in each split, from the numbers that are published; test or validation None: none is.

    least: so many at least are cut off, whatever the fraction; of a folder with few images those of a fold are
    """
    if is_few(train, test, least, validation):
        most, part = -(-train // FOLDS), train // FOLDS
        return {"train": train - 2 * most, "validation": part, "test": part}
    if test is None:
        test = max(least, math.ceil(fractions.test_fraction * train))
        train -= test
    if validation is None:
        validation = max(least, math.ceil(fractions.validation_fraction * train))
        train -= validation
    return {"train": train, "validation": validation, "test": test}


def is_few(train: int, test: int | np.ndarray | None, least: int, validation: int | np.ndarray | None = None) -> bool:
    """Whether there are several splits; arguments as of `sizes`."""
    return test is None and validation is None and least > 0 and train < FEW


def folds(images: Images, seed: int) -> list[dict[str, np.ndarray]]:
    """FOLDS splits as `split` gives them, for images without classes: in each another fifth of the images is the test
    split and the next one validation. Images of one group stay together; raises UserError where a fifth is then too
    small."""
    count, random = len(images.train), np.random.default_rng(seed)
    names, group = np.unique(np.arange(count) if images.groups is None else images.groups, return_inverse=True)
    order, part, filled = random.permutation(len(names)), np.empty(len(names), int), np.zeros(FOLDS, int)
    members = np.bincount(group)
    for index in order[np.argsort(-members[order], kind="stable")]:
        part[index] = filled.argmin()
        filled[part[index]] += members[index]
    if filled.min() < LEAST_OF_FOLD:
        raise UserError(f"a fifth of the images has {filled.min()}, {LEAST_OF_FOLD} are needed: smaller groups")
    known = {"": images.train, "_groups": images.groups, "_pictures": images.pictures}
    splits = []
    for fold in range(FOLDS):
        chosen = {"test": part[group] == fold, "validation": part[group] == (fold + 1) % FOLDS}
        chosen["train"] = ~(chosen["test"] | chosen["validation"])
        columns = {column: values for column, values in known.items() if values is not None}
        splits.append({f"{name}{c}": values[chosen[name]] for name in SPLITS for c, values in columns.items()})
    return splits


def split(images: Images, fractions: Split, least: int = 0) -> dict[str, np.ndarray]:
    """Arrays "train", "validation", "test" and, where there are labels or groups, "<split>_labels", "<split>_groups".

    Published splits stay; the rest is drawn with a fixed seed, by class where there are classes. Images of one group
    stay together; the numbers of `sizes` are then met as nearly as groups allow. Raises UserError where the images are
    too few for that.
    """
    columns = ("", "_labels", "_pictures")
    held = {name: {c: getattr(images, name + c) for c in columns} for name in ("validation", "test")}
    published = {name: None if part[""] is None else len(part[""]) for name, part in held.items()}
    wanted = sizes(len(images.train), published["test"], fractions, least, published["validation"])
    known = {"": images.train, "_labels": images.train_labels, "_groups": images.groups, "_pictures": images.pictures}
    train, indices = np.arange(len(images.train)), dict[str, np.ndarray | slice]({name: slice(None) for name in held})
    for name in (name for name in ("test", "validation") if published[name] is None):
        train, indices[name] = _cut(name, wanted[name], train, images, fractions.seed)
        held[name] = known
    indices["train"] = train
    arrays: dict[str, np.ndarray] = {}
    for name in SPLITS:
        columns_of = {column: values for column, values in held.get(name, known).items() if values is not None}
        arrays |= {f"{name}{column}": values[indices[name]] for column, values in columns_of.items()}
    for count, name in ((len(arrays[name]), name) for name in SPLITS):
        few = FEWEST if published.get(name) else least
        if count < few * bool(least):
            raise UserError(f"the {name} split has {count} images, {few} are needed: more images, or smaller groups")
    return arrays


def _cut(name: str, count: int, indices: np.ndarray, images: Images, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices of training images in two: those that stay, and about `count` that are cut off for the split `name`."""
    from sklearn.model_selection import StratifiedGroupKFold, train_test_split

    labels, groups = (values if values is None else values[indices] for values in (images.train_labels, images.groups))
    try:
        if groups is None:
            kept, taken = train_test_split(indices, test_size=count, random_state=seed, stratify=labels)
            return np.sort(kept), np.sort(taken)
        folds = StratifiedGroupKFold(max(2, round(len(indices) / count)), shuffle=True, random_state=seed)
        kept, taken = next(folds.split(groups, np.zeros(len(indices), int) if labels is None else labels, groups))
        return indices[kept], indices[taken]
    except ValueError as error:
        raise UserError(f"params.yaml: {count} of {len(indices)} images cannot be cut for {name}: {error}") from None


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
    """SHA-256 of the values of every array, by which a damaged one is recognised."""
    return {name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in arrays.items()}
