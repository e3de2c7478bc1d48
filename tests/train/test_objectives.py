"""Loss terms against closed forms and independent implementations."""

import numpy as np
import pytest
from helpers import blobs
from keras import ops
from scipy import integrate, special, stats

from stages.train import determinism
from stages.train.autoencoder import Autoencoder
from stages.train.losses import RECONSTRUCTION_LOSSES
from stages.train.networks import dense_decoder, dense_encoder
from stages.train.objectives.denoising import corrupt
from stages.train.objectives.sparse import Sparse
from stages.train.objectives.variational import Variational, kl_to_standard_normal
from stages.train.settings import NetworkSpec


def array(values):
    return ops.convert_to_numpy(values)


def test_kl_is_the_integral_it_stands_for():
    mean, log_variance = np.array([[0.7, -1.2, 0.0]]), np.array([[-0.5, 0.8, 0.0]])

    def divergence(m, v):
        q, p = stats.norm(m, np.exp(v / 2)), stats.norm(0, 1)
        return integrate.quad(lambda z: q.pdf(z) * (q.logpdf(z) - p.logpdf(z)), -12, 12)[0]

    expected = sum(divergence(m, v) for m, v in zip(mean[0], log_variance[0], strict=True))
    assert array(kl_to_standard_normal(mean, log_variance)) == pytest.approx([expected], rel=1e-6)
    assert array(kl_to_standard_normal(np.zeros((2, 5)), np.zeros((2, 5)))) == pytest.approx([0, 0])


def test_reconstruction_losses_are_sums_over_pixels_in_nats():
    random = np.random.default_rng(0)
    x, y = (random.uniform(0.01, 0.99, (4, 5, 6, 3)).astype("float32") for _ in range(2))
    losses = {name: array(loss(x, y)) for name, loss in RECONSTRUCTION_LOSSES.items()}
    flat = (1, 2, 3)
    pixels = 5 * 6 * 3
    normal = -stats.norm(y, 1).logpdf(x).sum(axis=flat) - pixels * np.log(2 * np.pi) / 2
    laplace = -stats.laplace(y, 1).logpdf(x).sum(axis=flat) - pixels * np.log(2)
    crossentropy = -(special.xlogy(x, y) + special.xlog1py(1 - x, -y)).sum(axis=flat)
    np.testing.assert_allclose(losses["squared_error"], normal, rtol=1e-4)
    np.testing.assert_allclose(losses["absolute_error"], laplace, rtol=1e-4)
    np.testing.assert_allclose(losses["binary_crossentropy"], crossentropy, rtol=1e-4)
    assert np.isfinite(array(RECONSTRUCTION_LOSSES["binary_crossentropy"](np.ones_like(x), np.zeros_like(y)))).all()


def parts(latent_size=3, variational=False):
    determinism.reseed(0)
    spec = NetworkSpec((8, 8, 1), latent_size, "relu", "sigmoid", "squared_error")
    encoder = dense_encoder(spec._replace(latent_size=latent_size * (2 if variational else 1)), [16])
    return encoder, dense_decoder(spec, [16])


@pytest.mark.parametrize(("loss", "distribution"), [("squared_error", stats.norm), ("absolute_error", stats.laplace)])
@pytest.mark.parametrize("scale", [0.2, "optimal"])
def test_variational_reconstruction_is_the_whole_likelihood(loss, distribution, scale):
    model = Variational(*parts(variational=True), decoder_scale=scale, reconstruction_loss=loss)
    random = np.random.default_rng(0)
    x, y = (random.uniform(0, 1, (6, 8, 8, 1)).astype("float32") for _ in range(2))
    error = array(model.reconstruction_error(ops.convert_to_tensor(x), ops.convert_to_tensor(y)))
    if scale == "optimal":  # the maximum likelihood estimate over the batch
        scale = np.sqrt(np.mean((x - y) ** 2)) if loss == "squared_error" else np.mean(np.abs(x - y))
    np.testing.assert_allclose(error, -distribution(y, scale).logpdf(x).sum(axis=(1, 2, 3)), rtol=1e-4)


def test_optimal_scale_is_optimal():
    random = np.random.default_rng(0)
    x, y = (ops.convert_to_tensor(random.uniform(0, 1, (6, 8, 8, 1)).astype("float32")) for _ in range(2))
    errors = {
        scale: array(Variational(*parts(variational=True), decoder_scale=scale).reconstruction_error(x, y)).mean()
        for scale in ("optimal", 0.3, 0.38, 0.45, 0.6)
    }
    assert min(errors, key=errors.get) == "optimal"


def test_variational_encodes_the_mean_and_samples_around_it():
    model = Variational(*parts(variational=True))
    images = blobs(4, (8, 8, 1))
    mean, log_variance = model.posterior(images)
    np.testing.assert_array_equal(array(model.encode(images)), array(mean))
    assert array(log_variance).shape == (4, 3)
    both = array(model.encoder(images / 255))
    np.testing.assert_allclose(np.concatenate([array(mean), array(log_variance)], axis=1), both, rtol=1e-5)


def test_sparsity_penalties():
    latents = np.random.default_rng(0).uniform(0.1, 0.9, (50, 4)).astype("float32")
    l1 = Sparse(*parts(), penalty="l1")
    np.testing.assert_allclose(array(l1.sparsity(latents)), np.abs(latents).sum(axis=1), rtol=1e-5)
    kl = Sparse(*parts(), penalty="kl", target=0.05)
    mean = latents.mean(axis=0)
    expected = (special.rel_entr(0.05, mean) + special.rel_entr(0.95, 1 - mean)).sum()
    np.testing.assert_allclose(array(kl.sparsity(latents)), np.full(50, expected), rtol=1e-4)


@pytest.mark.parametrize("kind", ["gaussian", "salt_and_pepper", "masking"])
def test_corruption(kind):
    grey = np.full((40, 16, 16, 3), 0.5, "float32")
    noisy = array(corrupt(grey, kind, 0.2, seed=1))
    assert noisy.shape == grey.shape
    assert noisy.min() >= 0 <= noisy.max() <= 1
    if kind == "gaussian":
        assert np.std(noisy - grey) == pytest.approx(0.2, abs=0.01)
        return
    hit = (noisy != grey).any(axis=3)
    assert hit.mean() == pytest.approx(0.2, abs=0.01)
    assert (noisy[hit] == noisy[hit][:, :1]).all(), "all channels of a pixel are hit alike"
    whites = (noisy[hit][:, 0] == 1).mean()
    assert whites == pytest.approx(0.5 if kind == "salt_and_pepper" else 0.0, abs=0.05)


def test_start_at_mean_draws_the_mean():
    model = Autoencoder(*parts())
    images = blobs(100, (8, 8, 1))
    model.decoder.layers[-2].kernel.assign(0 * model.decoder.layers[-2].kernel)
    model.start_at_mean(images)
    assert array(model(images)).mean() == pytest.approx(images.mean() / 255, abs=1e-3)
