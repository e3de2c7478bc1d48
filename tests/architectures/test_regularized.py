"""The terms of the regularised autoencoder by hand; spectral norms by singular values."""

import zipfile

import keras
import numpy as np
import pytest
from helpers import blobs, train
from keras import ops

from stages.architectures.regularized import build
from stages.train import determinism
from stages.train.saving import save
from stages.train.settings import NetworkSpec

SHAPE = (8, 8, 1)


def make(regularizer="l2"):
    determinism.reseed(0)
    options = {"hidden": [16, 12], "regularizer": regularizer, "latent_weight": 0.5, "decay": 0.25}
    return build(NetworkSpec(SHAPE, 3, "relu", "sigmoid", "squared_error"), **options)


def test_terms_by_hand():
    model, images = make(), ops.cast(blobs(5, SHAPE), "float32") / 255
    terms = model.loss_terms(images, False)
    latents = np.array(model.encode(images))
    np.testing.assert_allclose(terms["latent_norm"], np.square(latents).sum(axis=1) / 2, rtol=1e-5)
    kernels = [weight for weight in model.decoder.get_weights() if weight.ndim == 2]
    assert [kernel.shape for kernel in kernels] == [(3, 12), (12, 16), (16, 64)]
    expected = sum(np.square(kernel).sum() for kernel in kernels) / 2
    np.testing.assert_allclose(terms["decoder_norm"], np.full(5, expected), rtol=1e-5)
    assert model.weights_of_terms() == {"reconstruction": 1, "latent_norm": 0.5 * 64, "decoder_norm": 0.25 * 64}


def test_spectral_norm_is_one_in_hidden_layers_of_the_decoder():
    model, images = make("spectral_norm"), blobs(64, SHAPE)
    train(model, images, epochs=5, batch_size=8, learning_rate=0.01)
    for name in ("dense_0", "dense_1"):
        assert np.linalg.norm(model.decoder.get_layer(name).kernel, 2) == pytest.approx(1, abs=0.05)
    for layer in (model.encoder.get_layer("dense_0"), model.decoder.get_layer("pixels")):
        assert np.linalg.norm(layer.kernel, 2) > 1.2
    assert model.weights_of_terms()["decoder_norm"] == 0


def test_spectral_norm_is_saved_and_starts_at_the_mean(tmp_path):
    model, images = make("spectral_norm"), blobs(100, SHAPE)
    model.start_at_mean(images)
    assert np.abs(model.decoder.get_layer("pixels").bias).max() > 0
    save(model, tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        config = archive.read("config.json").decode()
    assert "UnitSpectralNorm" in config and "stages" not in config
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "model.keras")(images), model(images))
