"""Reconstruction: copies in the right order, by class, and against the mean image."""

import numpy as np
import pytest
from helpers import blobs, flat, principal

from stages.evaluate.task_interface import Data, Functions
from stages.evaluate.tasks import reconstruction


def data_of(images, labels):
    return Data(images, images, images, labels, labels, labels, np.arange(3))


def test_reconstruction_orders_perfect_degraded_and_constant():
    images = blobs(40, (16, 16, 1))
    labels = np.arange(40) % 4
    decoders = {
        "perfect": lambda latents: latents / 255,
        "degraded": lambda latents: np.clip(latents / 255 + 0.1, 0, 1),
        "constant": lambda latents: np.full(latents.shape, 0.9),
    }
    scores = {
        name: reconstruction.score(Functions(lambda x: x, decode), data_of(images, labels), seed=0)
        for name, decode in decoders.items()
    }
    order = list(decoders)
    assert sorted(order, key=lambda name: scores[name]["mse"]) == order
    assert sorted(order, key=lambda name: scores[name]["mae"]) == order
    assert sorted(order, key=lambda name: -scores[name]["psnr"]) == order
    assert sorted(order, key=lambda name: -scores[name]["ssim"]) == order
    assert scores["perfect"]["mse"] == pytest.approx(0, abs=1e-12) and scores["perfect"]["ssim"] == pytest.approx(1)


def test_by_class_and_resampled():
    images = np.zeros((30, 16, 16, 1), np.uint8)
    labels = np.repeat([0, 1], 15)
    shift = np.where(labels == 0, 0.1, 0.2)[:, None, None, None]
    model = Functions(lambda x: x, lambda x: x / 255 + shift)
    scores = reconstruction.score(model, data_of(images, labels), seed=0)
    assert scores["mse_by_class"] == pytest.approx([0.01, 0.04])
    assert scores["mse"] == pytest.approx(0.025)
    values = np.repeat([0.01, 0.04], 15)
    assert np.std(scores["mse_resampled"]) == pytest.approx(values.std(ddof=1) / np.sqrt(30), rel=0.25)
    unlabelled = reconstruction.score(model, data_of(images, None), seed=0)
    assert "mse_by_class" not in unlabelled


def test_it_has_the_mean_image_as_its_floor(data):
    found = reconstruction.references(data, [0])[0]["mean_image"]
    by_hand = np.mean((flat(data.test) - flat(data.train).mean(axis=0)) ** 2)
    assert found["mse"] == pytest.approx(by_hand, rel=1e-5)
    on_validation = np.mean((flat(data.validation) - flat(data.train).mean(axis=0)) ** 2)
    assert found["validation_mse"] == pytest.approx(on_validation, rel=1e-5)
    assert reconstruction.score(principal(data), data, 0)["mse"] < found["mse"]


def test_validation_is_scored_beside_test(data):
    """By other images than those of the comparison a setting can be chosen."""
    swapped = data._replace(test=data.validation, validation=data.test, test_labels=data.validation_labels)
    scores, other = (reconstruction.score(principal(own), own, 0) for own in (data, swapped))
    assert scores["validation_mse"] == pytest.approx(other["mse"]) and scores["mse"] != other["mse"]


def test_latents_are_counted_and_compared_at_equal_bits(data):
    """144 pixels at 7/16 bits are 63: five for each of twelve numbers, or those that an index takes."""
    model = principal(data)
    scores = reconstruction.score(model, data, 0)
    assert scores["latent_bits"] == 12 * 32 and scores["equal_bits"] == 12 * 5
    assert scores["mse"] < scores["mse_at_equal_bits"] < 1.1 * scores["mse"]
    indices = model._replace(code=lambda images: np.zeros((len(images), 9), int), codebook_size=128)
    scores = reconstruction.score(indices, data, 0)
    assert scores["latent_bits"] == scores["equal_bits"] == 9 * 7
    assert scores["mse_at_equal_bits"] == scores["mse"]
    wide = principal(data, 80)
    scores = reconstruction.score(wide, data, 0)
    assert scores["equal_bits"] == 80, "one for each number at least"
    assert scores["mse_at_equal_bits"] > 5 * scores["mse"]


@pytest.mark.parametrize("size", [1, 2])
def test_a_number_never_takes_more_bits_than_it_has(data, size):
    """Where bits are left over, the latents stay as they are: 2 ** 63 steps would be more than float32 tells apart."""
    scores = reconstruction.score(principal(data, size), data, 0)
    assert scores["equal_bits"] == (32 if size == 1 else 2 * 31)
    assert scores["mse_at_equal_bits"] == pytest.approx(scores["mse"], rel=0.02), "but for latents beyond validation's"


def test_rounding_keeps_the_ends_of_the_range_and_sparse_zeros():
    latents = np.array([[0.0, -1.0], [3.0, 1.0], [1.2, 0.4], [9.0, -7.0]], np.float32)
    rounded = reconstruction._rounded(latents, latents[:3], bits=2)
    np.testing.assert_allclose(rounded, [[0, -1], [3, 1], [1, 1 / 3], [3, -1]], rtol=1e-6)
