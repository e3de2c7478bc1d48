"""k-means on pixels and on latents: whether its clusters are the classes (Xie et al. 2016, "Unsupervised deep embedding
for clustering analysis", section 4)."""

import numpy as np
from pydantic import NonNegativeInt, PositiveInt
from sklearn.cluster import KMeans
from sklearn.metrics import normalized_mutual_info_score

from stages.evaluate.tasks.features import clustering_accuracy
from stages.train.autoencoder import predict

NETWORKS = {"pca": {}, "deep": {"hidden": [500, 500, 2000]}}
LATENTS = 10
STARTS = 20  # of k-means; the best of them is taken


def measure(cell, *, seeds: list[NonNegativeInt], epochs: PositiveInt) -> dict[str, list[float]]:
    """ACC, the share of images in the cluster that stands for their class under the best one-to-one matching, and NMI.

    With PCA it has as many components as there are pixels: a rotation, which leaves all distances as they are.
    """
    data = cell.data
    images = np.concatenate([data.train, data.validation, data.test])
    labels = np.concatenate([data.train_labels, data.validation_labels, data.test_labels])
    size = LATENTS if cell.architecture == "deep" else int(np.prod(images.shape[1:]))
    train = cell.trainer(size, NETWORKS[cell.architecture], batch_size=256, learning_rate=0.001, activation="relu")
    found = {"ACC": [], "NMI": []}
    for seed in seeds:
        model = train(data.train, data.validation, seed, epochs, "for clusters")
        latents = predict(model.encode, images)
        clusters = KMeans(len(np.unique(labels)), n_init=STARTS, random_state=seed).fit_predict(latents)
        found["ACC"].append(clustering_accuracy(labels, clusters))
        found["NMI"].append(float(normalized_mutual_info_score(labels, clusters)))
    return found
