"""Anomaly detection: detectors in the right order, measured as others measure it, by models that saw no anomaly."""

import numpy as np
import pytest
from helpers import SHAPE, flat, make_data, principal
from sklearn.metrics import average_precision_score, roc_auc_score

from stages.evaluate.measures.image_quality import mse
from stages.evaluate.protocol import Functions
from stages.evaluate.tasks import anomaly


def test_auroc_is_that_of_scikit_learn():
    random = np.random.default_rng(0)
    normal, anomalous = np.round(random.normal(0, 1, 300), 1), np.round(random.normal(0.5, 1, 200), 1)
    truth = np.repeat([0, 1], [300, 200])
    expected = roc_auc_score(truth, np.concatenate([normal, anomalous]))
    assert anomaly.auroc(normal, anomalous) == pytest.approx(expected, abs=1e-12)


def perfect(*known):
    """Gives back the images that it knows and blackens all others."""
    known = {image.tobytes() for images in known for image in images}

    def encode(images):
        told = np.array([[image.tobytes() in known] for image in images], np.float32)
        return np.hstack([flat(images), told])

    return Functions(encode, lambda z: z[:, :-1].reshape(-1, *SHAPE) * z[:, -1, None, None, None])


def useless(seed=0):
    """Latents and images of dice."""
    random = np.random.default_rng(seed)
    return Functions(lambda x: random.normal(size=(len(x), 3)), lambda z: random.random((len(z), *SHAPE)))


def oracle(data):
    """It knows all images, its second model those of the seen classes."""
    splits = [data.train, data.validation, data.test]
    labels = [data.train_labels, data.validation_labels, data.test_labels]
    seen = [images[np.isin(own, data.seen_classes)] for images, own in zip(splits, labels, strict=True)]
    return perfect(*splits)._replace(seen=perfect(*seen))


def test_anomaly_orders_detectors(data, tasks):
    detectors = {
        "perfect": oracle(data),
        "linear": principal(data),
        "useless": useless()._replace(seen=useless(1)),
    }
    scores = {name: anomaly.score(model, data, 0, **tasks["anomaly"]) for name, model in detectors.items()}
    for measure in ("auroc", "auroc_far", "auroc_lowest", "detected", "average_precision"):
        best, middle, worst = (scores[name][measure] for name in detectors)
        assert best > 0.98 and best >= middle > worst, measure  # a block of black on black is no anomaly
    assert scores["useless"]["auroc"] == pytest.approx(0.5, abs=0.1)


def test_the_headline_is_of_the_model_that_did_not_see_the_class(data, tasks):
    """Perfect on everything else, but its second model is blind."""
    found = anomaly.score(oracle(data)._replace(seen=useless()), data, 0, **tasks["anomaly"])
    assert found["auroc"] == pytest.approx(0.5, abs=0.1) and found["auroc_far"] > 0.99
    assert found["auroc_lowest"] == found["auroc"] == found["auroc_by_anomaly"][0][0]
    assert found["auroc_latent"] == found["auroc_by_anomaly"][1][0]
    assert found["unseen_classes"] == [1] and found["auroc_by_unseen_class"] == [found["auroc"]]


def test_classes_are_told_as_scikit_learn_does(data, tasks):
    found = anomaly.score(principal(data), data, 0, **tasks["anomaly"])
    seen = principal(data).seen
    errors = np.mean((data.test / 255 - seen.decode(seen.encode(data.test))) ** 2, axis=(1, 2, 3))
    assert found["auroc"] == pytest.approx(roc_auc_score(data.test_labels == 1, errors), abs=1e-6)
    assert found["average_precision"] == pytest.approx(average_precision_score(data.test_labels == 1, errors), abs=1e-6)


def test_without_labels_the_other_data_set_is_the_headline(tasks):
    data = make_data(labelled=False)
    found = anomaly.score(principal(data), data, 0, **tasks["anomaly"])
    assert found["auroc"] == found["auroc_far"] and found["anomalies"][0] == "other data set"
    assert found["auroc_lowest"] == min(found["auroc_by_anomaly"][0]) and "unseen_classes" not in found


def test_neighbours_of_unseen_classes_are_not_looked_at(data, tasks):
    """The very anomalies among the training images must not help or hurt."""
    options = tasks["anomaly"]
    train = data.train.copy()
    unseen = data.test[data.test_labels == 1]
    train[data.train_labels == 1] = np.resize(unseen, (np.sum(data.train_labels == 1), *SHAPE))
    before, after = (
        anomaly.references(own, [0], **options)[0]["nearest_neighbours"] for own in (data, data._replace(train=train))
    )
    assert before["auroc"] == after["auroc"] > 0.5 and before["auroc_block"] != after["auroc_block"]


def test_the_threshold_that_is_kept_is_of_the_full_model(data, tasks):
    """Above it lie as many anomalies as evaluation says, and of validation images what the quantile leaves."""
    model = principal(data)
    found = anomaly.score(model, data, 0, **tasks["anomaly"])

    def share(images):
        return np.mean(mse(images / np.float32(255), model.decode(model.encode(images))) > found["threshold"])

    assert share(data.anomalies) == found["detected_by_anomaly"][found["anomalies"].index(anomaly.FAR)]
    assert share(data.validation) == pytest.approx(1 - tasks["anomaly"]["quantile"], abs=1 / len(data.validation))
    blind = anomaly.score(model._replace(seen=useless()), data, 0, **tasks["anomaly"])
    assert blind["threshold"] == found["threshold"]


def test_the_threshold_comes_from_validation(data):
    """A detector that cannot tell anything raises about as many alarms on anomalies as on normal images."""
    random = np.random.default_rng(0)

    def dice(pictures):
        return random.normal(size=(1, len(pictures)))

    found = anomaly._scores(data, 0, 2000, 0.9, dice, dice, ("dice",))
    assert found["auroc"] == pytest.approx(0.5, abs=0.1) and found["detected"] == pytest.approx(0.1, abs=0.1)
    assert found["false_alarms"] == pytest.approx(0.1, abs=0.1)
    assert "auroc_latent" not in found
