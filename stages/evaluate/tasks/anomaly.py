"""Anomaly detection: telling images that are unlike the training images, without having seen an anomaly.

The headline takes an image for unusual in reconstruction error or in latent density, whichever is rarer among
validation images: neither finds all anomalies (Denouden et al. 2018, "Improving reconstruction autoencoder
out-of-distribution detection with Mahalanobis distance"; Zong et al. 2018, "Deep autoencoding Gaussian mixture model
for unsupervised anomaly detection"). Beside it stand both alone, the Mahalanobis distance of the latent from the
training latents (Lee et al. 2018, "A simple unified framework for detecting out-of-distribution samples"), its distance
to the nearest of them, and the largest value of the anomaly map, which also sees what a mean over all pixels hides. As
a third member of the rule the map finds more spots of a few pixels, and fewer of the classes never seen (tried with
dense networks on MNIST): it has a threshold of its own.
"""

from typing import Annotated

import numpy as np
from pydantic import Field, PositiveInt

from stages.common.task import Task
from stages.evaluate.measures.inverted_scores import easy_classes, inverted
from stages.evaluate.task_interface import Data, Functions, Scores, Warnings

TASK = Task(
    measure="auroc",
    better="higher",
    label="AUROC of classes never seen",
    margin="absolute",
    headline=("auroc",),
    columns={
        "auroc": "AUROC, classes never seen",
        "auroc_error": "by error alone",
        "auroc_density": "by latent density",
        "auroc_mahalanobis": "by Mahalanobis distance",
        "auroc_neighbours": "by latent neighbours",
        "auroc_map": "by anomaly map",
        "auroc_far": "other data set",
        "auroc_gaussian": "noise",
        "auroc_salt_and_pepper": "salt and pepper",
        "auroc_block": "block",
        "auroc_blur": "blur",
        "auroc_lowest": "lowest, without blur",
        "detected": "detected",
        "false_alarms": "false alarms",
    },
    usable={"auroc": 0.8, "auroc_lowest": 0.5},
)

DETECTORS = {  # measure -> name; the first is the headline
    "auroc": "error or density",
    "auroc_error": "reconstruction error",
    "auroc_density": "latent density",
    "auroc_mahalanobis": "Mahalanobis distance",
    "auroc_neighbours": "latent neighbours",
    "auroc_map": "anomaly map",
}
RULE = (
    "an anomaly score with an AUROC below .5 is inverted; a class never seen with such an AUROC is easy where a "
    "model that has seen it has less error there than on the classes seen"
)
Quantile = Annotated[float, Field(gt=0, lt=1)]


def method(*, images: PositiveInt, quantile: Quantile) -> str:
    """How anomaly detection is measured."""
    return (
        "Anomalies: classes never seen, against test images of the others, by a second model of the same "
        "architecture, trained at half the epochs on every other class; and by the full model images of another data "
        "set, which without labels are the headline, and test images that are damaged. Where images are cut into "
        "patches, those of the user's anomalies count by picture, with the highest score. The score is the rarer of "
        "reconstruction error and latent density (of the mixture of ten Gaussians that samples are drawn from, on at "
        "most 64 principal axes of the latent, discrete or not): the larger -log of the share of validation images "
        "that exceed it, continued by an exponential tail beyond all of them. This rule was chosen on MNIST and "
        "Fashion-MNIST, before digits and CIFAR-10 were looked at. Beside it stand its two parts, the Mahalanobis "
        "distance of the latent, the distance to its five nearest neighbours, and the largest value of the anomaly "
        "map: the smoothed error around a pixel, over what validation images let expect there. Where there are masks "
        "of the defects, maps are held against them by pixel and by region. "
        f"Detected and false alarms: above the {100 * quantile:.0f} % quantile of the scores of validation images, "
        "which needs no labels. Blur lowers the error of any image: it warns, but does not decide what is usable."
    )


