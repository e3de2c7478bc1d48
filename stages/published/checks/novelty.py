"""Novelty by reconstruction error: a network that knows some classes tells test images of the others (Kim et al. 2020,
"RaPP: novelty detection with reconstruction along projection pathway", section 5)."""

import numpy as np
from pydantic import NonNegativeInt, PositiveInt

from stages.evaluate.functions import functions_of
from stages.evaluate.measures.image_quality import mse
from stages.evaluate.tasks.anomaly import auroc

HIDDEN = {"hidden": [512, 256]}
NETWORKS = {  # latents and the architecture's own settings
    "pca": (32, {}),
    "deep": (20, HIDDEN),
    "variational": (20, HIDDEN | {"beta": 1.0, "decoder_scale": "optimal"}),
}


def measure(
    cell, *, seeds: list[NonNegativeInt], epochs_known: PositiveInt, epochs_new: PositiveInt
) -> dict[str, list]:
    """AUROC, the mean over classes, each of which is known alone or is alone new, with the epochs of either; and lists
    by class: below .5 a class that is new looks more usual than those that are known."""
    data, found = cell.data, {}
    images, train = data.test / np.float32(255), cell.trainer(*NETWORKS[cell.architecture])

    def of_class(label, kind, seed, epochs):
        splits = data.train_labels, data.validation_labels, data.test_labels
        known, held, usual = ((labels == label) == (kind == "known") for labels in splits)
        model = functions_of(train(data.train[known], data.validation[held], seed, epochs, f"class {label} {kind}"))
        errors = mse(images, model.decode(model.encode(data.test)))
        return auroc(errors[usual], errors[~usual])

    for kind, epochs in (("known", epochs_known), ("new", epochs_new)):
        classes = np.unique(data.test_labels)
        by_class = [[of_class(label, kind, seed, epochs) for label in classes] for seed in seeds]
        found[f"one class is {kind}"] = [float(np.mean(values)) for values in by_class]
        found[f"one class is {kind}, by class"] = by_class
    return found
