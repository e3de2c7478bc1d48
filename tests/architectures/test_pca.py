"""PCA against scikit-learn and against the published figures."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from helpers import ROOT, blobs, train
from sklearn.decomposition import PCA

from stages.architectures import pca
from stages.common.registry import load
from stages.compare.style import spoken
from stages.evaluate.measures.image_quality import mse
from stages.train import determinism
from stages.train.autoencoder import predict

# Test MSE per pixel of PCA fitted on all training images; deterministic.
PUBLISHED = {
    "mnist": {8: 0.03744, 16: 0.02686, 32: 0.01683, 64: 0.00905, 128: 0.00421, 256: 0.00138},
    "fashion_mnist": {8: 0.02661, 16: 0.02045, 32: 0.01514, 64: 0.01037, 128: 0.00631, 256: 0.00299},
    "cifar10": {8: 0.02360, 16: 0.01760, 32: 0.01244, 64: 0.00839, 128: 0.00508, 256: 0.00262},
}


def fitted(images, latent_size):
    determinism.reseed(0)
    model = pca.build(images.shape[1:], latent_size, "relu", "sigmoid", "squared_error")
    return model, train(model, images)


@pytest.mark.parametrize("shape", [(16, 16, 1), (9, 7, 3)])
def test_equals_scikit_learn(shape):
    images = blobs(200, shape)
    model, curves = fitted(images, 5)
    flat = images.reshape(200, -1) / 255
    reference = PCA(5, svd_solver="full").fit(flat)
    expected = reference.inverse_transform(reference.transform(flat)).reshape(images.shape)
    np.testing.assert_allclose(predict(model, images), expected, atol=1e-5)
    half_error = mse(images / 255, expected).mean() * np.prod(shape) / 2
    assert curves["loss"] == pytest.approx([half_error], rel=1e-4)


@pytest.mark.parametrize("dataset", PUBLISHED)
def test_committed_figure_is_the_published_one(dataset):
    """The pipeline fits on nine tenths of the training images, which moves the error by less than the tolerance."""
    path = ROOT / "metrics" / dataset / "pca.json"
    if not path.exists():
        report = (ROOT / "REPORT.md").read_text()
        assert re.search(f"Not yet compared: .*{spoken(dataset)}", report), "the report names what has not been run"
        return
    metrics = json.loads(path.read_text())
    published = PUBLISHED[dataset][metrics["cost"]["latent_size"]]
    assert metrics["reconstruction"]["mse"] == pytest.approx(published, abs=1e-4)


@pytest.mark.data
@pytest.mark.parametrize("dataset", PUBLISHED)
def test_published_protocol(dataset, tmp_path: Path):
    """All training images, all published latent sizes."""
    module = load("prepare/datasets", dataset)
    module.fetch(tmp_path)
    images = module.decode(tmp_path)
    for latent_size, published in PUBLISHED[dataset].items():
        model, _ = fitted(images.train, latent_size)
        error = mse(images.test / np.float32(255), predict(model, images.test)).mean()
        assert error == pytest.approx(published, abs=1e-4), f"{latent_size} components"
