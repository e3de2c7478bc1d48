"""Quantisation, the gradient through it, and codebooks that stay in use."""

import keras
import numpy as np
import pytest
import tensorflow
from helpers import blobs, train
from keras import ops

from stages.architectures.vector_quantized import Codebook, build
from stages.train import determinism
from stages.train.autoencoder import predict
from stages.train.saving import save
from stages.train.settings import NetworkSpec

SHAPE = (16, 12, 1)


def make(codebook_size=16, code_size=3):
    determinism.reseed(0)
    spec = NetworkSpec(SHAPE, 6, "relu", "sigmoid", "squared_error")
    options = {"code_size": code_size, "codebook_size": codebook_size, "commitment": 0.1}
    return build(spec, encoder_filters=[4, 4], decoder_filters=[4, 4], **options)


def trained(epochs=3):
    model, images = make(), blobs(200, SHAPE)
    model.start_at_mean(images)
    train(model, images, epochs=epochs, learning_rate=0.01)
    return model, images


def test_the_epoch_of_the_least_reconstruction_error_is_kept():
    """Whatever the distances between vectors and codes, which grow with the encoder's scale, add to the loss."""
    model, images = make(), blobs(200, SHAPE)
    model.commitment = 0.2
    model.start_at_mean(images)
    curves = train(model, images, epochs=4, learning_rate=0.01, schedule="constant")
    kept, by_loss = (int(np.argmin(curves[name])) for name in ("val_reconstruction", "val_loss"))
    errors = model.reconstruction_error(images / np.float32(255), predict(model, images))
    assert kept != by_loss and float(np.mean(errors)) == pytest.approx(curves["val_reconstruction"][kept], rel=1e-4)


def test_codes_are_the_nearest_by_brute_force():
    random = np.random.default_rng(0)
    codebook = Codebook(5, 3)
    codebook.build((None, 12))
    codes, latents = random.normal(size=(5, 3)), random.normal(size=(7, 12))
    codebook.codes.assign(codes)
    distances = np.square(latents.reshape(7, 4, 1, 3) - codes).sum(axis=3)
    indices = np.array(codebook.nearest(ops.cast(latents, "float32")))
    assert indices.dtype == np.int32
    np.testing.assert_array_equal(indices, distances.argmin(axis=2))
    quantised = np.array(codebook(ops.cast(latents, "float32")))
    np.testing.assert_allclose(quantised, codes[distances.argmin(axis=2)].reshape(7, 12), atol=1e-6)


def test_encoding_holds_codes_and_decoding_depends_on_them_alone():
    model, images = trained()
    codes = np.array(model.codebook.codes)
    latents, indices = predict(model.encode, images), predict(model.code, images)
    assert indices.shape == (200, 4 * 3)  # a quarter of 16 x 12
    np.testing.assert_array_equal(latents.reshape(200, 12, 3), codes[indices])
    np.testing.assert_array_equal(predict(model.decode, latents), predict(model, images))
    between = np.linalg.norm(codes[:, None] - codes[None], axis=2)
    nudge = np.min(between[between > 1e-3]) / 8  # less than half of the way to any other code
    nudged = latents + np.random.default_rng(0).uniform(-nudge, nudge, latents.shape).astype("float32")
    np.testing.assert_allclose(predict(model.decode, nudged), predict(model.decode, latents), atol=1e-5)


def test_gradients_go_where_they_should():
    """Reconstruction passes straight through to the encoder; the codebook learns from its own term alone."""
    model = make()
    images = ops.cast(blobs(20, SHAPE), "float32") / 255
    model.revive(images, everything=True)
    kernel, codes = model.encoder.get_layer("vectors").kernel.value, model.codebook.codes.value
    with tensorflow.GradientTape(persistent=True) as tape:
        terms = {name: ops.mean(values) for name, values in model.loss_terms(images, True).items()}
    reaches = {
        name: tuple(
            gradient is not None and float(ops.max(ops.abs(gradient))) > 0
            for gradient in (tape.gradient(value, kernel), tape.gradient(value, codes))
        )
        for name, value in terms.items()
    }
    assert reaches == {"reconstruction": (True, False), "codebook": (False, True), "commitment": (True, False)}
    latents = model.encoder(images)
    with tensorflow.GradientTape() as tape:
        tape.watch(latents)
        total = ops.sum(3.0 * model.codebook(latents))
    np.testing.assert_array_equal(tape.gradient(total, latents), np.full(latents.shape, 3.0))


def test_distances_are_sums():
    model = make()
    images = ops.cast(blobs(5, SHAPE), "float32") / 255
    terms = model.loss_terms(images, False)
    expected = np.square(np.array(model.encoder(images)) - np.array(model.encode(images))).sum(axis=1)
    for name in ("codebook", "commitment"):
        np.testing.assert_allclose(terms[name], expected, rtol=1e-4)


def test_unused_codes_are_revived_and_used_ones_stay():
    model, images = make(), blobs(50, SHAPE)
    far = np.full((16, 3), 100.0, "float32")
    far[:2] = np.array(predict(model.encoder, images / np.float32(255))).reshape(-1, 3)[:2]
    model.codebook.codes.assign(far)
    used = np.unique(predict(model.code, images))
    model.revive(images)
    codes = np.array(model.codebook.codes)
    assert np.abs(codes).max() < 50
    np.testing.assert_array_equal(codes[used], far[used])


def test_training_uses_the_codebook():
    """exp(entropy) of how often codes are used lies between 1, a single one, and their number."""
    model, images = trained(epochs=8)
    share = np.bincount(predict(model.code, images).ravel(), minlength=16) / (200 * 12)
    perplexity = np.exp(-np.sum(share[share > 0] * np.log(share[share > 0])))
    assert perplexity > 16 / 4


def test_prior_counts_the_codes_of_training_images(tmp_path):
    model, images = trained()
    indices = predict(model.code, images)
    expected = [[np.sum(indices[:, p] == k) for k in range(16)] for p in range(12)]
    np.testing.assert_array_equal(model.counts, expected)
    save(model, tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.counts, expected)
    np.testing.assert_array_equal(loaded.sample(3, seed=5), model.sample(3, seed=5))


def test_samples_hold_only_codes_seen_at_their_position():
    model = make()
    seen = np.zeros((12, 16), "float32")
    seen[np.arange(12), np.arange(12)] = 7
    model.counts.assign(seen)
    expected = model.decode(model.codebook.look_up(np.arange(12)[None]))
    np.testing.assert_allclose(model.sample(2, seed=0), np.repeat(expected, 2, axis=0), atol=1e-6)
