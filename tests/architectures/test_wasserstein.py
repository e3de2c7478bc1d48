"""The kernel and the discrepancy of latents from the prior, by hand and on average."""

import numpy as np
import pytest
from helpers import blobs
from keras import ops

from stages.architectures.wasserstein import build, discrepancy, inverse_multiquadratics
from stages.train import determinism
from stages.train.settings import NetworkSpec


def normal(shape, seed, shift=0.0):
    return (np.random.default_rng(seed).normal(size=shape) + shift).astype("float32")


def test_kernel_by_hand():
    a, b = np.array([[0.0, 0.0], [1.0, 2.0]], "float32"), np.array([[3.0, 0.0]], "float32")
    np.testing.assert_allclose(inverse_multiquadratics(a, b), [[4 / (4 + 9)], [4 / (4 + 8)]], rtol=1e-6)
    np.testing.assert_allclose(np.diag(inverse_multiquadratics(a, a)), 1.0)


def test_discrepancy_by_a_double_loop():
    a, b = normal((5, 3), 0), normal((5, 3), 1, shift=0.5)

    def kernel(x, y):
        return 6 / (6 + np.sum((x - y) ** 2))

    pairs = [(i, j) for i in range(5) for j in range(5) if i != j]
    within = sum(kernel(a[i], a[j]) + kernel(b[i], b[j]) for i, j in pairs) / 20
    across = sum(kernel(x, y) for x in a for y in b) / 25
    assert float(discrepancy(a, b)) == pytest.approx(within - 2 * across, rel=1e-4)


def test_discrepancy_is_unbiased_and_grows_with_the_shift():
    """Zero on average where latents are draws from the prior, although batches are small."""
    same, near, far = (
        np.array([discrepancy(normal((16, 4), i, shift), normal((16, 4), 1000 + i)) for i in range(150)])
        for shift in (0.0, 0.5, 2.0)
    )
    assert abs(same.mean()) < 4 * same.std() / np.sqrt(len(same))
    assert same.mean() + 0.003 < near.mean() < far.mean() < 2


def test_spread_counts_too():
    """The right mean with too little or too much spread is not the prior."""
    prior, points = normal((500, 4), 0), normal((500, 4), 1)
    assert float(discrepancy(points, prior)) < 0.003
    assert float(discrepancy(0.3 * points, prior)) > 0.02
    assert float(discrepancy(3 * points, prior)) > 0.02


def test_a_batch_of_one_image_is_finite():
    assert np.isfinite(float(discrepancy(normal((1, 4), 0), normal((1, 4), 1))))


def test_the_term_is_that_of_the_batch():
    determinism.reseed(0)
    model = build(NetworkSpec((8, 8, 1), 3, "relu", "sigmoid", "squared_error"), hidden=[16], weight=7.0)
    images = ops.cast(blobs(30, (8, 8, 1)), "float32") / 255
    term = np.array(model.loss_terms(images, False)["discrepancy"])
    assert (term == term[0]).all()
    assert model.weights_of_terms() == {"reconstruction": 1.0, "discrepancy": 7.0 * 64}
