"""Anomaly detection: detectors in the right order, measured as others measure it."""

import numpy as np
import pytest
from helpers import SHAPE, flat, principal
from sklearn.metrics import roc_auc_score

from stages.evaluate.protocol import Functions
from stages.evaluate.tasks import anomaly


def test_auroc_is_that_of_scikit_learn():
    random = np.random.default_rng(0)
    normal, anomalous = np.round(random.normal(0, 1, 300), 1), np.round(random.normal(0.5, 1, 200), 1)
    truth = np.repeat([0, 1], [300, 200])
    expected = roc_auc_score(truth, np.concatenate([normal, anomalous]))
    assert anomaly.auroc(normal, anomalous) == pytest.approx(expected, abs=1e-12)


def test_anomaly_orders_detectors(data, tasks):
    train = {image.tobytes() for split in (data.train, data.validation, data.test) for image in split}
    random = np.random.default_rng(0)

    def knows(images):
        return np.array([[image.tobytes() in train] for image in images], np.float32)

    def blind(latents):
        return random.random((len(latents), *SHAPE))

    perfect = Functions(
        lambda x: np.hstack([flat(x), knows(x)]), lambda z: z[:, :-1].reshape(-1, *SHAPE) * z[:, -1, None, None, None]
    )
    useless = Functions(lambda x: random.normal(size=(len(x), 3)), blind)
    scores = {
        n: anomaly.score(m, data, 0, **tasks["anomaly"])
        for n, m in {"perfect": perfect, "linear": principal(data), "useless": useless}.items()
    }
    assert scores["perfect"]["auroc"] > 0.99 > scores["linear"]["auroc"] > scores["useless"]["auroc"]
    assert scores["perfect"]["detected"] > 0.95 and scores["perfect"]["average_precision"] > 0.99
    assert scores["linear"]["false_alarms"] == pytest.approx(0.05, abs=0.05)


def test_the_threshold_comes_from_validation(data):
    """A detector that cannot tell anything raises about as many alarms on anomalies as on normal images."""
    random = np.random.default_rng(0)
    found = anomaly._scores(data, 0, 2000, 0.9, lambda pictures: random.normal(size=(1, len(pictures))), ("dice",))
    assert found["auroc"] == pytest.approx(0.5, abs=0.05) and found["detected"] == pytest.approx(0.1, abs=0.07)
