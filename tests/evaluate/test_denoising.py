"""Denoising: restorers in the right order, and classical methods that are as good as they can be made."""

import numpy as np
import pytest
from helpers import SHAPE, flat, principal

from stages.evaluate.protocol import Functions
from stages.evaluate.tasks import denoising


def test_denoising_orders_restorers(data, tasks):
    clean = flat(data.test)

    def oracle(damaged):
        return clean[np.argmin(((flat(damaged)[:, None] - clean[None]) ** 2).sum(-1), axis=1)].reshape(-1, *SHAPE)

    models = {
        "oracle": Functions(lambda x: x, oracle),
        "linear": principal(data),
        "identity": Functions(lambda x: x, lambda x: x / np.float32(255)),
    }
    gains = {n: denoising.score(m, data, 0, **tasks["denoising"])["psnr_gain"] for n, m in models.items()}
    assert gains["oracle"] > 20 and gains["oracle"] > gains["linear"] > gains["identity"]
    assert gains["identity"] == pytest.approx(0, abs=1e-9)
