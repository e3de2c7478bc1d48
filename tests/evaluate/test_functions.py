"""Functions of a trained model, as tasks see them."""

from types import SimpleNamespace

import numpy as np

from stages.evaluate.functions import functions_of


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
    model = functions_of(SimpleNamespace(encode=encode, decode=decode, sample=sample, generative=True), images)
    for given in (model.decode(model.encode(images)), model.sample(9, 0), model.sample_mixture(9, 0)):
        assert given.min() >= 0 and given.max() <= 1 and np.isfinite(given).all()
    assert set(np.unique(model.decode(model.encode(images)))) == {0, 1}
    assert asked == [60]
