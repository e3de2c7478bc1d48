"""What the references say of a data set besides the scores of classical methods."""

import numpy as np
import pytest
from helpers import flat, make_data

from stages.evaluate.references import pca_spectrum


def test_pca_spectrum_by_least_squares():
    """Each error is that of the best projection, found another way: by the singular vectors of the training images."""
    data = make_data((6, 7, 1))
    found = pca_spectrum(data.train, data.validation)
    assert found["latent_sizes"] == [1, 2, 4, 8, 16, 32, 42]
    train, held = flat(data.train).astype(float), flat(data.validation).astype(float)
    mean = train.mean(axis=0)
    vectors = np.linalg.svd(train - mean, full_matrices=False)[2]
    for size, error in zip(found["latent_sizes"], found["validation_mse"], strict=True):
        restored = mean + (held - mean) @ vectors[:size].T @ vectors[:size]
        assert error == pytest.approx(np.mean((held - np.clip(restored, 0, 1)) ** 2), abs=1e-7)
    assert found["validation_mse"][-1] == pytest.approx(0, abs=1e-9)
    assert (np.diff(found["validation_mse"]) < 0).all()
