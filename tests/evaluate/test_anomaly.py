"""Anomaly detection: detectors in the right order, measured as others measure it, by models that saw no anomaly."""

import numpy as np
import pytest
from helpers import SHAPE, flat, make_data, principal, with_mixture
from sklearn.metrics import average_precision_score, roc_auc_score

from stages.common.subset import spread
from stages.evaluate.measures import detection
from stages.evaluate.measures.detectors import Detectors, model_detectors
from stages.evaluate.measures.image_quality import mse
from stages.evaluate.measures.pictures import highest
from stages.evaluate.task_interface import Functions
from stages.evaluate.tasks import anomaly


def test_auroc_is_that_of_scikit_learn():
    random = np.random.default_rng(0)
    normal, anomalous = np.round(random.normal(0, 1, 300), 1), np.round(random.normal(0.5, 1, 200), 1)
    truth = np.repeat([0, 1], [300, 200])
    expected = roc_auc_score(truth, np.concatenate([normal, anomalous]))
    assert detection.auroc(normal, anomalous) == pytest.approx(expected, abs=1e-12)


def perfect(*known):
    """Gives back the images that it knows and blackens all others; known: the training images first."""
    train, known = known[0], {image.tobytes() for images in known for image in images}

    def encode(images):
        told = np.array([[image.tobytes() in known] for image in images], np.float32)
        return np.hstack([flat(images), told])

    functions = Functions(encode, lambda z: z[:, :-1].reshape(-1, *SHAPE) * z[:, -1, None, None, None])
    return with_mixture(functions, train)


def useless(seed=0):
    """Latents and images of dice."""
    random = np.random.default_rng(seed)
    functions = Functions(lambda x: random.normal(size=(len(x), 3)), lambda z: random.random((len(z), *SHAPE)))
    return with_mixture(functions, np.zeros((400, *SHAPE), np.uint8))


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
    for i, measure in enumerate(anomaly.DETECTORS):
        assert found[measure] == found["auroc_by_anomaly"][i][0]
    assert found["unseen_classes"] == [1] and found["auroc_by_unseen_class"] == [found["auroc"]]


def test_classes_are_told_as_scikit_learn_does(data, tasks):
    found = anomaly.score(principal(data), data, 0, **tasks["anomaly"])
    seen = principal(data).seen
    latents = seen.encode(data.test)
    errors = np.mean((data.test / 255 - seen.decode(latents)) ** 2, axis=(1, 2, 3))
    scores = {"auroc_error": errors, "auroc_density": -seen.mixture(0).gaussians.score_samples(latents)}
    validation = data.validation[data.validation_labels == 0]
    scores["auroc"] = model_detectors(seen, validation, 0).score.of(errors, latents)
    for measure, own in scores.items():
        assert found[measure] == pytest.approx(roc_auc_score(data.test_labels == 1, own), abs=1e-6), measure
    expected = average_precision_score(data.test_labels == 1, scores["auroc"])
    assert found["average_precision"] == pytest.approx(expected, abs=1e-6)


def test_what_is_unusual_in_one_of_both_is_found(data, tasks):
    """Noise shows in the error alone of a network whose latents are dice, and in the density alone of one that gives
    everything back: the score finds it either way, whatever the other part says."""
    random = np.random.default_rng(0)
    dice = Functions(lambda x: random.normal(size=(len(x), 3)), lambda z: np.zeros((len(z), *SHAPE), np.float32))
    identity = Functions(flat, lambda z: z.reshape(-1, *SHAPE))
    parts = list(anomaly.DETECTORS)
    for functions, telling, silent in (
        (dice, "auroc_error", "auroc_density"),
        (identity, "auroc_density", "auroc_error"),
    ):
        found = anomaly.score(with_mixture(functions, data.train), data, 0, **tasks["anomaly"])
        far = [row[found["anomalies"].index(detection.FAR)] for row in found["auroc_by_anomaly"]]
        assert far[parts.index(telling)] > 0.98 and far[parts.index(silent)] == pytest.approx(0.5, abs=0.1)
        assert found["auroc_far"] == far[0] > 0.95


def test_without_labels_the_other_data_set_is_the_headline(tasks):
    data = make_data(labelled=False)
    found = anomaly.score(principal(data), data, 0, **tasks["anomaly"])
    assert found["auroc"] == found["auroc_far"] and found["anomalies"][0] == "other data set"
    kinds = dict(zip(found["anomalies"], found["auroc_by_anomaly"][0], strict=True))
    assert found["auroc_blur"] == kinds.pop("blur") and found["auroc_lowest"] == min(kinds.values())
    assert "unseen_classes" not in found


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

    score = model_detectors(model, data.validation, 0).score

    def share(images):
        latents = model.encode(images)
        return np.mean(score.of(mse(images / np.float32(255), model.decode(latents)), latents) > found["threshold"])

    assert share(data.anomalies) == found["detected_by_anomaly"][found["anomalies"].index(detection.FAR)]
    assert share(data.validation) == pytest.approx(1 - tasks["anomaly"]["quantile"], abs=1 / len(data.validation))
    blind = anomaly.score(model._replace(seen=useless()), data, 0, **tasks["anomaly"])
    assert blind["threshold"] == found["threshold"]


