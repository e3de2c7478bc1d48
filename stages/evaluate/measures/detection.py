"""Detection of anomalies of every kind (classes never seen, images of another data set, damaged images) by detectors,
and how well their scores tell anomalies from normal images."""

from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata
from sklearn.metrics import average_precision_score

from stages.common.subset import spread
from stages.evaluate.measures.corruption import corrupted
from stages.evaluate.measures.detectors import Detectors, usual
from stages.evaluate.measures.localisation import localisation
from stages.evaluate.measures.pictures import by_picture, highest, whole_pictures
from stages.evaluate.measures.resampling import resampled
from stages.evaluate.task_interface import Data, Scores

UNSEEN, FAR = "classes never seen", "other data set"
DAMAGES = {"gaussian": 0.2, "salt_and_pepper": 0.1, "block": 0.4, "blur": 0.06}
NO_VETO = "blur"  # it lowers the reconstruction error of any image


class Kind(NamedTuple):
    """One kind of anomaly: scores of every detector, each (detectors, n)."""

    validation: np.ndarray  # normal images, for the threshold
    normal: np.ndarray  # test images
    anomalous: np.ndarray


def auroc(normal: np.ndarray, anomalous: np.ndarray) -> float:
    """The chance that an anomaly scores above a normal image, ties counting half (Mann and Whitney 1947)."""
    ranks = rankdata(np.concatenate([normal, anomalous]))[len(normal) :]
    return float((ranks.mean() - (len(anomalous) + 1) / 2) / len(normal))


def average_precision(normal: np.ndarray, anomalous: np.ndarray) -> float:
    """The mean precision over all anomalies, each at a threshold of its score."""
    truth = np.repeat([0, 1], [len(normal), len(anomalous)])
    return float(average_precision_score(truth, np.concatenate([normal, anomalous])))


def seen_images(data: Data, split: str) -> np.ndarray:
    """Images of a split, "train" or "validation", of the classes that the second model has seen."""
    return getattr(data, split)[np.isin(getattr(data, f"{split}_labels"), data.seen_classes)]


def known_images(data: Data, seen: bool = False) -> np.ndarray:
    """The validation images that detectors know: the usual ones, of the classes that the second model has seen if so;
    all where they are patches of pictures that are looked at whole."""
    if seen:
        return usual(seen_images(data, "validation"))
    return usual(data.validation) if data.validation_pictures is None else data.validation


def detection(
    data: Data,
    seed: int,
    images: int,
    quantile: float,
    full: Detectors,  # for which all classes are normal
    seen: Detectors | None,  # for which the seen ones are
    detectors: dict[str, str],  # measure of the headline's kind of anomaly -> name, the headline first
) -> Scores:
    """Scores of detectors, see tasks/anomaly.py, whose settings images and quantile are."""
    looked_at = ("test", "test_labels", "anomalies", "anomaly_kinds", "anomaly_masks")
    arrays = {name: array for name in looked_at if (array := getattr(data, name)) is not None}
    if data.test_pictures is None:  # patches of a picture are looked at together
        data = data._replace(**{name: array[spread(images, len(array))] for name, array in arrays.items()})
    unseen, by_class = ({}, {}) if seen is None else _unseen(data, seen)
    damaged, users = _damaged(data, seed, full)
    kinds = unseen | damaged | users
    aurocs = np.array([list(map(auroc, kind.normal, kind.anomalous)) for kind in kinds.values()])
    thresholds = [np.quantile(kind.validation[0], quantile) for kind in kinds.values()]
    detected = [float(np.mean(kind.anomalous[0] > t)) for kind, t in zip(kinds.values(), thresholds, strict=True)]
    precisions = [average_precision(kind.normal[0], kind.anomalous[0]) for kind in kinds.values()]
    headline, by_kind = next(iter(kinds.values())), dict(zip(kinds, aurocs[:, 0].tolist(), strict=True))
    return {
        **dict(zip(detectors, aurocs[0].tolist(), strict=True)),
        "auroc_resampled": resampled(auroc, headline.normal[0], headline.anomalous[0]),
        "auroc_far": by_kind[FAR],
        **{f"auroc_{damage}": by_kind[damage.replace("_", " ")] for damage in DAMAGES},
        "auroc_lowest": min(value for kind, value in by_kind.items() if kind not in (NO_VETO, *users)),
        "average_precision": precisions[0],
        "detected": detected[0],
        "false_alarms": float(np.mean(headline.normal[0] > thresholds[0])),
        "threshold": float(np.quantile(highest(full.validation[:1], data.validation_pictures), quantile)),
        "anomalies": list(kinds),
        "detectors": list(detectors.values()),
        "auroc_by_anomaly": aurocs.T.tolist(),
        "average_precision_by_anomaly": precisions,
        "detected_by_anomaly": detected,
        **by_class,
        **_located(data, full),
    }


