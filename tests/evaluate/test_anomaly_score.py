"""The anomaly score: tails that are chances, a density that is the mixture's, and the rarer of both."""

import numpy as np
import pytest
from scipy.stats import kstest, rankdata

from stages.evaluate.measures.anomaly_score import (
    KNOTS,
    density_of,
    fitted,
    negative_log_density,
    score_of,
    surprisal,
    tail_of,
)
from stages.evaluate.measures.detection import auroc
from stages.evaluate.model_functions import AXES, fit_mixture

RANDOM = np.random.default_rng(0)
STEP = np.log(2001) / (KNOTS - 1)  # between knots, of 2000 values


@pytest.mark.parametrize("draw", ["gamma", "lognormal", "normal"])
def test_inside_it_is_the_empirical_rank(draw):
    normal = getattr(np.random.default_rng(1), draw)(2.0, size=2000)
    exceeded = 1 - rankdata(normal) / 2001
    np.testing.assert_allclose(surprisal(tail_of(normal), normal), -np.log(exceeded), atol=STEP)


def test_of_few_values_it_is_their_rank():
    normal = np.array([3.0, 1.0, 2.0])
    found = np.exp(-surprisal(tail_of(normal), normal))
    np.testing.assert_allclose(found, [1 / 4, 3 / 4, 2 / 4], atol=0.02)


@pytest.mark.parametrize("draw", ["exponential", "lognormal", "normal"])
def test_chances_of_held_out_normal_values_are_uniform(draw):
    """Over many validation splits; and a value that is shifted has smaller ones."""
    random, chances, shifted = np.random.default_rng(2), [], []
    for _ in range(300):
        tail, new = tail_of(getattr(random, draw)(size=200)), getattr(random, draw)(size=5)
        chances.append(np.exp(-surprisal(tail, new)))
        shifted.append(np.exp(-surprisal(tail, new + 0.3)))
    assert kstest(np.ravel(chances), "uniform").pvalue > 0.01
    assert kstest(np.ravel(shifted), "uniform").pvalue < 1e-6


def test_beyond_all_values_an_exponential_tail_goes_on():
    """As it truly is: a value that 2,000 do not reach is as rare as its distribution says, to a third."""
    random = np.random.default_rng(3)
    for far in (10.0, 20.0, 40.0):
        told = [surprisal(tail_of(random.exponential(size=2000)), np.array([far]))[0] for _ in range(50)]
        assert np.median(told) == pytest.approx(far, rel=0.1)
        assert np.all(np.abs(np.array(told) - far) < far / 3)


def test_no_two_values_above_the_least_tie():
    normal = np.random.default_rng(4).gamma(2, size=500)
    values = np.linspace(normal.min(), 100 * normal.max(), 10_000)
    assert np.all(np.diff(surprisal(tail_of(normal), values)) > 0)
    assert np.all(
        surprisal(tail_of(normal), np.array([-9.0, 0.0])) == surprisal(tail_of(normal), normal.min(keepdims=True))
    )


def test_what_all_have_is_no_surprise_and_anything_above_is():
    tail = tail_of(np.zeros(50))
    same, above = surprisal(tail, np.array([0.0, 1e-6]))
    assert same < 0.03 and np.isfinite(above) and above > 9
    most = tail_of(np.array([0.0] * 90 + [1.0] * 10))
    low, high = np.exp(-surprisal(most, np.array([0.0, 1.0])))
    assert low == pytest.approx(1, abs=0.02) and high == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize("size", [1, 5, AXES + 20])
def test_the_density_is_that_of_scikit_learn(size):
    """Of wide latents on their leading axes."""
    latents = np.concatenate([RANDOM.normal(0, 1, (200, size)), RANDOM.normal(4, 0.1, (200, size))])
    mixture = fit_mixture(latents, 0)
    far = np.concatenate([latents, 1e3 * latents[:9]])
    expected = -mixture.gaussians.score_samples(far @ mixture.axes)
    np.testing.assert_allclose(negative_log_density(density_of(mixture), far), expected, rtol=1e-9)
    assert mixture.axes.shape == (size, min(size, AXES))


@pytest.fixture(scope="module")
def score():
    latents = RANDOM.normal(size=(1000, 3))
    density = density_of(fit_mixture(latents, 0))
    return fitted(density, RANDOM.gamma(2, size=500), RANDOM.normal(size=(500, 3)))


def test_either_is_enough(score):
    """Rare in error, in density, in both, in neither."""
    errors, latents = np.array([30.0, 2.0, 30.0, 2.0]), np.array([[0.0] * 3, [9.0] * 3, [9.0] * 3, [0.0] * 3])
    found = score.of(errors, latents)
    assert found[0] > 9 and found[1] > 9 and found[2] == max(found[:2]) and found[3] < 2


def test_it_grows_with_the_error_and_falls_with_the_density(score):
    errors = np.linspace(0, 50, 100)
    for latents in (np.zeros((100, 3)), np.full((100, 3), 2.0)):
        assert np.all(np.diff(score.of(errors, latents)) >= 0)
    away = np.linspace(0, 20, 100)[:, None] * np.ones(3)
    likely = negative_log_density(score.density, away)
    assert np.all(np.diff(score.of(np.full(100, 2.0), away[np.argsort(likely)])) >= 0)


def test_oracle_and_opposite(score):
    """What is unusual in either lies above all that is normal; what is more usual than normal lies below."""
    errors, latents = RANDOM.gamma(2, size=400), RANDOM.normal(size=(400, 3))
    normal = score.of(errors, latents)
    unusual = np.concatenate([score.of(errors + 50, latents), score.of(errors, latents + 20)])
    assert auroc(normal, unusual) > 0.999
    assert auroc(normal, score.of(0 * errors, 0.1 * latents)) < 0.1


def test_it_comes_back_from_its_arrays(score):
    arrays = score.arrays()
    errors, latents = RANDOM.gamma(2, size=40), RANDOM.normal(size=(40, 3))
    np.testing.assert_array_equal(score_of(arrays).of(errors, latents), score.of(errors, latents))
    assert all(array.dtype == "<f8" for array in arrays.values())


def test_keras_computes_the_same():
    """In a graph, as it goes into an exported one."""
    import tensorflow as tf
    from keras import ops

    latents = RANDOM.normal(size=(300, 4))
    score = fitted(density_of(fit_mixture(latents, 0)), RANDOM.gamma(2, size=200), latents[:200])
    errors, far = RANDOM.gamma(3, size=300), 3 * latents
    given = ops.convert_to_tensor(errors, "float64"), ops.convert_to_tensor(far, "float64")
    found = tf.function(lambda *numbers: score.of(*numbers, ops))(*given)
    np.testing.assert_allclose(found, score.of(errors, far), rtol=1e-9)
