"""Decode a data set, bring it to its size and split it into train, validation and test.

python -m stages.prepare --dataset mnist
"""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
from skimage.transform import resize
from sklearn.model_selection import train_test_split

from stages.catalogue import load, read_params, run
from stages.formats import Images
from stages.settings import IMAGE, SPLIT, check

SHOWCASE = 10  # test images that stand for the data set in pictures


def resized(images: np.ndarray, size: int) -> np.ndarray:
    """uint8 (n, height, width, channels) -> uint8 (n, size, size, channels), bicubic; untouched if already so."""
    if images.shape[1:3] == (size, size):
        return images
    shape = (len(images), size, size, images.shape[3])
    smaller = size < max(images.shape[1:3])
    scaled = resize(images / 255, shape, order=3, anti_aliasing=smaller, mode="edge")
    return np.rint(np.clip(scaled, 0, 1) * 255).astype(np.uint8)


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
    for name, (pictures, labels) in {"train": train, "validation": validation, "test": test}.items():
        arrays[name] = pictures
        if labels is not None:
            arrays[f"{name}_labels"] = labels
    return arrays


def showcase(arrays: dict[str, np.ndarray]) -> np.ndarray:
    """Indices of the test images shown in pictures: the first of each class, or just the first."""
    if "test_labels" not in arrays:
        return np.arange(min(SHOWCASE, len(arrays["test"])))
    return np.unique(arrays["test_labels"], return_index=True)[1][:SHOWCASE]


def summary(arrays: dict[str, np.ndarray], classes: tuple[str, ...] | None) -> dict:
    """Shape, mean in [0, 1], count by class and SHA-256 of every split."""
    result = {"classes": list(classes) if classes else None}
    for name in ("train", "validation", "test"):
        labels = arrays.get(f"{name}_labels")
        result[name] = {
            "shape": list(arrays[name].shape),
            "mean": round(float(arrays[name].mean() / 255), 6),
            "images_by_class": None if labels is None else np.bincount(labels).tolist(),
            "sha256": hashlib.sha256(arrays[name].tobytes()).hexdigest(),
        }
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", required=True)
    dataset = parser.parse_args().dataset
    params = read_params()
    check(IMAGE, (params.get("data") or {}).get(dataset), f"data.{dataset}", others="ignore")
    check(SPLIT, params.get("split"), "split")
    images = load("datasets", dataset).decode(Path("data/raw", dataset))
    size = params["data"][dataset]["image_size"]
    images = images._replace(
        train=resized(images.train, size),
        test=None if images.test is None else resized(images.test, size),
    )
    arrays = split(images, **params["split"])
    arrays["showcase"] = showcase(arrays)
    folder = Path("data/prepared", dataset)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    np.savez(folder / "images.npz", **arrays)
    facts = summary(arrays, images.classes)
    (folder / "summary.json").write_text(json.dumps(facts, indent=1) + "\n")
    sizes = ", ".join(f"{len(arrays[name]):,} {name}" for name in ("train", "validation", "test"))
    print(f"{dataset}: {sizes} images of {'x'.join(map(str, arrays['train'].shape[1:]))}")


if __name__ == "__main__":
    run(main)
