"""Denoising: restorers in the right order, and classical methods that are as good as they can be made."""

import numpy as np
import pytest
from helpers import SHAPE, flat, principal
from skimage.metrics import peak_signal_noise_ratio

from stages.evaluate.measures.corruption import corrupted
from stages.evaluate.protocol import Functions
from stages.evaluate.tasks import denoising

IDENTITY = Functions(lambda x: x, lambda x: x / np.float32(255))


def test_denoising_orders_restorers(data, tasks):
    clean = flat(data.test)

    def oracle(damaged):
        return clean[np.argmin(((flat(damaged)[:, None] - clean[None]) ** 2).sum(-1), axis=1)].reshape(-1, *SHAPE)

    grey = Functions(lambda x: x, lambda x: np.full(x.shape, 0.5, np.float32))
    models = {"oracle": Functions(lambda x: x, oracle), "linear": principal(data), "identity": IDENTITY, "grey": grey}
    scores = {name: denoising.score(model, data, 0, **tasks["denoising"]) for name, model in models.items()}
    for gain in ("psnr_gain", "salt_and_pepper_gain", "block_gain"):
        assert scores["oracle"][gain] > scores["linear"][gain] > scores["grey"][gain]
        assert scores["identity"][gain] == pytest.approx(0, abs=1e-9)
    assert scores["oracle"]["psnr_gain"] > 20 and scores["linear"]["psnr_gain"] > 0 > scores["grey"]["psnr_gain"]
    assert scores["identity"]["clean_psnr"] == pytest.approx(100)
    assert scores["identity"]["clean_psnr"] > scores["linear"]["clean_psnr"] > scores["grey"]["clean_psnr"]


def test_the_main_measure_is_of_gaussian_noise_alone(data, tasks):
    """Who mends salt and pepper or a block gains nothing by it, and each level counts as much as any other."""
    options = tasks["denoising"]
    scores = denoising.score(principal(data), data, 0, **options)
    gains = dict(zip(scores["damage"], scores["psnr_gain_by_damage"], strict=True))
    levels = [gains[f"gaussian {level}"] for level in options["gaussian"]]
    assert scores["psnr_gain"] == pytest.approx(np.mean(levels))
    assert scores["salt_and_pepper_gain"] == gains["salt and pepper"] and scores["block_gain"] == gains["block"]
    other = denoising.score(principal(data), data, 0, **options | {"salt_and_pepper": 0.5, "block": 0.2})
    assert other["psnr_gain"] == scores["psnr_gain"] and other["block_gain"] != scores["block_gain"]


def test_the_gain_is_what_scikit_image_measures(data, tasks):
    options = tasks["denoising"] | {"gaussian": [0.2], "images": 10}
    scores = denoising.score(model := principal(data), data, 3, **options)
    chosen = data.test[np.linspace(0, len(data.test) - 1, 10).round().astype(int)]
    noisy = corrupted(chosen, "gaussian", 0.2, 3)
    restored = model.decode(model.encode(noisy))
    by_hand = [
        peak_signal_noise_ratio(image / 255, given, data_range=1)
        - peak_signal_noise_ratio(image / 255, damaged / 255, data_range=1)
        for image, given, damaged in zip(chosen, restored, noisy, strict=True)
    ]
    assert scores["psnr_gain"] == pytest.approx(np.mean(by_hand), abs=1e-3)


def test_images_that_a_block_does_not_change_have_no_say(tasks):
    """A corner of black ground: were gains averaged over images, those of 100 dB would decide."""
    images = np.zeros((40, 16, 16, 1), np.uint8)
    images[:, 12:, 12:] = 200
    clean = images / np.float32(255)
    damaged = images.copy()
    damaged[:10, 12:, 12:] = 0
    halved = clean.copy()
    halved[:10, 12:, 12:] *= 0.5
    assert denoising._gain("block", clean, damaged, halved + 1e-4) == pytest.approx(20 * np.log10(2), abs=0.01)
    assert denoising._gain("gaussian", clean, damaged, halved + 1e-4).mean() < -10


def test_classical_methods_are_told_the_damage_and_gain_by_it(data):
    found = data.references["denoising"]
    assert set(found) == set(denoising.METHODS)
    for name, scores in found.items():
        assert scores["psnr_gain"] > 0.5, name
        assert scores["block_gain"] > -0.2, "where nothing helps the mildest parameter does little harm"
        chosen = dict(zip(scores["damage"], scores["parameters"], strict=True))
        assert chosen["gaussian 0.3"][-1] >= chosen["gaussian 0.1"][-1]
        assert all(tuple(own) in denoising.METHODS[name][1] for own in chosen.values())
    assert max(found, key=lambda name: found[name]["salt_and_pepper_gain"]) == "median"
