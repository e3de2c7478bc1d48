"""Novelty by reconstruction error where one class is known: a network tells test images of the other nine (Kim et al.
2020, "RaPP: novelty detection with reconstruction along projection pathway", section 5, "unimodal normality")."""

import numpy as np
from pydantic import NonNegativeInt, PositiveInt

from stages.evaluate.measures.detection import auroc
from stages.evaluate.measures.image_quality import mse
from stages.evaluate.model_functions import functions_of

HIDDEN = {"hidden": [512, 256]}
NETWORKS = {  # latents and the architecture's block
    "pca": (32, {}),
    "deep": (20, HIDDEN),
    "variational": (20, HIDDEN | {"beta": 1.0, "decoder_scale": "optimal"}),
}


def measure(subject, *, seeds: list[NonNegativeInt], epochs: PositiveInt) -> dict[str, list]:
    """AUROC, the mean over classes, each of which is known alone; and lists by class."""
    data, train = subject.data, subject.trainer(*NETWORKS[subject.architecture])
    images, classes = data.test / np.float32(255), np.unique(data.test_labels)

    def of_class(label, seed):
        splits = data.train_labels, data.validation_labels, data.test_labels
        known, held, usual = (labels == label for labels in splits)
        model = functions_of(train(data.train[known], data.validation[held], seed, epochs, f"class {label} known"))
        errors = mse(images, model.decode(model.encode(data.test)))
        return auroc(errors[usual], errors[~usual])

    by_class = [[of_class(label, seed) for label in classes] for seed in seeds]
    return {
        "one class is known": [float(np.mean(values)) for values in by_class],
        "one class is known, by class": by_class,
    }
