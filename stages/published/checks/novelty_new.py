"""Novelty by reconstruction error where one class is new: a deep network that knows nine classes tells images of the
tenth (Kim et al. 2020, "RaPP: novelty detection with reconstruction along projection pathway", section 5, "multimodal
normality")."""

import math

import numpy as np
from keras import Input, Model, layers
from pydantic import NonNegativeInt, PositiveInt

from stages.evaluate.measures.detection import auroc
from stages.evaluate.measures.image_quality import mse
from stages.published.subject import PLAIN
from stages.train.autoencoder import Autoencoder, predict
from stages.train.objectives.variational import Variational

LATENTS, LAYERS = 20, 10  # layers of the encoder, and of the decoder
SHARES = (0.6, 0.8)  # where the images of known classes are cut into training, validation and test
OPTIONS = PLAIN | {"learning_rate": 0.001, "output": "linear", "batch_size": 256}


def stack(x, last: int):
    """LAYERS dense layers, whose widths go evenly from those of x to `last`; all but the last are normalised over the
    batch, then rectified with a leak."""
    for units in np.linspace(x.shape[1], last, LAYERS + 1).astype(int)[1:-1]:
        x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(layers.Dense(int(units))(x))
        x = layers.LeakyReLU(0.01)(x)
    return layers.Dense(last)(x)


def network(spec, variational: bool) -> Autoencoder:
    images, latents = Input(spec.image_shape), Input((spec.latent_size,))
    encoder = Model(images, stack(layers.Flatten()(images), (1 + variational) * spec.latent_size), name="encoder")
    pixels = stack(latents, math.prod(spec.image_shape))
    decoder = Model(latents, layers.Reshape(spec.image_shape)(pixels), name="decoder")
    return (Variational if variational else Autoencoder)(encoder, decoder, spec.reconstruction_loss)


def measure(subject, *, seeds: list[NonNegativeInt], epochs: PositiveInt) -> dict[str, list]:
    """AUROC, the mean over classes, each of which is new once; and lists by class: below .5 a class that is new looks
    more usual than those that are known."""
    data, variational = subject.data, subject.architecture == "variational"
    images = np.concatenate([data.train, data.validation, data.test])
    labels = np.concatenate([data.train_labels, data.validation_labels, data.test_labels])
    train = subject.trainer(LATENTS, lambda spec: network(spec, variational), **OPTIONS)
    classes = np.unique(labels)

    def of_class(index, label, seed):
        known = np.random.default_rng(seed).permutation(np.flatnonzero(labels != label))
        fitted, held, usual = np.split(known, [int(share * len(known)) for share in SHARES])
        named = f"class {label} is new ({index} of {len(classes)})"
        model = train(images[fitted], images[held], seed, epochs, named)
        errors = (
            mse(part / np.float32(255), predict(model, part)) for part in (images[usual], images[labels == label])
        )
        return auroc(*errors)

    by_class = [[of_class(index, label, seed) for index, label in enumerate(classes, start=1)] for seed in seeds]
    return {
        "one class is new": [float(np.mean(values)) for values in by_class],
        "one class is new, by class": by_class,
    }
