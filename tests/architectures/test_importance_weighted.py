"""The bound from several draws: against its formula, the evidence lower bound and the exact likelihood."""

import numpy as np
import pytest
from helpers import blobs
from keras import ops
from scipy import special, stats

from stages.architectures.importance_weighted import build, log_ratio
from stages.train import determinism
from stages.train.objectives.variational import Variational
from stages.train.settings import NetworkSpec

SHAPE = (8, 8, 1)


def make(samples, loss="squared_error", decoder_scale=0.5):
    determinism.reseed(0)
    return build(
        NetworkSpec(SHAPE, 3, "relu", "sigmoid", loss), hidden=[16], samples=samples, decoder_scale=decoder_scale
    )


def images(n):
    return ops.cast(blobs(n, SHAPE), "float32") / 255


def many(model, draws=2000):
    """The bound of one image by many independent passes: (draws,)."""
    return np.array(model.loss_terms(ops.repeat(images(1), draws, axis=0), False)["bound"])


def test_log_ratio_is_of_the_two_densities():
    random = np.random.default_rng(0)
    mean, log_variance, noise = (random.normal(size=shape) for shape in [(4, 1, 3), (4, 1, 3), (4, 5, 3)])
    z = mean + np.exp(log_variance / 2) * noise
    expected = stats.norm.logpdf(z).sum(axis=2) - stats.norm(mean, np.exp(log_variance / 2)).logpdf(z).sum(axis=2)
    np.testing.assert_allclose(log_ratio(z, noise, log_variance), expected, rtol=1e-6)


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "binary_crossentropy"])
def test_one_draw_is_the_evidence_lower_bound(loss):
    model = make(1, loss)
    bound = many(model)
    plain = Variational(model.encoder, model.decoder, decoder_scale=0.5, reconstruction_loss=loss)
    terms = plain.loss_terms(ops.repeat(images(1), 2000, axis=0), False)
    elbo = np.array(terms["reconstruction"]) + np.array(terms["kl"])
    error = np.hypot(bound.std(), elbo.std()) / np.sqrt(2000)
    assert abs(bound.mean() - elbo.mean()) < 4 * error


def test_more_draws_come_nearer_to_the_likelihood_from_above():
    """It is minus a lower bound, so it falls with the draws, towards -log p(x) but not through it."""
    bounds = {samples: many(make(samples)) for samples in (1, 2, 5, 50)}
    means = [values.mean() for values in bounds.values()]
    assert means == sorted(means, reverse=True)
    exact = -(special.logsumexp(-bounds[50]) - np.log(2000))  # 100,000 draws in all
    assert means[-1] > exact - 4 * bounds[50].std() / np.sqrt(2000)
    assert means[-1] - exact < means[0] - exact


def test_draws_are_grouped_by_image():
    """Where posterior and prior are the same and the decoder ignores the latent, every weight is the image's error."""
    model = make(4)
    for layer in (model.encoder.get_layer("latent"), model.decoder.get_layer("pixels")):
        layer.set_weights([np.zeros_like(weight) for weight in layer.get_weights()])
    x = images(6)
    terms = model.loss_terms(x, False)
    np.testing.assert_allclose(terms["bound"], model.reconstruction_error(x, model(x)), rtol=1e-4)
    np.testing.assert_allclose(terms["kl"], 0, atol=1e-5)
    assert model.weights_of_terms() == {"bound": 1.0, "kl": 0.0}


def test_optimal_scale_fits_all_draws_of_the_batch():
    model = make(3, decoder_scale="optimal")
    terms = model.loss_terms(images(10), False)
    assert all(np.isfinite(np.array(values)).all() for values in terms.values())
