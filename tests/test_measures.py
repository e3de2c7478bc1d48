"""Measures against scikit-image, and in the right order for better and worse copies."""

import numpy as np
import pytest
from conftest import blobs
from skimage import metrics as reference

from stages.cell import Data, Functions
from stages.measures import mae, mse, psnr, ssim
from stages.tasks import reconstruction

SHAPES = [(16, 16, 1), (28, 28, 1), (32, 32, 3), (13, 19, 3)]


def pairs(shape):
    images = blobs(6, shape) / 255
    noisy = np.clip(images + np.random.default_rng(1).normal(0, 0.1, images.shape), 0, 1)
    return images, noisy


@pytest.mark.parametrize("shape", SHAPES)
def test_against_scikit_image(shape):
    images, noisy = pairs(shape)
    settings = {
        "gaussian_weights": True,
        "sigma": 1.5,
        "use_sample_covariance": False,
        "data_range": 1.0,
        "channel_axis": 2,
    }
    similarity = [reference.structural_similarity(x, y, **settings) for x, y in zip(images, noisy, strict=True)]
    np.testing.assert_allclose(ssim(images, noisy), similarity, atol=1e-6)
    error = [reference.mean_squared_error(x, y) for x, y in zip(images, noisy, strict=True)]
    np.testing.assert_allclose(mse(images, noisy), error, rtol=1e-9)
    ratio = [reference.peak_signal_noise_ratio(x, y, data_range=1) for x, y in zip(images, noisy, strict=True)]
    np.testing.assert_allclose(psnr(images, noisy), ratio, rtol=1e-9)
    np.testing.assert_allclose(mae(images, noisy), np.abs(images - noisy).mean(axis=(1, 2, 3)), rtol=1e-9)


def test_small_images_take_a_smaller_window():
    images, noisy = pairs((8, 8, 1))
    assert ssim(images, images) == pytest.approx(np.ones(6))
    assert (ssim(images, noisy) < 1).all()


def test_perfect_and_batched():
    images, noisy = pairs((16, 16, 1))
    assert ssim(images, images) == pytest.approx(np.ones(6))
    assert psnr(images, images) == pytest.approx(np.full(6, 100.0))
    np.testing.assert_allclose(ssim(images, noisy, batch_size=4), ssim(images, noisy), rtol=1e-12)


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
