"""The rule that tells a win from a tie does what the report says of it."""

import numpy as np
import pytest

from stages.compare.significance import compare, holm, interval


def test_interval_covers_what_it_says():
    """95 % of intervals from three seeds should hold the true mean."""
    random = np.random.default_rng(0)
    intervals = [interval(list(random.normal(2.0, 0.3, 3))) for _ in range(4000)]
    covered = np.mean([low <= 2.0 <= high for _, low, high in intervals])
    assert covered == pytest.approx(0.95, abs=0.012)


def test_one_seed_has_no_interval():
    assert interval([0.5]) == (0.5, None, None)


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == pytest.approx([1.0, 1.0])


def simulate(gaps, seeds=3, noise=0.01, sampling=0.001, seed=0):
    random = np.random.default_rng(seed)
    scores = {name: list(1 + gap + random.normal(0, noise, seeds)) for name, gap in gaps.items()}
    resampled = {name: random.normal(np.mean(values), sampling, 100) for name, values in scores.items()}
    return compare(scores, resampled, "a", lower_is_better=True)


def test_false_wins_are_rare():
    """Where nothing differs, any win in a table of eight should be called in at most 5 % of tables."""
    gaps = dict.fromkeys("abcdefgh", 0.0)
    tables = [simulate(gaps, seed=seed) for seed in range(1000)]
    false_wins = np.mean([any(entry.verdict != "tie" for entry in table.values()) for table in tables])
    assert false_wins <= 0.06


def test_clear_differences_are_found_with_their_sign():
    result = simulate({"a": 0.0, "b": -0.5, "c": 0.5, "d": 0.0}, noise=0.001, sampling=0.01)
    assert {name: entry.verdict for name, entry in result.items()} == {"b": "better", "c": "worse", "d": "tie"}
    scores = {"a": [1.0, 1.1, 1.2], "b": [2.0, 2.1, 2.2]}
    higher = compare(scores, {"a": np.full(9, 1.1), "b": np.full(9, 2.1)}, "a", lower_is_better=False)
    assert higher["b"].verdict == "better" and higher["b"].difference == pytest.approx(1.0)


def test_a_difference_within_the_sampling_error_is_a_tie():
    result = simulate({"a": 0.0, "b": -0.05}, noise=0.0001, sampling=0.1)
    assert result["b"].verdict == "tie" and result["b"].p_value < 0.05


def test_one_seed_is_never_a_win():
    result = simulate({"a": 0.0, "b": -0.5, "c": 0.5, "d": 0.0}, seeds=1, noise=0.0)
    assert {name: entry.verdict for name, entry in result.items()} == {"b": "ahead", "c": "behind", "d": "tie"}
    assert result["b"].p_value is None


def test_deterministic_architectures():
    scores = {"a": [1.0, 1.0, 1.0], "b": [1.0, 1.0, 1.0], "c": [0.5, 0.5, 0.5]}
    resampled = {name: np.full(9, values[0]) for name, values in scores.items()}
    result = compare(scores, resampled, "a", lower_is_better=True)
    assert (result["b"].verdict, result["c"].verdict) == ("tie", "better")


def test_images_that_all_architectures_find_hard_do_not_hide_a_difference():
    """The sampling error of a difference is smaller than that of either side where both saw the same images."""
    random = np.random.default_rng(0)
    luck = random.normal(0, 0.1, 100)
    scores = {"a": [1.0], "b": [1.05]}
    paired = {"a": 1.0 + luck, "b": 1.05 + luck + random.normal(0, 0.01, 100)}
    unpaired = {"a": 1.0 + luck, "b": 1.05 + random.normal(0, 0.1, 100)}
    assert compare(scores, paired, "a", lower_is_better=True)["b"].verdict == "behind"
    assert compare(scores, unpaired, "a", lower_is_better=True)["b"].verdict == "tie"
