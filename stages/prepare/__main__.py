"""Preparation of a data set: images of one size, split, and anomalies of the same shape.

python -m stages.prepare --dataset mnist

Writes data/prepared/<dataset>/: images/ with all that training reads, and beside it the test split, the labels, the
images of another data set that are anomalies for this one, and a summary.
"""

import json
from pathlib import Path

import numpy as np

from stages.common.damage import whole
from stages.common.params import read_params
from stages.common.registry import load, names
from stages.common.stage import UserError, fresh, run
from stages.common.subset import spread
from stages.prepare import folder
from stages.prepare.formats import Images
from stages.prepare.images import in_shape, resized
from stages.prepare.split import LEAST, SPLITS, seen_classes, shown, split, summary, sums

ANOMALIES = 2000  # images of the other data set that are kept, at most


def arrays_of(
    images: Images, anomalies: Images, image_size: int, fractions: dict, least: int = 0
) -> dict[str, np.ndarray]:
    """Path below data/prepared/<dataset>/, without .npy -> array.

    anomalies: the other data set, of which the test split is taken, or all where it has none
    fractions: the block `split` of params.yaml; least: images of validation and test
    """
    images = images._replace(
        train=resized(images.train, image_size),
        test=None if images.test is None else resized(images.test, image_size),
    )
    arrays = split(images, **fractions, least=least)
    if images.groups is not None:
        _, *known = [arrays.pop(f"{name}_groups") for name in ("test", "train", "validation")]
        anomalies = without(anomalies, np.concatenate(known))
    arrays["shown"] = shown(arrays)
    other = anomalies.train if anomalies.test is None else anomalies.test
    arrays["anomalies"] = in_shape(other[spread(ANOMALIES, len(other))], images.train.shape[1:])
    for name in ("train", "validation"):
        arrays[f"images/{name}"] = arrays.pop(name)
    arrays["images/shown"] = arrays["test"][arrays["shown"]]
    for name in ("train", "validation") if images.classes else ():
        arrays[f"images/{name}_seen"] = np.flatnonzero(np.isin(arrays[f"{name}_labels"], seen_classes(images.classes)))
    return arrays


def without(anomalies: Images, groups: np.ndarray) -> Images:
    """Anomalies that belong to none of the groups, (n,), which training sees. Raises UserError where few are left."""
    if anomalies.groups is None:
        return anomalies
    kept = ~np.isin(anomalies.groups, groups)
    if kept.sum() < LEAST:
        raise UserError(
            f"{kept.sum()} of {len(kept):,} anomalies are of groups that training does not see; {LEAST} are needed"
        )
    return anomalies._replace(train=anomalies.train[kept], groups=anomalies.groups[kept])


def decoded(raw: Path, source: str, image_size: int) -> Images:
    """The images of a source of data/raw/<dataset>: a data set's files, or a listing of one's own.

    Raises UserError where a file is damaged.
    """
    built_in = source in names("prepare/datasets")
    with whole(raw / source if built_in else raw / folder.LISTING, f"dvc repro fetch@{raw.name}"):
        if built_in:
            return load("prepare/datasets", source).decode(raw / source)
        return folder.decoded(raw, "images" if source == raw.name else "anomalous", image_size)


def main(dataset: str) -> None:
    params = read_params()
    data, raw = params["data"][dataset], Path("data/raw", dataset)
    images, anomalies = (decoded(raw, source, data["image_size"]) for source in (dataset, data["anomalies"]))
    least = 0 if dataset in names("prepare/datasets") else LEAST
    arrays = arrays_of(images, anomalies, data["image_size"], params["split"], least)
    out = fresh(Path("data/prepared", dataset))
    (out / "images").mkdir()
    for name, array in arrays.items():
        np.save(out / f"{name}.npy", array)
    splits = {name: arrays.get(name, arrays.get(f"images/{name}")) for name in SPLITS}
    facts = summary(arrays | splits, images.classes) | {"sha256": sums(arrays)}
    (out / "summary.json").write_text(json.dumps(facts, indent=1) + "\n")
    sizes = ", ".join(f"{len(own):,} {name}" for name, own in splits.items())
    shape = "x".join(map(str, splits["train"].shape[1:]))
    print(f"{dataset}: {sizes} images of {shape}; {len(arrays['anomalies']):,} of {data['anomalies']} as anomalies")


if __name__ == "__main__":
    run(main)
