"""Half of the epochs: whose rank moves by more than ties is marked; a decision says whether it would be the same."""

import numpy as np
import pytest
from helpers import METRICS, VERDICTS, metrics_file, result, task_of, with_half

from stages.judge.budgets import at_half, moved, reachable_ranks, same_at_half

TASK = task_of("reconstruction")


def table(**errors):
    """Metrics of networks from their MSE with half of the epochs and with all."""
    metrics = {"pca": METRICS["pca"]}
    for name, (half, whole) in errors.items():
        metrics[name] = with_half(metrics_file([whole, 1.001 * whole, 0.999 * whole]), half)
    return metrics


def marked(**errors):
    return moved(table(**errors), TASK, VERDICTS)


def said(metrics):
    decision = result(metrics)["verdicts"]["tasks"]["reconstruction"]["cases"][""]
    words = decision["words"]["budget"]
    assert decision["same_at_half"] is (words.startswith("the same") if words else None)
    return words


def test_a_loss_that_still_falls_is_no_move():
    """All come down by half: nobody's rank is another, so nobody is marked."""
    assert marked(deep=(0.004, 0.002), vanilla=(0.006, 0.003), sparse=(0.008, 0.004)) == set()


def test_a_rank_that_moves_is_marked():
    assert marked(deep=(0.006, 0.002), vanilla=(0.004, 0.003)) == {"deep", "vanilla"}
    assert marked(deep=(0.020, 0.002), vanilla=(0.004, 0.003)) == {"deep", "vanilla"}, (
        "PCA is passed, but has no epochs"
    )


def test_what_moves_within_the_margin_is_tied():
    assert marked(deep=(0.00401, 0.00300), vanilla=(0.00400, 0.00301)) == set()
    assert marked(deep=(0.00419, 0.00300), vanilla=(0.00400, 0.00314)) == set(), "4.7 %"
    assert marked(deep=(0.00422, 0.00300), vanilla=(0.00400, 0.00316)) == {"deep", "vanilla"}, "5.5 and 5.3 %"


def test_ranks_by_hand():
    """Two tied in front, one behind; a chain whose ends are apart."""
    best, worst = reachable_ranks(np.array([1.0, 0.98, 0.5]), 0.05)
    assert best.tolist() == [1, 1, 3] and worst.tolist() == [2, 2, 3]
    best, worst = reachable_ranks(np.array([0.08, 0.04, 0.0]), 0.05)
    assert best.tolist() == [1, 1, 2] and worst.tolist() == [2, 3, 3]


def test_more_is_better_where_the_task_says_so():
    higher = TASK._replace(better="higher", margin="absolute")
    values = at_half(table(deep=(0.004, 0.002)), higher)
    assert values["deep"].tolist() == [0.004, 0.002] and values["pca"].tolist() == [0.01, 0.01]


def test_a_decision_that_is_the_same():
    assert said(table(deep=(0.004, 0.002), vanilla=(0.006, 0.003))) == "the same at half of the epochs"
    tied = table(deep=(0.00401, 0.00200), vanilla=(0.00400, 0.00300))
    assert said(tied) == "the same at half of the epochs", "within the margin"


def test_a_decision_that_is_another():
    """By the share that the error of who was ahead is lower: .004 is 33 % below .006."""
    assert said(table(deep=(0.006, 0.002), vanilla=(0.004, 0.003))) == "at half of the epochs vanilla is ahead by 33 %"


SAME = "the same at half of the epochs"


def asked(decision, metrics, wavelet=1.0):
    references = {"wavelet": {"mse": [wavelet] * 3}}
    return same_at_half({"reference": None} | decision, metrics, references, TASK, VERDICTS)[1]


def test_what_is_taken_is_held_against_the_best_method_without_a_network():
    """It is worth it there, too: above that method by more than the margin, 5 %."""
    take = {"kind": "take", "names": ["deep"], "front": "deep", "reference": "wavelet"}
    metrics = table(deep=(0.004, 0.002), vanilla=(0.006, 0.003))
    assert asked(take, metrics, wavelet=0.0045) == SAME
    assert asked(take, metrics, wavelet=0.0041) == "at half of the epochs not above wavelet by more than the margin"
    assert asked(take, metrics, wavelet=0.0030) == "at half of the epochs wavelet is ahead by 25 %"
    floor = take | {"reference": "pca"}
    assert asked(floor, metrics) == SAME
    assert asked(floor, table(deep=(0.0099, 0.002))) == "at half of the epochs not above PCA by more than the margin"


def test_where_no_network_is_to_be_taken_none_is_above_by_more_than_the_margin():
    """Whoever is in front of those that are not."""
    metrics = table(deep=(0.006, 0.002), vanilla=(0.004, 0.003))
    decision = {"kind": "none", "names": ["wavelet"], "front": "deep", "reference": "wavelet"}
    assert asked(decision, metrics, wavelet=0.001) == asked(decision, metrics, wavelet=0.0041) == SAME
    assert asked(decision, metrics, wavelet=0.006) == "at half of the epochs vanilla is ahead by 33 %"


def test_where_nobody_is_recommended_the_one_in_front_is_asked():
    metrics = table(deep=(0.006, 0.002), vanilla=(0.004, 0.003))
    decision = {"kind": "insufficient", "names": [], "front": "deep", "reference": "wavelet"}
    assert asked(decision, metrics, wavelet=0.001) == "at half of the epochs vanilla is ahead by 33 %"
    assert asked(decision | {"front": "vanilla"}, metrics, wavelet=0.001) == SAME


def test_one_of_several_candidates_is_enough():
    metrics = table(deep=(0.006, 0.002), vanilla=(0.004, 0.002))
    decision = {"kind": "open", "names": ["deep", "vanilla"], "front": "deep"}
    assert asked(decision, metrics) == SAME


@pytest.mark.parametrize("metrics", [METRICS, {"pca": METRICS["pca"]}])
def test_nothing_is_said_where_nothing_was_measured(metrics):
    assert said(metrics) == "" and moved(metrics, TASK, VERDICTS) == set()


def test_a_failed_first_seed_says_nothing_of_budgets():
    metrics = table(deep=(0.004, 0.002), vanilla=(0.006, 0.003))
    metrics["deep"]["facts"]["failed_seeds"] = {"0": "why"}
    assert set(at_half(metrics, TASK)) == {"pca", "vanilla"}
