"""Preparation of a data set: images of one size, split, and anomalies of the same shape.

python -m stages.prepare --dataset mnist

Writes data/<dataset>/prepared/: images/ with all that training reads, and beside it the test split, the labels, the
images of another data set that are anomalies for this one, and a summary. Of a folder of anomalies of the user's,
anomalies.json names the file, the kind and the masks of each image in anomalies.npy, and anomaly_masks.npy has the
masks, unless each split has other anomalies. Of few images, which are split several times, the first split stands
there, and each other one in images/fold-<number>/ and fold-<number>/.
"""

import json
from pathlib import Path

import numpy as np

from stages.common.file_errors import whole
from stages.common.params import read_params
from stages.common.registry import load, names
from stages.common.settings import read_block
from stages.common.stage import UserError, fresh, run
from stages.common.subset import spread
from stages.prepare import listing
from stages.prepare.formats import Images
from stages.prepare.images import in_shape, resized
from stages.prepare.masks import masks_of
from stages.prepare.settings import Source, Split
from stages.prepare.split import SPLITS, folds, is_few, least_of, seen_classes, shown, split, summary, sums

ANOMALIES = 2000  # images of the other data set that are kept, at most


def arrays_of(
    images: Images, anomalies: Images, image_size: int, fractions: Split, least: int = 0
) -> dict[str, np.ndarray]:
    """Path below data/<dataset>/prepared/, without .npy -> array; and anomaly_indices, of the anomalies of a listing.

    anomalies: the other data set, of which the test split is taken, or all where it has none
    least: images of validation and test
    """
    parts = (getattr(images, name) for name in SPLITS)
    train, validation, test = (part if part is None else resized(part, image_size) for part in parts)
    images = images._replace(train=train, validation=validation, test=test)
    if not is_few(len(images.train), images.test, least, images.validation):
        return _of_split(split(images, fractions, least), images, anomalies)
    first, *others = (_of_split(arrays, images, anomalies) for arrays in folds(images, fractions.seed))
    for number, arrays in enumerate(others, start=1):
        for name, array in arrays.items():
            place, _, last = name.rpartition("/")
            if images.groups is not None or not last.startswith("anomal"):  # without groups they are the same in all
                first["/".join(filter(None, (place, f"fold-{number}", last)))] = array
    return first


def _of_split(arrays: dict[str, np.ndarray], images: Images, anomalies: Images) -> dict[str, np.ndarray]:
    """The arrays of one split, see `arrays_of`."""
    groups = {name: arrays.pop(f"{name}_groups", None) for name in SPLITS}
    if images.groups is not None:
        seen = [groups[name] for name in ("train", "validation") if groups[name] is not None]
        anomalies = without(anomalies, np.concatenate(seen))
    arrays.pop("train_pictures", None)
    arrays["shown"] = shown(arrays)
    other = anomalies.train if anomalies.test is None else anomalies.test
    kept = spread(ANOMALIES, len(other)) if anomalies.pictures is None else np.arange(len(other))
    arrays["anomalies"] = in_shape(other[kept], images.train.shape[1:])
    for name, values in {"anomalies_pictures": anomalies.pictures, "anomaly_indices": anomalies.indices}.items():
        if values is not None:
            arrays[name] = values[kept]
    for name in ("train", "validation"):
        arrays[f"images/{name}"] = arrays.pop(name)
    arrays["images/shown"] = arrays["test"][arrays["shown"]]
    for name in ("train", "validation") if images.classes else ():
        arrays[f"images/{name}_seen"] = np.flatnonzero(np.isin(arrays[f"{name}_labels"], seen_classes(images.classes)))
    return arrays


def without(anomalies: Images, groups: np.ndarray) -> Images:
    """Anomalies that belong to none of the groups, (n,), which training sees. Raises UserError where none is left."""
    if anomalies.groups is None:
        return anomalies
    kept = ~np.isin(anomalies.groups, groups)
    if not kept.any():
        raise UserError(f"none of the {len(kept):,} anomalies is of a group that training does not see; one is needed")
    own = {name: getattr(anomalies, name) for name in ("train", "groups", "pictures", "indices")}
    return anomalies._replace(**{name: values[kept] for name, values in own.items() if values is not None})


def decoded(raw: Path, source: str, image_size: int) -> Images:
    """The images of a source of data/<dataset>/raw: a data set's files, or those of a listing. Raises UserError where a
    file is damaged."""
    built_in = source in names("prepare/datasets")
    with whole(raw / source if built_in else raw / listing.LISTING, f"dvc repro fetch@{raw.parent.name}"):
        if built_in:
            return load("prepare/datasets", source).decode(raw / source)
        return listing.decoded(raw, "images" if source == raw.parent.name else "anomalous", image_size)


def main(dataset: str) -> None:
    params = read_params()
    source, fractions = read_block(Source, params, "data", dataset), read_block(Split, params, "split")
    raw, size = Path("data", dataset, "raw"), source.image_size
    images, anomalies = (decoded(raw, name, size) for name in (dataset, source.anomalies))
    least = 0 if dataset in names("prepare/datasets") else least_of(len(images.train))
    arrays = arrays_of(images, anomalies, size, fractions, least)
    indices = {name: arrays.pop(name) for name in list(arrays) if name.endswith("anomaly_indices")}
    if len(indices) == 1:  # else maps are not held against masks
        with whole(raw / listing.LISTING, f"dvc repro fetch@{dataset}"):
            masks = masks_of(raw, indices["anomaly_indices"], size)
        arrays |= {} if masks is None else {"anomaly_masks": masks}
    out = fresh(Path("data", dataset, "prepared"))
    for name, array in arrays.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        np.save(out / f"{name}.npy", array)
    for name, numbers in indices.items():
        text = json.dumps(listing.anomaly_files(raw, numbers), indent=1)
        (out / name.replace("anomaly_indices", "anomalies.json")).write_text(text + "\n")
    splits = {name: arrays.get(name, arrays.get(f"images/{name}")) for name in SPLITS}
    facts = summary(arrays | splits, images.classes) | {"sha256": sums(arrays)}
    count = 1 + sum(name.startswith("images/fold-") and name.endswith("/train") for name in arrays)
    facts |= {"folds": count} if count > 1 else {}
    of_folder = listing.read_listing(raw).get("folder", {})  # travels on with the data
    facts |= {name: of_folder[name] for name in ("private", "whole") if of_folder.get(name)}
    (out / "summary.json").write_text(json.dumps(facts, indent=1) + "\n")
    sizes = ", ".join(f"{len(images):,} {name}" for name, images in splits.items())
    shape = "x".join(map(str, splits["train"].shape[1:]))
    print(f"{dataset}: {sizes} images of {shape}; {len(arrays['anomalies']):,} of {source.anomalies} as anomalies")


if __name__ == "__main__":
    run(main)
