"""Networks as the live page gets them: what goes with each, and which fit into a page."""

import base64
import json

import numpy as np
import pytest
from helpers import make_data

from stages.architectures import pca, red_net, variational, vector_quantized
from stages.evaluate.measures.anomaly_map import fitted_map
from stages.evaluate.measures.anomaly_score import density_of, fitted
from stages.evaluate.measures.detectors import errors_and_latents
from stages.evaluate.model_functions import fit_mixture, functions_of
from stages.page.networks import export
from stages.page.networks.export import DRAWN, IMAGES, exported, fitting, rounded_score, written_score
from stages.page.networks.layers import halved, packed, text_of
from stages.train.build import build
from stages.train.settings import NetworkSpec, cell_of

SHAPE = (12, 12, 1)


@pytest.fixture(scope="module")
def data():
    return make_data(SHAPE)


def test_what_goes_with_a_network_is_of_the_rounded_one(data):
    model = pca.build(NetworkSpec(SHAPE, 4, "relu", "linear", "squared_error"))
    model.solve(data.train)
    written = exported(model, "pca", data, 0, quantile=0.9)
    json.dumps(written)
    assert written["latent_size"] == 4 and written["codebook_size"] is None and written["prior"] is None
    functions = functions_of(model, data.train)
    latents, given = functions.encode(data.train), errors_and_latents(functions, data.validation)
    score = rounded_score(functions.mixture(0), *given, written["score"]["scale"])
    assert written["score"] == written_score(score, written["score"]["scale"])
    assert np.mean(score.of(*given) > written["threshold"]) == pytest.approx(0.1, abs=0.02)
    own, largest = fitted_map(data.validation / np.float32(255), functions.reconstruct(data.validation))
    mean = np.frombuffer(base64.b64decode(written["map"]["mean"]), "<f2").reshape(SHAPE[:2])
    np.testing.assert_allclose(mean * written["map"]["flat"], own.mean, rtol=1e-3)
    assert written["map"]["threshold"] == pytest.approx(np.quantile(largest, 0.9))
    assert np.all(latents.min(axis=0) <= np.array(written["low"]) + 1e-3)
    assert np.all(np.array(written["low"]) < latents.mean(axis=0)) and np.all(latents.mean(axis=0) < written["high"])
    points = np.array(written["points"])
    assert points.shape == (len(data.test), 2) and points.std(axis=0)[0] > points.std(axis=0)[1] > 0
    drawn = np.frombuffer(base64.b64decode(written["mixture"]), "<f2").reshape(DRAWN, 4).astype(float)
    np.testing.assert_allclose(drawn.mean(axis=0), latents.mean(axis=0), atol=0.5 * latents.std())
    without = exported(model, "pca", data, 0, quantile=None)
    assert without["threshold"] is without["map"] is None


def test_rounding_the_density_leaves_the_ranks_as_they_were(data):
    """Of a narrow mixture beside a wide one, too; what half precision holds is what the score is of."""
    latents = np.random.default_rng(0).normal(0, [1e-4, 3e-4, 1e-6, 2e-4], (500, 4))
    mixture, errors = fit_mixture(latents, 0), np.ones(500)
    score = rounded_score(mixture, errors, latents, float(latents.std()))
    exact = fitted(density_of(mixture), errors, latents)
    np.testing.assert_allclose(score.of(errors, latents), exact.of(errors, latents), atol=0.2)
    factors = score.density.factors * float(latents.std())
    np.testing.assert_allclose(factors, factors.astype(np.float16).astype(float), rtol=1e-12)


def test_priors(data):
    """N(0, I), and of a discrete latent its codes."""
    model = variational.build(
        NetworkSpec(SHAPE, 4, "relu", "linear", "squared_error"), hidden=[9], beta=1.0, decoder_scale=1.0
    )
    prior = np.frombuffer(base64.b64decode(exported(model, "variational", data, 0, 0.9)["prior"]), "<f2")
    assert prior.size == 4 * DRAWN and abs(prior.mean()) < 0.2 and abs(prior.std() - 1) < 0.1
    options = {"encoder_filters": [4, 4], "decoder_filters": [4, 4], "code_size": 3, "codebook_size": 8}
    model = vector_quantized.build(NetworkSpec(SHAPE, 4, "relu", "linear", "squared_error"), commitment=0.1, **options)
    written = exported(model, "vector_quantized", data, 0, 0.9)
    codes = np.frombuffer(base64.b64decode(written["prior"]), "<f2").reshape(-1, 3)
    assert written["codebook_size"] == 8 and len(np.unique(codes, axis=0)) <= 8


def test_without_a_latent(data):
    model = red_net.build(
        NetworkSpec(SHAPE, 4, "relu", "linear", "squared_error"), filters=[3], noise="gaussian", strength=0.3
    )
    written = exported(model, "red_net", data, 0, quantile=0.9)
    json.dumps(written)
    assert written["encoder"] is written["latent_size"] is written["threshold"] is written["map"] is None
    assert {"Conv2D", "Conv2DTranspose", "Add"} <= {layer["kind"] for layer in written["decoder"]}


def test_the_largest_are_left_out_where_a_page_would_be_too_large(monkeypatch):
    sizes = {"large": 3000, "small": 100, "middle": 1000}
    written = {name: {"weights": "A" * size} for name, size in sizes.items()}
    assert fitting(written, "") == (written, [])
    monkeypatch.setattr(export, "LARGEST", 1500)
    kept, left_out = fitting(written, "")
    assert list(kept) == ["small", "middle"] and left_out == ["large"]
    kept, left_out = fitting(written, "A" * 600)
    assert list(kept) == ["small"] and left_out == ["large", "middle"], "images take room, too"


def test_all_networks_of_mnist_fit_into_a_page(params):
    """With weights as wide as those of a trained network, which are less alike than those that it starts with."""
    random, shape, written = np.random.default_rng(0), (28, 28, 1), {}
    for name in params["architectures"]:
        model = build(cell_of(params, "mnist", name), shape)
        for network in model.parts:
            network.set_weights([weight * random.lognormal(0, 1, weight.shape) for weight in network.get_weights()])
        written[name] = {"weights": packed(halved(model, name))}
    assert fitting(written, text_of(np.zeros((IMAGES, *shape), np.uint8)))[1] == []
