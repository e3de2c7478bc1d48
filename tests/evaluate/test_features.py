"""Features: codes in the order of what can be read from them."""

import itertools
import tracemalloc

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.preprocessing import StandardScaler

from stages.evaluate.measures import probes
from stages.evaluate.measures.probes import clustering_accuracy
from stages.evaluate.task_interface import Functions
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
    assert clustering_accuracy(labels, clusters) == pytest.approx(best)


def test_the_strength_is_that_of_a_grid_search():
    """One draw, against scikit-learn's search over the same split; noise is to be held back, a plain class is not."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, 90)
    found = {}
    for name, noise, size in (("plain", 0.3, 3), ("noisy", 1.5, 60)):
        latents = np.eye(3, size)[labels] + random.normal(0, noise, (90, size))
        split = train_test_split(np.arange(90), test_size=1 / 3, random_state=0, stratify=labels)
        grid = {"C": probes.STRENGTHS}
        search = GridSearchCV(LogisticRegression(max_iter=200), grid, scoring="neg_log_loss", cv=[split], refit=False)
        expected = search.fit(latents, labels).best_params_["C"]
        found[name] = probes._strength(latents, labels, [np.arange(90)])
        assert found[name] == expected, name
    assert found["noisy"] < found["plain"]


def test_draws_have_so_many_labels_of_every_class():
    labels = np.repeat(np.arange(4), 50)
    draws = probes._draws(labels, 100)
    assert len(draws) == probes.DRAWS == len({draw.tobytes() for draw in draws})
    assert all((np.bincount(labels[draw]) == 25).all() and len(set(draw)) == 100 for draw in draws)
    assert len(probes._draws(labels, 1000)) == 1
    assert [draw.tobytes() for draw in draws] == [draw.tobytes() for draw in probes._draws(labels, 100)]


def test_headings_say_how_many_labels():
    assert features.TASK.columns["probe_100"] == "100 labels" and "1,000 labels" in features.TASK.columns["probe_1000"]


def test_standardised_as_by_the_library_at_once():
    """In blocks of columns, to the last bit; the last block is narrower, and one column never changes."""
    random = np.random.default_rng(0)
    train, test = (random.integers(0, 256, (n, probes.COLUMNS + 9)).astype(np.uint8) for n in (300, 70))
    train[:, 3] = test[:, 3] = 200
    scaler = StandardScaler().fit(train / np.float32(255))
    for found, split in zip(probes.standardised(train, test, 255), (train, test), strict=True):
        np.testing.assert_array_equal(found, scaler.transform(split / np.float32(255)))


def test_pixels_are_held_once():
    """The standardised pixels and little else, whether there are few images or four times as many."""
    for n in (2_000, 8_000):
        train = np.random.default_rng(0).integers(0, 256, (n, 3072), np.uint8)
        tracemalloc.start()
        probes.standardised(train, train[:10], 255)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 1.4 * train.size * 4
    draw = np.arange(n)
    assert np.shares_memory(probes._taken(train, draw), train) and len(probes._taken(train, draw[:9])) == 9
