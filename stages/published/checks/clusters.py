"""k-means on pixels and on latents: whether its clusters are the classes (Xie et al. 2016, "Unsupervised deep embedding
for clustering analysis", section 4)."""

import math

import numpy as np
from keras import Input, Model, initializers, layers
from pydantic import NonNegativeInt, PositiveInt
from sklearn.cluster import KMeans
from sklearn.metrics import normalized_mutual_info_score

from stages.evaluate.measures.probes import clustering_accuracy
from stages.published.subject import PLAIN
from stages.train.autoencoder import Autoencoder, predict

HIDDEN, LATENTS = (500, 500, 2000), 10
STARTS = 20  # of k-means; the best of them is taken


def dense(x, widths: tuple[int, ...], last: int, activation: str):
    """Dense layers of these widths and a linear one, whose weights are drawn within 1 / sqrt(inputs) of 0."""
    draw = {"scale": 1 / 3, "mode": "fan_in", "distribution": "uniform"}
    for units in widths:
        x = layers.Dense(units, activation, kernel_initializer=initializers.VarianceScaling(**draw))(x)
    return layers.Dense(last, kernel_initializer=initializers.VarianceScaling(**draw))(x)


def network(spec) -> Autoencoder:
    """784-500-500-2000-10 and back."""
    images, latents = Input(spec.image_shape), Input((spec.latent_size,))
    encoder = Model(images, dense(layers.Flatten()(images), HIDDEN, spec.latent_size, spec.activation), name="encoder")
    pixels = dense(latents, HIDDEN[::-1], math.prod(spec.image_shape), spec.activation)
    return Autoencoder(encoder, Model(latents, layers.Reshape(spec.image_shape)(pixels), name="decoder"))


def measure(subject, *, seeds: list[NonNegativeInt], epochs: PositiveInt) -> dict[str, list[float]]:
    """ACC, the share of images in the cluster that stands for their class under the best one-to-one matching, and NMI.

    With PCA it has as many components as there are pixels: a rotation, which leaves all distances as they are.
    """
    data = subject.data
    images = np.concatenate([data.train, data.validation, data.test])
    labels = np.concatenate([data.train_labels, data.validation_labels, data.test_labels])
    pixels = math.prod(images.shape[1:])
    if subject.architecture == "pca":
        models = subject.models(seeds, epochs, pixels, {})
    else:
        rate = 2 / pixels  # of 1 for the mean squared error of a pixel: ours is half the sum over an image
        options = PLAIN | {"optimizer": "sgd", "learning_rate": rate, "activation": "relu", "output": "linear"}
        everything = subject._replace(data=data._replace(train=images, train_labels=labels))
        models = everything.models(seeds, epochs, LATENTS, network, batch_size=256, **options)
    scores = {"ACC": [], "NMI": []}  # type: dict[str, list[float]]
    for seed, model in zip(seeds, models, strict=True):
        latents = predict(model.encode, images)
        clusters = KMeans(len(np.unique(labels)), n_init=STARTS, random_state=seed).fit_predict(latents)
        scores["ACC"].append(clustering_accuracy(labels, clusters))
        scores["NMI"].append(float(normalized_mutual_info_score(labels, clusters)))
    return scores