def _unseen(data: Data, seen: Detectors) -> tuple[dict[str, Kind], Scores]:
    """Scores of classes never seen, and the AUROC of each such class."""
    labels, scores = data.test_labels, seen.of(data.test)
    normal = np.isin(labels, data.seen_classes)
    unseen = np.setdiff1d(labels, data.seen_classes)
    by_class = [auroc(scores[0, normal], scores[0, labels == label]) for label in unseen]
    kind = Kind(seen.validation, scores[:, normal], scores[:, ~normal])
    return {UNSEEN: kind}, {"auroc_by_unseen_class": by_class, "unseen_classes": unseen.tolist()}


def _damaged(data: Data, seed: int, full: Detectors) -> tuple[dict[str, Kind], dict[str, Kind]]:
    """Scores of another data set's images and of damaged images; and of each kind of the user's anomalies."""
    damaged = {name.replace("_", " "): corrupted(data.test, name, DAMAGES[name], seed) for name in DAMAGES}
    normal, names = full.of(data.test), data.anomaly_kinds
    others = {FAR: data.anomalies} | damaged
    kinds = {name: Kind(full.validation, normal, full.of(images)) for name, images in others.items()}
    if data.anomalies_pictures is not None:
        pictures = data.validation_pictures, data.test_pictures, data.anomalies_pictures
        kinds[FAR] = Kind(*(highest(*pair) for pair in zip(kinds[FAR], pictures, strict=True)))
    names = names if names is None else by_picture(names, data.anomalies_pictures)
    own = [] if names is None else np.unique(names[names != ""])  # type: list | np.ndarray
    every = {f"kind {name}": kinds[FAR]._replace(anomalous=kinds[FAR].anomalous[:, names == name]) for name in own}
    return kinds, every if len(every) > 1 else {}


def _located(data: Data, full: Detectors) -> Scores:
    """How well the maps show the defects that masks show; nothing without masks or maps."""
    if data.anomaly_masks is None or full.maps is None:
        return {}
    pictures = data.anomalies_pictures
    masks, kinds = whole_pictures(data.anomaly_masks, pictures, data.whole), by_picture(data.anomaly_kinds, pictures)
    known = masks.any(axis=(1, 2))
    if not known.any():
        return {}
    of_known = known if pictures is None else np.isin(pictures, np.unique(pictures)[known])
    pictures = pictures if pictures is None else pictures[of_known]
    normal = whole_pictures(full.maps(data.test), data.test_pictures, data.whole)
    anomalous = whole_pictures(full.maps(data.anomalies[of_known]), pictures, data.whole)
    return localisation(normal, anomalous, masks[known] > 0, kinds[known])


def validation_scores(data: Data, known: Detectors) -> np.ndarray:
    """Scores of validation images by the headline and by the anomaly map, (2, n); of pictures where cut from some."""
    return highest(np.stack([known.validation[0], known.map_scores]), data.validation_pictures)