def score(model: Functions, data: Data, seed: int, *, images: PositiveInt, quantile: Quantile) -> Scores:
    """auroc of classes never seen, by the score; auroc_<detector>, the same by the others; by the score again auroc_far
    of another data set, and auroc_<damage> of damaged images; auroc_lowest, the smallest of these but that of blur.
    Below .5 a score is inverted: the anomalies look more normal than normal images.

    By the score, for classes never seen: average_precision; detected and false_alarms, the shares of anomalies and of
    normal test images that lie above a threshold which needs no labels, the `quantile` of scores of validation images.
    threshold: that of the full model, for which all classes are normal; map_threshold: the same for its anomaly maps,
    of whose pixels none lies above it in that share of validation images.

    images: how many of the test images, and of those of the other data set; all of them where they are patches
    Lists: anomalies, the kinds, the headline first and those of the user's last; detectors; auroc_by_anomaly for each
    of detectors; the others by anomaly; auroc_by_unseen_class, one such class at a time, and their unseen_classes.
    Where there are masks also what measures/localisation.py says.
    """
    from stages.evaluate.measures.detection import detection, known_images, validation_scores
    from stages.evaluate.measures.detectors import model_detectors

    seen = model.seen and model_detectors(model.seen, known_images(data, seen=True), seed)
    full = model_detectors(model, known_images(data), seed)
    found = detection(data, seed, images, quantile, full, seen, DETECTORS)
    return found | {"map_threshold": float(np.quantile(validation_scores(data, full)[1], quantile))}


def references(data: Data, seeds: list[int], *, images: PositiveInt, quantile: Quantile) -> list[dict[str, Scores]]:
    """Mean distance to the five nearest training images, pixel by pixel; for classes never seen, those of seen ones."""
    from stages.evaluate.measures.detection import detection, known_images, seen_images
    from stages.evaluate.measures.detectors import pixel_detector

    full, seen = pixel_detector(data.train, known_images(data)), None
    if data.seen_classes:
        seen = pixel_detector(seen_images(data, "train"), known_images(data, seen=True))
    detectors = full, seen, {"auroc": "distance"}
    return [{"nearest_neighbours": detection(data, seed, images, quantile, *detectors)} for seed in seeds]


def usage(model: Functions, data: Data, seed: int, scores: Scores) -> dict[str, np.ndarray]:
    """The arrays of the score and of the anomaly map, see measures/anomaly_score.py and anomaly_map.py, and their
    thresholds; in rising order validation_scores and map_validation_scores, those of validation images by both, whose
    quantiles are thresholds for other shares of false alarms."""
    from stages.evaluate.measures.detection import known_images, validation_scores
    from stages.evaluate.measures.detectors import model_detectors

    known = model_detectors(model, known_images(data), seed)
    arrays = {name: np.array(scores[name]) for name in ("threshold", "map_threshold")}
    names = "validation_scores", "map_validation_scores"
    arrays |= dict(zip(names, np.sort(validation_scores(data, known)), strict=True))
    return known.score.arrays() | known.map.arrays() | {name: array.astype("<f8") for name, array in arrays.items()}


def warnings(metrics: dict[str, dict], references: dict[str, dict]) -> Warnings:
    """Scores that are inverted, once where all are, and easy classes."""
    for kind, values in inverted(metrics).items():
        ranges = {name: f"{value:.2f}" for name, value in values.items()}
        if len(values) == len(metrics) > 2:
            ranges = {"all": f"{min(values.values()):.2f} to {max(values.values()):.2f}"}
        for name, value in ranges.items():
            yield f"the score is inverted, AUROC below .5, on {kind}", name, value
    for name, content in metrics.items():
        for kind, value, share in easy_classes(content):  # type: ignore[assignment]
            what = f"class {kind}, never seen, is easier to reconstruct than what was seen, and passes as normal"
            yield what, name, f"AUROC {value:.2f}, {share:.2f} times the error"
