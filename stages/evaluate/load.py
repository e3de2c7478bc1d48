"""Inputs of the evaluation, read from disk. Keras is imported late: determinism.start comes first."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from stages.common.file_errors import whole
from stages.common.seeds import RESAMPLED
from stages.evaluate.task_interface import Data


def load_folds(dataset: str) -> list[Data]:
    """The prepared data set by split, of which there are several where images are few."""
    first, path = load_data(dataset), Path("data", dataset, "prepared/summary.json")
    return [first, *(load_data(dataset, fold) for fold in range(1, json.loads(path.read_text()).get("folds", 1)))]


def load_data(dataset: str, fold: int = 0) -> Data:
    """The prepared data set, without features and references; fold: the split, where there are several."""
    folder = Path("data", dataset, "prepared")
    with whole(folder, f"dvc repro prepare@{dataset}"):
        summary = json.loads((folder / "summary.json").read_text())
        sums = summary["sha256"]

    def read(name, room=""):
        own = f"{room}fold-{fold}/{name}"
        name = own if own in sums else f"{room}{name}"  # anomalies may be the same in all
        if name not in sums:
            return None
        path = folder / f"{name}.npy"
        with whole(path, f"dvc repro prepare@{dataset}"):
            return checked(np.load(path), sums[name])

    return Data(
        train=read("train", "images/"),
        validation=read("validation", "images/"),
        **{name: read(name) for name in Data._fields[2:8]},
        **{name: read(name) for name in Data._fields if name.endswith("_pictures")},
        **_known_of_anomalies(folder, sums, read),  # type: ignore[arg-type]
        classes=summary["classes"],
        seen_classes=summary["seen_classes"],
        whole=summary.get("whole"),
        private=summary.get("private", False),
    )


def _known_of_anomalies(folder: Path, sums: dict[str, str], read: Callable) -> dict[str, np.ndarray | None]:
    """Kinds of the user's anomalies, and masks of them; none where each split has other anomalies, since seeds would
    then be scored on other kinds."""
    path = folder / "anomalies.json"
    if not path.exists() or "fold-1/anomalies" in sums:
        return {}
    with whole(path, f"dvc repro prepare@{folder.parent.name}"):
        kinds = [image["kind"] or "" for image in json.loads(path.read_text())["images"]]
    return {"anomaly_kinds": np.array(kinds), "anomaly_masks": read("anomaly_masks")}


def checked(array: np.ndarray, sha256: str) -> np.ndarray:
    """The array. Raises ValueError where its bytes are not those that were prepared."""
    if hashlib.sha256(array.tobytes()).hexdigest() != sha256:
        raise ValueError("its SHA-256 is not that of the array that was prepared")
    return array


def load_features(dataset: str) -> Callable[[np.ndarray], np.ndarray]:
    """Images (n, height, width, channels) -> features (n, units) of the data set's classifier. Those of uint8 images,
    which are real ones and come again with every seed, are kept."""
    import keras

    from stages.train.autoencoder import predict, scaled

    path = f"data/{dataset}/references/classifier.keras"
    with whole(path, f"dvc repro references@{dataset}"):
        classifier = keras.models.load_model(path)
    features = keras.Model(classifier.inputs, classifier.get_layer("features").output)
    known = {}

    def ask(images):
        key = hashlib.sha256(images).digest() if images.dtype == np.uint8 else None
        if key is None or key not in known:
            found = predict(lambda batch: features(scaled(batch), training=False), images)
            if key is None:
                return found
            known[key] = found
        return known[key]

    return ask


def load_references(dataset: str) -> dict:
    """Tasks and scores of the references, see stages/evaluate/references.py."""
    path = Path("metrics", dataset, "references.json")
    with whole(path, f"dvc repro references@{dataset}"):
        return json.loads(path.read_text())


def of_seed(scores: dict, index: int = 0) -> dict:
    """task -> name -> measure -> value with one seed, from lists over seeds; of a bootstrap the whole list."""

    def first(measured):
        return {name: values if name.endswith(RESAMPLED) else values[index] for name, values in measured.items()}

    return {task: {name: first(measured) for name, measured in by_name.items()} for task, by_name in scores.items()}
