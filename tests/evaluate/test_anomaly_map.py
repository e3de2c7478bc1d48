"""Anomaly maps: they point at the defect, however small, and are the same wherever they are computed."""

import numpy as np
import pytest
from helpers import bars, blobs, linear
from scipy.ndimage import gaussian_filter

from stages.evaluate.measures.anomaly_map import AnomalyMap, fitted_map, map_of, map_score, sigma_of, smoothed
from stages.evaluate.measures.detection import auroc
from stages.evaluate.measures.image_quality import mse

SHAPE = (24, 20, 3)


@pytest.fixture(scope="module")
def model():
    return linear(bars(300, SHAPE, 0)[0], 30)


def given(model, images):
    return images / np.float32(255), model.reconstruct(images)


@pytest.fixture(scope="module")
def fitted(model):
    return fitted_map(*given(model, bars(80, SHAPE, 1)[0]))


def test_smoothing_is_that_of_a_gaussian():
    values = np.random.default_rng(0).normal(size=(2, 40, 30)).astype(np.float32)
    expected = np.stack([gaussian_filter(own, 1.5, truncate=8) for own in values])
    np.testing.assert_allclose(smoothed(values, 1.5)[:, 12:-12, 12:-12], expected[:, 12:-12, 12:-12], atol=1e-5)
    np.testing.assert_allclose(smoothed(np.ones((1, 40, 30), np.float32), 4.0), 1, atol=1e-6)  # also at the border


def test_its_width_goes_with_the_image():
    assert sigma_of(224, 300) == pytest.approx(4) and sigma_of(32, 32) == 1


def test_it_points_at_a_dot_that_the_mean_hides(model, fitted):
    images, random = bars(60, SHAPE, 2)[0], np.random.default_rng(0)
    dotted, places = images.copy(), random.integers(2, (22, 18), (60, 2))
    for image, (y, x) in zip(dotted, places, strict=True):
        image[y, x] = 0 if image[y, x].mean() > 127 else 255
    normal, odd = (fitted[0].of(*given(model, own)) for own in (images, dotted))
    found = np.stack(np.unravel_index(odd.reshape(60, -1).argmax(axis=1), SHAPE[:2]), axis=1)
    assert np.mean(np.abs(found - places).max(axis=1) <= 1) > 0.85
    by_mean = auroc(mse(*given(model, images)), mse(*given(model, dotted)))
    assert auroc(map_score(normal), map_score(odd)) > by_mean + 0.1


def test_errors_where_they_are_usual_weigh_less():
    """At a pixel that is often wrong, and at an edge, by what blurred images let expect."""
    images = bars(80, SHAPE, 1)[0] / np.float32(255)
    blurred = gaussian_filter(images, (0, 1, 1, 0))
    own, flat, at = fitted_map(images, blurred)[0], np.full((1, *SHAPE), 0.5, np.float32), (0, 12, 10)
    spot = flat.copy()
    spot[at] += 0.2
    often = own._replace(mean=own.mean + own.mean.mean() * 20 * (np.indices(SHAPE[:2]).sum(axis=0) == 22))
    assert often.of(spot, flat)[at] < own.of(spot, flat)[at] / 2
    step = 0.4 * (np.arange(SHAPE[0]) > 11).astype(np.float32)[:, None, None]
    assert own.of(spot + step, flat + step)[at] < own.of(spot, flat)[at] / 2
    np.testing.assert_allclose(own.of(flat, flat), 0)


def test_validation_images_are_left_out_of_what_is_expected_of_them(model):
    """Few would look too usual otherwise: of 20, one image in six would be an alarm where one in twenty should."""
    alarms, new = [], given(model, bars(300, SHAPE, 99)[0])
    for seed in range(100, 120):
        few = given(model, bars(20, SHAPE, seed)[0])
        own, scores = fitted_map(*few)
        beyond = map_score(own.of(*new))
        alarms.append([np.mean(beyond > np.quantile(known, 0.95)) for known in (scores, map_score(own.of(*few)))])
    left_out, inside = np.mean(alarms, axis=0)
    assert left_out < 0.1 < 0.14 < inside


def test_it_is_finite_where_nothing_is_wrong(model):
    images = blobs(3, SHAPE, 0) / np.float32(255)
    for own in (images, np.zeros_like(images), images[:1]):
        anomaly_map, scores = fitted_map(own, own)
        assert np.isfinite(scores).all() and np.isfinite(anomaly_map.of(own, own)).all()


def test_keras_computes_the_same(model, fitted):
    from keras import ops

    images, restored = given(model, bars(5, SHAPE, 3)[0])
    expected = fitted[0].of(images, restored)
    found = fitted[0].of(ops.convert_to_tensor(images), ops.convert_to_tensor(restored), ops)
    np.testing.assert_allclose(ops.convert_to_numpy(found), expected, rtol=1e-4)
    scores = ops.convert_to_numpy(map_score(found, ops))
    np.testing.assert_allclose(scores, map_score(expected), rtol=1e-4)
    assert expected.shape == (5, *SHAPE[:2]) and expected.dtype == np.float32


def test_it_comes_back_from_its_arrays(model, fitted):
    arrays = fitted[0].arrays()
    assert set(arrays) == {f"map_{name}" for name in AnomalyMap._fields}
    images = given(model, bars(5, SHAPE, 3)[0])
    np.testing.assert_array_equal(map_of(arrays).of(*images), fitted[0].of(*images))
