"""Traits in words follow from the figures."""

import numpy as np
import pytest
from helpers import METRICS, metrics_file, result

from stages.report.traits import overfitting, traits, unfinished


def test_traits(params):
    params["architecture"] = {name: params["architecture"][name] for name in METRICS}
    results = {"digits": result()}
    strengths, weaknesses = traits("deep", params, results)
    assert strengths[0] == "reconstruction: best on digits"
    assert "error below PCA's by 50 % on digits" in strengths
    strengths, weaknesses = traits("denoising", params, results)
    assert "error above PCA's by 101 % on digits" in weaknesses
    assert any("b (1.6 times the mean) on digits" in text for text in weaknesses)
    assert any("corrupted images" in text for text in weaknesses)
    strengths, weaknesses = traits("variational", params, results)
    assert "generates new images from its prior" in strengths
    assert "no better than PCA on digits" in weaknesses
    assert any("prior (KL)" in text for text in weaknesses)


def test_overfitting_and_unfinished():
    content = metrics_file([0.01])
    assert overfitting(content) == 0
    assert unfinished(content, epochs=10)
    assert not unfinished(content, epochs=20), "early stopping ended it"
    content["curves"]["0"]["val_loss"] = [1.0, 0.5, 0.4, 0.39, 0.4, 0.42, 0.45, 0.5, 0.5, 0.5]
    content["curves"]["0"]["loss"] = np.geomspace(1.0, 0.01, 10).tolist()
    assert overfitting(content) == pytest.approx((0.39 - 0.01 ** (3 / 9)) / 0.99)
    assert not unfinished(content, epochs=10)
