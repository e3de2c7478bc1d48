"""Training, validation and test split of a data set, and the test images that stand for it in pictures."""

import hashlib

import numpy as np
from sklearn.model_selection import train_test_split

from stages.prepare.formats import Images

SPLITS = ("train", "validation", "test")
SHOWN = 10  # test images that stand for the data set in pictures


def split(images: Images, validation_fraction: float, test_fraction: float, seed: int) -> dict[str, np.ndarray]:
    """Arrays "train", "validation", "test" and, where there are labels, "<split>_labels".

    A published test split stays; the rest is drawn with a fixed seed, by class where there are classes.
    """

    def cut(pictures, labels, fraction):
        indices = np.arange(len(pictures))
        kept, taken = train_test_split(indices, test_size=fraction, random_state=seed, stratify=labels)
        return [(pictures[i], None if labels is None else labels[i]) for i in (np.sort(kept), np.sort(taken))]

    train, test = (images.train, images.train_labels), (images.test, images.test_labels)
    if images.test is None:
        train, test = cut(*train, test_fraction)
    train, validation = cut(*train, validation_fraction)
    arrays = {}
    for name, (pictures, labels) in zip(SPLITS, (train, validation, test), strict=True):
        arrays[name] = pictures
        if labels is not None:
            arrays[f"{name}_labels"] = labels
    return arrays


def shown(arrays: dict[str, np.ndarray]) -> np.ndarray:
    """Indices of the test images shown in pictures: the first of each class, or just the first."""
    if "test_labels" not in arrays:
        return np.arange(min(SHOWN, len(arrays["test"])))
    return np.unique(arrays["test_labels"], return_index=True)[1][:SHOWN]


def summary(arrays: dict[str, np.ndarray], classes: tuple[str, ...] | None) -> dict:
    """Names of the classes; shape, mean in [0, 1], count by class and SHA-256 of every split."""
    result = {"classes": list(classes) if classes else None}
    for name in SPLITS:
        labels = arrays.get(f"{name}_labels")
        result[name] = {
            "shape": list(arrays[name].shape),
            "mean": round(float(arrays[name].mean() / 255), 6),
            "images_by_class": None if labels is None else np.bincount(labels).tolist(),
            "sha256": hashlib.sha256(arrays[name].tobytes()).hexdigest(),
        }
    return result
