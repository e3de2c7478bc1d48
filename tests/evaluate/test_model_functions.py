"""Functions of a trained model, as tasks see them."""

from types import SimpleNamespace

import numpy as np

from stages.evaluate.model_functions import AXES, draw, fit_mixture, functions_of


def test_images_are_clipped_and_nothing_is_encoded_twice():
    """A linear output may leave [0, 1]; no task has to know."""
    asked = []

    def encode(images):
        asked.append(len(images))
        return images.reshape(len(images), -1)[:, :3].astype(np.float32)

    def decode(latents):
        return np.tile(latents[:, :1] - 100, (1, 4)).reshape(-1, 2, 2, 1)

    def sample(n, seed):
        return np.linspace(-1, 2, n, dtype=np.float32).reshape(n, 1, 1, 1)

    images = np.random.default_rng(0).integers(0, 256, (60, 2, 2, 1)).astype(np.uint8)
    parts = {"encoder": object(), "encode": encode, "decode": decode, "sample": sample}
    model = functions_of(SimpleNamespace(**parts, generative=True), images)
    for given in (model.decode(model.encode(images)), model.sample(9, 0), model.sample_mixture(9, 0)):
        assert given.min() >= 0 and given.max() <= 1 and np.isfinite(given).all()
    assert set(np.unique(model.decode(model.encode(images)))) == {0, 1}
    assert asked == [60]


def test_the_mixture_draws_latents_like_those_it_was_fitted_to():
    """Of wide ones on their leading axes, and where these do not reach at the mean."""
    random = np.random.default_rng(0)
    for size in (5, AXES + 40):
        varied = random.normal(size=(2000, 4)) @ random.normal(size=(4, size))
        latents = 3 + varied + 0.01 * random.normal(size=varied.shape)
        drawn = draw(fit_mixture(latents, 0), 2000, 1)
        assert drawn.shape == (2000, size) and drawn.dtype == np.float32
        np.testing.assert_allclose(drawn.mean(axis=0), latents.mean(axis=0), atol=0.3)
        np.testing.assert_allclose(np.cov(drawn.T), np.cov(latents.T), atol=0.15 * np.cov(latents.T).max())
