"""The prior over codes: near what the codes were drawn from, never worse than leaving neighbours out."""

import numpy as np
import pytest

from stages.evaluate import code_prior

GRID, SIZE = (4, 5), 6


def fit_code_prior(train, validation, grid, size):
    """Clustered by the codes themselves."""
    coded = (code_prior.Coded(codes, np.eye(size)[codes].reshape(len(codes), -1)) for codes in (train, validation))
    return code_prior.fit_code_prior(*coded, grid, size)


def chain(n, follow, seed):
    """Codes (n, 20) in reading order: the first of a line as it comes, each other drawn by the one on its left."""
    random = np.random.default_rng(seed)
    codes = np.zeros((n, *GRID), int)
    codes[:, :, 0] = random.integers(0, SIZE, (n, GRID[0]))
    for column in range(1, GRID[1]):
        below = follow[codes[:, :, column - 1]].cumsum(axis=-1) < random.random((n, GRID[0], 1))
        codes[:, :, column] = below.sum(axis=-1)
    return codes.reshape(n, -1)


@pytest.fixture(scope="module")
def follow():
    """How often a code follows on another: (SIZE, SIZE), rows add up to 1."""
    return np.random.default_rng(5).dirichlet(np.full(SIZE, 0.3), SIZE)


def test_its_likelihood_comes_near_the_entropy(follow):
    train, validation = chain(2000, follow, 1), chain(500, follow, 2)
    prior = fit_code_prior(train, validation, GRID, SIZE)
    before, after = validation.reshape(-1, *GRID)[:, :, :-1], validation.reshape(-1, *GRID)[:, :, 1:]
    entropy = -(np.log(follow[before, after]).sum() + np.log(1 / SIZE) * 500 * GRID[0]) / validation.size
    assert entropy <= -prior.log_likelihood < entropy + 0.01
    assert "left" in prior.parts


def test_draws_are_like_what_it_was_fitted_to(follow):
    train = chain(2000, follow, 1)
    prior = fit_code_prior(train, chain(500, follow, 2), GRID, SIZE)
    drawn = prior.draw(2000, seed=3)
    assert drawn.shape == (2000, 20) and drawn.min() >= 0 and drawn.max() < SIZE

    def pairs(codes):
        lines = codes.reshape(-1, *GRID)
        return np.histogram2d(lines[:, :, :-1].ravel(), lines[:, :, 1:].ravel(), SIZE, density=True)[0]

    np.testing.assert_allclose(pairs(drawn), pairs(train), atol=0.01)
    np.testing.assert_array_equal(drawn, prior.draw(2000, seed=3))
    assert not np.array_equal(drawn, prior.draw(2000, seed=4))
    assert len(np.unique(drawn, axis=0)) > 1900, "no few lines known by heart"


def test_codes_of_dice_gain_nothing_from_neighbours():
    """Few images: without back-off, rare contexts would cost much."""
    random = np.random.default_rng(0)
    train, validation = random.integers(0, SIZE, (2, 60, 20))
    prior = fit_code_prior(train, validation, GRID, SIZE)
    assert -prior.log_likelihood == pytest.approx(np.log(SIZE), abs=0.02)


def test_codes_that_depend_on_their_place_alone():
    random = np.random.default_rng(0)
    places = random.dirichlet(np.full(SIZE, 0.3), 20)
    train, validation = (np.array([[random.choice(SIZE, p=p) for p in places] for _ in range(n)]) for n in (1000, 200))
    prior = fit_code_prior(train, validation, GRID, SIZE)
    expected = np.mean([np.log(places[place, validation[:, place]]).mean() for place in range(20)])
    assert prior.log_likelihood == pytest.approx(expected, abs=0.02)
    often = [np.mean(np.eye(SIZE)[codes], axis=0) for codes in (prior.draw(1000, 0), train)]
    np.testing.assert_allclose(*often, atol=0.06)


def test_images_that_differ_as_a_whole():
    """Of two kinds, with mostly zeros or mostly ones: each drawn image is of one, which neighbours hardly tell."""
    random = np.random.default_rng(0)

    def images(n):
        return (random.random((n, 20)) < random.choice([0.1, 0.9], (n, 1))).astype(int)

    train = images(2000)
    prior = fit_code_prior(train, images(500), GRID, SIZE)
    entropy = -np.mean([0.1 * np.log(0.1) + 0.9 * np.log(0.9)]) + np.log(2) / 20
    assert len(prior.shares) > 1 and -prior.log_likelihood == pytest.approx(entropy, abs=0.05)
    assert prior.draw(2000, 0).mean(axis=1).std() == pytest.approx(train.mean(axis=1).std(), rel=0.05)


def test_a_context_backs_off_as_the_formula_says():
    """One place, codes 0, 0, 1: (count + a / size) / (3 + a), a as validation chooses."""
    prior = fit_code_prior(np.array([[0], [0], [1]]), np.array([[0], [1], [2]]), (1, 1), 4)
    p = np.full(4, 0.25)
    for strength, level in zip(prior.strengths, prior.levels, strict=True):
        assert len(level.contexts) == 1  # every longer context is met as often
        p = (np.array([2, 1, 0, 0]) + strength * p) / (3 + strength)
    assert prior.log_likelihood == pytest.approx(np.log(p[:3]).mean())
