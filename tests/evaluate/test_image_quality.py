"""Measures against scikit-image, and in the right order for better and worse copies."""

import numpy as np
import pytest
from helpers import blobs
from skimage import metrics as reference

from stages.evaluate.measures.image_quality import mae, mse, psnr, ssim, ssim_windows

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


@pytest.mark.parametrize(("shape", "count"), [((16, 16), 36), ((28, 28), 324), ((32, 32), 484), ((8, 8), 4)])
def test_windows_that_fit_are_counted(shape, count):
    assert ssim_windows(*shape) == count


def test_small_images_take_a_smaller_window():
    images, noisy = pairs((8, 8, 1))
    assert ssim(images, images) == pytest.approx(np.ones(6))
    assert (ssim(images, noisy) < 1).all()


def test_perfect_and_batched():
    images, noisy = pairs((16, 16, 1))
    assert ssim(images, images) == pytest.approx(np.ones(6))
    assert psnr(images, images) == pytest.approx(np.full(6, 100.0))
    np.testing.assert_allclose(ssim(images, noisy, batch_size=4), ssim(images, noisy), rtol=1e-12)