def test_the_threshold_comes_from_validation(data):
    """A detector that cannot tell anything raises about as many alarms on anomalies as on normal images."""
    random = np.random.default_rng(0)

    def dice(pictures):
        return random.normal(size=(1, len(pictures)))

    known = Detectors(dice, dice(data.validation))
    found = detection.detection(data, 0, 2000, 0.9, known, known, {"auroc": "dice"})
    assert found["auroc"] == pytest.approx(0.5, abs=0.1) and found["detected"] == pytest.approx(0.1, abs=0.1)
    assert found["false_alarms"] == pytest.approx(0.1, abs=0.1)
    assert not set(found) & set(list(anomaly.DETECTORS)[1:])


def test_pictures_count_by_their_most_anomalous_patch():
    """A defect in one of four patches: the mean would hide it, and other patches are no anomalies."""
    scores = np.array([[0.1, 0.2, 0.9, 0.1, 0.2, 0.2, 0.1, 0.3]])
    pictures = np.array([4, 4, 4, 4, 7, 7, 7, 7])
    np.testing.assert_array_equal(highest(scores, pictures), [[0.9, 0.3]])


def test_patches_of_the_users_anomalies_count_by_picture(tasks):
    data = make_data(labelled=False)
    of = {name: np.arange(len(getattr(data, name))) // 10 for name in ("validation", "test", "anomalies")}
    odd = data.test.copy()[:150]
    odd[::10] = np.random.default_rng(0).integers(0, 256, odd[::10].shape)  # one patch of ten
    data = data._replace(anomalies=odd)
    by_patch = anomaly.score(principal(data), data, 0, **tasks["anomaly"])
    data = data._replace(**{f"{name}_pictures": values[: len(getattr(data, name))] for name, values in of.items()})
    by_picture = anomaly.score(principal(data), data, 0, **tasks["anomaly"])
    assert by_picture["auroc_far"] > 0.95 > 0.7 > by_patch["auroc_far"]
    assert by_picture["auroc_gaussian"] == by_patch["auroc_gaussian"]


@pytest.fixture(scope="module")
def defects():
    """Images without classes whose anomalies are of two kinds, of which a map sees one, with masks; of one there is no
    mask."""
    data, random = make_data(labelled=False), np.random.default_rng(0)
    images, masks = data.test[:60].copy(), np.zeros((60, *SHAPE[:2]), np.uint8)
    for i, (y, x) in enumerate(random.integers(1, 10, (60, 2))):
        masks[i, y : y + 2, x : x + 2] = 1
        if i < 30:
            images[i, y : y + 2, x : x + 2] = random.integers(0, 2) * 255
    masks[5] = 0
    return data._replace(anomalies=images, anomaly_kinds=np.repeat(["dot", "nothing"], 30), anomaly_masks=masks)


def test_each_kind_of_the_users_is_told_by_itself(defects, tasks):
    found = anomaly.score(principal(defects), defects, 0, **tasks["anomaly"])
    kinds = dict(zip(found["anomalies"], np.transpose(found["auroc_by_anomaly"]), strict=True))
    assert next(iter(kinds)) == detection.FAR and list(kinds)[-2:] == ["kind dot", "kind nothing"]
    both = (kinds["kind dot"] + kinds["kind nothing"]) / 2
    np.testing.assert_allclose(kinds[detection.FAR], both, atol=1e-12)  # of equally many each
    assert kinds["kind dot"][-1] > 0.7 > 0.6 > kinds["kind nothing"][-1]  # by the map
    plain = anomaly.score(
        principal(defects), defects._replace(anomaly_kinds=None, anomaly_masks=None), 0, **tasks["anomaly"]
    )
    assert {name: found[name] for name in plain if not name.endswith("anomaly") and name != "anomalies"} == {
        name: plain[name] for name in plain if not name.endswith("anomaly") and name != "anomalies"
    }
    one = anomaly.score(principal(defects), defects._replace(anomaly_kinds=np.full(60, "dot")), 0, **tasks["anomaly"])
    assert one["anomalies"] == plain["anomalies"]


def test_maps_are_held_against_masks(defects, tasks):
    found = anomaly.score(principal(defects), defects, 0, **tasks["anomaly"])
    assert found["kinds_with_masks"] == ["dot", "nothing"]
    (seen, missed), (own, none) = found["pixel_auroc_by_kind"], found["pro_by_kind"]
    assert seen > 0.8 > 0.7 > missed and none < found["pro"] < own
    for masks in (None, np.zeros_like(defects.anomaly_masks)):
        blank = anomaly.score(principal(defects), defects._replace(anomaly_masks=masks), 0, **tasks["anomaly"])
        assert not set(blank) & {"pixel_auroc", "pro", "kinds_with_masks"}
    reference = anomaly.references(defects, [0], **tasks["anomaly"])[0]["nearest_neighbours"]
    assert "pro" not in reference and reference["anomalies"] == found["anomalies"]


def test_maps_of_patches_are_joined_before_they_are_held_against_masks(defects, tasks, monkeypatch):
    """Four patches a picture: one without a defect is known to be normal where its picture has a mask."""
    side, held = SHAPE[0], []
    cut = {
        f"{name}_pictures": np.arange(len(getattr(defects, name))) // 4 for name in ("validation", "test", "anomalies")
    }
    masks = defects.anomaly_masks.copy()
    masks[4:8] = 0  # of this picture nothing is known
    by_picture = defects._replace(anomaly_masks=masks, anomaly_kinds=np.full(60, "dot"), whole=2 * side, **cut)
    monkeypatch.setattr(detection, "localisation", lambda *arrays: held.extend(arrays) or {})
    anomaly.score(principal(by_picture), by_picture, 0, **tasks["anomaly"])
    normal, anomalous, joined, kinds = held
    assert len(normal) == len(defects.test) // 4 and len(anomalous) == len(joined) == len(kinds) == 14
    np.testing.assert_array_equal(joined[0], np.block([[masks[0], masks[1]], [masks[2], masks[3]]]))
    maps = model_detectors(principal(by_picture), by_picture.validation, 0).maps(by_picture.anomalies[:4])
    joint = np.block([[maps[0], maps[1]], [maps[2], maps[3]]])
    np.testing.assert_allclose(anomalous[0], joint, rtol=1e-5)  # of another number of images at a time


def test_images_that_are_left_out_take_their_masks_with_them(defects, tasks):
    kept = spread(20, 60)
    names = ("anomalies", "anomaly_kinds", "anomaly_masks")
    some, few = defects._replace(**{name: getattr(defects, name)[kept] for name in names}), {"images": 20}
    found = [anomaly.score(principal(own), own, 0, **tasks["anomaly"] | few) for own in (some, defects)]
    assert found[0] == found[1]


def test_a_model_is_looked_at_once(defects, tasks):
    """Scores and what is kept for use share what was fitted, and no split is decoded twice."""
    asked, plain = [], principal(defects)

    def decode(latents):
        asked.append(len(latents))
        return plain.decode(latents)

    counted = plain._replace(decode=decode, kept={})
    found = anomaly.score(counted, defects, 0, **tasks["anomaly"])
    kept = anomaly.usage(counted, defects, 0, found)
    assert asked.count(len(defects.validation)) == 1
    again = anomaly.usage(plain, defects, 0, found)
    assert kept.keys() == again.keys() and all(kept[name].tobytes() == again[name].tobytes() for name in kept)


def test_thresholds_are_quantiles_of_what_is_kept(defects, tasks):
    found = anomaly.score(principal(defects), defects, 0, **tasks["anomaly"])
    kept = anomaly.usage(principal(defects), defects, 0, found)
    for name in ("", "map_"):
        scores = kept[f"{name}validation_scores"]
        assert len(scores) == len(defects.validation) and (np.diff(scores) >= 0).all()
        threshold = np.quantile(scores, tasks["anomaly"]["quantile"])
        assert kept[f"{name}threshold"] == found[f"{name}threshold"] == pytest.approx(threshold, rel=1e-12)
    by_picture = defects._replace(
        anomaly_masks=None,
        **{
            f"{name}_pictures": np.arange(len(getattr(defects, name))) // 10
            for name in ("validation", "test", "anomalies")
        },
    )
    found = anomaly.score(principal(defects), by_picture, 0, **tasks["anomaly"])
    assert len(anomaly.usage(principal(defects), by_picture, 0, found)["map_validation_scores"]) == 9
    assert found["anomalies"][-2:] == ["kind dot", "kind nothing"]


def test_of_patches_a_threshold_is_that_of_pictures(defects, tasks):
    """Anomalies are those of a built-in data set, which are not cut: apply judges pictures nevertheless."""
    of = {f"{name}_pictures": np.arange(len(getattr(defects, name))) // 10 for name in ("validation", "test")}
    data = defects._replace(anomaly_masks=None, anomaly_kinds=None, **of)
    whole = anomaly.score(principal(data), data, 0, **tasks["anomaly"])
    patches = anomaly.score(principal(data), data._replace(**dict.fromkeys(of)), 0, **tasks["anomaly"])
    kept = anomaly.usage(principal(data), data, 0, whole)
    assert len(kept["validation_scores"]) == len(np.unique(of["validation_pictures"]))
    assert kept["threshold"] > patches["threshold"]
    assert kept["threshold"] == pytest.approx(np.quantile(kept["validation_scores"], tasks["anomaly"]["quantile"]))
    assert whole["auroc_far"] == patches["auroc_far"]
