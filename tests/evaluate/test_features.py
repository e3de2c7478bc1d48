"""Features: codes in the order of what can be read from them."""

import itertools

import numpy as np
import pytest

from stages.evaluate.protocol import Functions
from stages.evaluate.tasks import features


def test_features_order_codes(data):
    random = np.random.default_rng(0)
    labels = {split.tobytes(): own for split, own in ((data.train, data.train_labels), (data.test, data.test_labels))}

    def coded(noise):
        def encode(images):
            return np.eye(2)[labels[images.tobytes()]] + random.normal(0, noise, (len(images), 2))

        return features.score(Functions(encode, None), data, 0)

    perfect, degraded, useless = coded(0.01), coded(0.6), coded(100)
    for measure in ("probe_100", "probe_1000", "probe_all", "neighbours", "kmeans", "nmi"):
        assert perfect[measure] > 0.99 > degraded[measure] > useless[measure], measure
    assert useless["probe_all"] == pytest.approx(0.5, abs=0.1) and useless["nmi"] < 0.05


def test_clustering_accuracy_tries_all_matchings():
    random = np.random.default_rng(0)
    labels, clusters = random.integers(0, 4, 60), random.integers(0, 4, 60)
    best = max(np.mean(np.array(matching)[clusters] == labels) for matching in itertools.permutations(range(4)))
    assert features.clustering_accuracy(labels, clusters) == pytest.approx(best)
