"""Preparation of a data set: images of one size, split, and anomalies of the same shape.

python -m stages.prepare --dataset mnist

Writes data/prepared/<dataset>/: images/ with all that training reads, and beside it the test split, the labels, the
images of another data set that are anomalies for this one, and a summary.
"""

import json
from pathlib import Path

import numpy as np

from stages.common.params import read_params
from stages.common.registry import load
from stages.common.stage import fresh, run
from stages.common.subset import spread
from stages.prepare.formats import Images
from stages.prepare.images import in_shape, resized
from stages.prepare.split import SPLITS, shown, split, summary

ANOMALIES = 2000  # images of the other data set that are kept, at most


def arrays_of(images: Images, anomalies: Images, image_size: int, fractions: dict) -> dict[str, np.ndarray]:
    """Path below data/prepared/<dataset>/, without .npy -> array.

    anomalies: the other data set, of which the test split is taken, or all where it has none
    fractions: the block `split` of params.yaml
    """
    images = images._replace(
        train=resized(images.train, image_size),
        test=None if images.test is None else resized(images.test, image_size),
    )
    arrays = split(images, **fractions)
    arrays["shown"] = shown(arrays)
    other = anomalies.train if anomalies.test is None else anomalies.test
    arrays["anomalies"] = in_shape(other[spread(ANOMALIES, len(other))], images.train.shape[1:])
    for name in ("train", "validation"):
        arrays[f"images/{name}"] = arrays.pop(name)
    arrays["images/shown"] = arrays["test"][arrays["shown"]]
    return arrays


def main(dataset: str) -> None:
    params = read_params()
    data, raw = params["data"][dataset], Path("data/raw", dataset)
    images, anomalies = (
        load("prepare/datasets", source).decode(raw / source) for source in (dataset, data["anomalies"])
    )
    arrays = arrays_of(images, anomalies, data["image_size"], params["split"])
    folder = fresh(Path("data/prepared", dataset))
    (folder / "images").mkdir()
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    splits = {name: arrays.get(name, arrays.get(f"images/{name}")) for name in SPLITS}
    facts = summary(arrays | splits, images.classes)
    (folder / "summary.json").write_text(json.dumps(facts, indent=1) + "\n")
    sizes = ", ".join(f"{len(own):,} {name}" for name, own in splits.items())
    shape = "x".join(map(str, splits["train"].shape[1:]))
    print(f"{dataset}: {sizes} images of {shape}; {len(arrays['anomalies']):,} of {data['anomalies']} as anomalies")


if __name__ == "__main__":
    run(main)
