"""Classical denoisers: as good as they can be made at what each is for, and no harm elsewhere."""

import numpy as np
import pytest
from helpers import blobs
from sklearn.linear_model import Ridge

from stages.evaluate.measures import linear_denoiser
from stages.evaluate.measures.classical_denoisers import METHODS, fitted
from stages.evaluate.measures.corruption import corrupted
from stages.evaluate.measures.linear_denoiser import LinearDenoiser
from stages.evaluate.measures.restoration import gain


def test_each_knows_the_damage_and_gains_by_it(data):
    found = data.references["denoising"]
    assert set(found) == set(METHODS)
    for name, scores in found.items():
        chosen = dict(zip(scores["damage"], scores["parameters"], strict=True))
        assert all(tuple(own) in METHODS[name][1] for own in chosen.values())
        assert scores["gain_block"] > -0.2, "where nothing helps the mildest parameter does little harm"
        if name not in ("inpainting", "switching_median"):  # which are for other damage
            assert scores["gain_0.2"] > 0.5, name
            assert chosen["0.3"][0] == chosen["0.1"][0] or chosen["0.3"][-1] >= chosen["0.1"][-1]
    best = {damage: max(found, key=lambda name: found[name][f"gain_{damage}"]) for damage in chosen}
    assert best["salt_and_pepper"] in ("switching_median", "linear_regression") and best["0.2"] == "linear_regression"


def test_linear_regression_is_ridge_regression(monkeypatch):
    """As scikit-learn has it, of the same damaged images."""
    monkeypatch.setattr(linear_denoiser, "DAMAGED", 300)
    train, test = blobs(300, (7, 6, 3)), blobs(20, (7, 6, 3), seed=1)
    x, y = (
        images.reshape(300, -1) / 255 for images in (corrupted(train, "gaussian", 0.2, linear_denoiser.SEEDS), train)
    )
    reference = Ridge(alpha=300 * 0.01, solver="cholesky").fit(x, y)
    expected = np.clip(reference.predict(test.reshape(20, -1) / 255), 0, 1).reshape(test.shape)
    np.testing.assert_allclose(LinearDenoiser(train, "gaussian", 0.2)(test, 0.01), expected, atol=1e-4)


def test_linear_regression_comes_to_the_wiener_filter():
    """Grey images far from black and white, so that nothing is clipped: covariance over covariance and noise."""
    random = np.random.default_rng(0)
    basis = random.normal(0, 8, (3, 16))
    images = np.rint(128 + random.normal(size=(6000, 3)) @ basis).astype(np.uint8).reshape(-1, 4, 4, 1)
    clean = images.reshape(len(images), -1) / 255
    covariance, mean = np.cov(clean.T), clean.mean(axis=0)
    test = corrupted(images[:50], "gaussian", 0.05, 7)
    wiener = covariance @ np.linalg.inv(covariance + 0.05**2 * np.eye(16))
    expected = mean + (test.reshape(50, -1) / 255 - mean) @ wiener.T
    found = LinearDenoiser(images, "gaussian", 0.05)(test, 1e-5)
    np.testing.assert_allclose(found.reshape(50, -1), expected, atol=0.005)
    before, after = (np.mean((images[:50] / 255 - given) ** 2) for given in (test / 255, found))
    assert after < before / 3


def test_large_images_are_restored_by_tiles():
    """Of any size, each tile in its place; and no worse than small images are."""
    train, test = (np.kron(blobs(40, (10, 13, 1), seed), np.ones((1, 4, 4, 1), np.uint8)) for seed in (0, 1))
    restore = LinearDenoiser(train, "gaussian", 0.2)
    damaged, clean = corrupted(test, "gaussian", 0.2, 3), test / np.float32(255)
    assert restore(damaged, 1e-3).shape == test.shape == (40, 40, 52, 1)
    assert gain("gaussian", clean, damaged, restore(damaged, 1e-3))[0] > 5


def test_a_switching_median_leaves_what_is_neither_black_nor_white():
    image = np.full((1, 9, 9, 3), 100, np.uint8)
    image[0, 4, 4], image[0, 2, 2], image[0, 7, 7] = 255, 180, (0, 255, 0)
    restored = METHODS["switching_median"][0](None, "salt_and_pepper", 0.1)(image, 3)
    assert restored[0, 4, 4] == pytest.approx(100 / 255), "an impulse goes"
    np.testing.assert_allclose(
        np.delete(restored.reshape(-1, 3), 4 * 9 + 4, 0), np.delete(image.reshape(-1, 3), 40, 0) / 255
    )


def test_inpainting_fills_the_only_block_and_no_other():
    rows, columns = np.mgrid[:10, :10]
    ramp = (50 + 8 * rows + 4 * columns).astype(np.uint8)[None, ..., None]
    clean = np.concatenate([ramp, np.zeros_like(ramp)])
    damaged = corrupted(clean, "block", 0.4, 0)
    restore, _ = fitted("inpainting", clean, clean[:1], "block", 0.4, 0)
    restored = restore(damaged)
    np.testing.assert_allclose(restored[0], clean[0] / 255, atol=0.02)
    assert (damaged[0] != clean[0]).sum() == 16 and not restored[1].any(), "on black it cannot be told"
    untouched = METHODS["inpainting"][0](clean, "gaussian", 0.2)(damaged)
    np.testing.assert_array_equal(untouched, damaged / np.float32(255))
