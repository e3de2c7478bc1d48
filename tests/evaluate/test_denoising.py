"""Denoising: restorers in the right order, and classical methods that are as good as they can be made."""

import numpy as np
import pytest
from helpers import SHAPE, flat, principal
from skimage.metrics import peak_signal_noise_ratio

from stages.evaluate.measures.corruption import corrupted
from stages.evaluate.measures.restoration import gain
from stages.evaluate.task_interface import Functions
from stages.evaluate.tasks import denoising

IDENTITY = Functions(lambda x: x, lambda x: x / np.float32(255))


def test_denoising_orders_restorers(data, tasks):
    clean = flat(data.test)

    def oracle(damaged):
        return clean[np.argmin(((flat(damaged)[:, None] - clean[None]) ** 2).sum(-1), axis=1)].reshape(-1, *SHAPE)

    grey = Functions(lambda x: x, lambda x: np.full(x.shape, 0.5, np.float32))
    models = {"oracle": Functions(lambda x: x, oracle), "linear": principal(data), "identity": IDENTITY, "grey": grey}
    scores = {name: denoising.score(model, data, 0, **tasks["denoising"]) for name, model in models.items()}
    for name in [case.measure for case in denoising.cases(**tasks["denoising"])]:
        assert scores["oracle"][name] > scores["linear"][name] > scores["grey"][name]
        assert scores["identity"][name] == pytest.approx(0, abs=1e-9)
    assert scores["oracle"]["gain_0.2"] > 20 and scores["linear"]["gain_0.2"] > 0 > scores["grey"]["gain_0.2"]
    assert scores["identity"]["clean_psnr"] == pytest.approx(100)
    assert scores["identity"]["clean_psnr"] > scores["linear"]["clean_psnr"] > scores["grey"]["clean_psnr"]


def test_every_damage_is_a_case_of_its_own(data, tasks):
    """Who mends one gains nothing by it in another, and a case has a score and its bootstrap."""
    options = tasks["denoising"]
    cases = denoising.cases(**options)
    assert [case.name for case in cases] == [
        *(f"noise of sigma {level}" for level in options["gaussian"]),
        "salt and pepper",
        "a black block",
    ]
    scores = denoising.score(principal(data), data, 0, **options)
    other = denoising.score(principal(data), data, 0, **options | {"salt_and_pepper": 0.5, "block": 0.2})
    for case in cases:
        assert (other[case.measure] == scores[case.measure]) == bool(case.scale)
        resampled = scores[f"{case.measure}_resampled"]
        assert np.mean(resampled) == pytest.approx(scores[case.measure], abs=0.3) and np.std(resampled) > 0


def test_a_network_that_harms_at_weak_noise_and_helps_at_strong_has_both_said(data, tasks):
    """No mean over levels hides the sign."""
    scores = denoising.score(principal(data, 4), data, 0, **tasks["denoising"] | {"gaussian": [0.01, 0.3]})
    assert scores["gain_0.01"] < -3 and scores["gain_0.3"] > 1
    assert not {"psnr_gain", "psnr", "ssim"} & set(scores)


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
    assert scores["gain_0.2"] == pytest.approx(np.mean(by_hand), abs=1e-3)


def test_a_model_without_a_latent(data, tasks):
    """What it makes of images counts, as of one that has a latent."""
    half = Functions(None, lambda x: (x / np.float32(255) + 0.5) / 2)
    same = Functions(lambda x: x / np.float32(255), lambda z: (z + 0.5) / 2)
    scores = denoising.score(half, data, 0, **tasks["denoising"])
    assert scores == denoising.score(same, data, 0, **tasks["denoising"])
    assert scores["clean_psnr"] < 30 and scores["gain_0.2"] != 0


def test_images_that_a_block_does_not_change_have_no_say(tasks):
    """A corner of black ground: were gains averaged over images, those of 100 dB would decide."""
    images = np.zeros((40, 16, 16, 1), np.uint8)
    images[:, 12:, 12:] = 200
    clean = images / np.float32(255)
    damaged = images.copy()
    damaged[:10, 12:, 12:] = 0
    halved = clean.copy()
    halved[:10, 12:, 12:] *= 0.5
    assert gain("block", clean, damaged, halved + 1e-4)[0] == pytest.approx(20 * np.log10(2), abs=0.01)
    assert gain("gaussian", clean, damaged, halved + 1e-4)[0] < -10
