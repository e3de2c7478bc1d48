"""Rows of the summary: ranks, verdicts and gains follow from the scores."""

import numpy as np
import pytest
from helpers import METRICS, UNDECIDED, VERDICTS, method, metrics_file, row_of, rows_of, task_of, with_half

from stages.judge.decisions import choose
from stages.judge.draws import solved
from stages.judge.ranking import good_enough, ranked
from stages.judge.scale import margin_of
from stages.judge.verdicts import one_on_one

JUDGED = ("rank_low", "rank_high", "p_best", "p_within", "distance_low", "distance_high", "p_floor", "low", "high")


def test_ranks_and_verdicts():
    rows = rows_of()
    words = {row["architecture"]: row["verdict"] for row in rows if row["kind"] == "architecture"}
    assert words == {
        "deep": "equivalent",
        "vanilla": "equivalent",
        "pca": "worse",
        "variational": "worse",
        "denoising": "worse",
    }
    deep, last = row_of(rows, "deep"), row_of(rows, "denoising")
    assert [deep[key] for key in ("rank", "rank_low", "rank_high")] == [1, 1, 2]
    assert [last[key] for key in ("rank", "rank_low", "rank_high")] == [5, 5, 5]
    assert deep["p_best"] + row_of(rows, "vanilla")["p_best"] == pytest.approx(1)
    assert last["p_within"] == 0 and last["distance"] == pytest.approx(-3.03, abs=0.02)
    assert last["distance_low"] < last["distance"] < last["distance_high"] < 0
    assert deep["distance_low"] < 0 < deep["distance_high"]
    assert all(row["low"] < row["mean"] < row["high"] for row in rows)


def test_gains_and_what_is_usable():
    """A network has to beat PCA where a task has no other classical method."""
    rows = rows_of()
    vanilla, pca = row_of(rows, "vanilla"), row_of(rows, "pca")
    assert vanilla["gain_floor"] == pytest.approx(0.5) and vanilla["p_floor"] == 1 and vanilla["usable"]
    assert row_of(rows, "denoising")["gain_floor"] == pytest.approx(-1.01) and row_of(rows, "denoising")["p_floor"] == 0
    assert (pca["gain_floor"], pca["p_floor"], pca["usable"]) == (0, None, False)
    assert not row_of(rows, "variational")["usable"], "as good as PCA is not better"
    assert row_of(rows, "mean_image")["kind"] == "bound" and "gain_reference" not in vanilla, "a bound is no rival"


def test_a_reference_is_a_rival():
    rows = rows_of(METRICS, wavelet=method([0.007] * 3))
    assert row_of(rows, "deep")["gain_reference"] == pytest.approx(1 - 0.00499 / 0.007, abs=0.01)
    assert row_of(rows, "deep")["p_reference"] == 1 and row_of(rows, "deep")["usable"]
    assert row_of(rows, "pca")["p_reference"] == 0 and not row_of(rows, "pca")["usable"]
    assert [row["kind"] for row in rows] == ["architecture"] * 5 + ["reference", "bound"]


def test_the_least_values_of_a_task():
    """They stand beside the comparison with what needs no network, and are of means over seeds."""
    task = task_of("anomaly")
    scores = {"auroc": [0.78, 0.95], "auroc_lowest": [0.6, 0.5]}
    assert good_enough(scores, task, VERDICTS)
    assert not good_enough(scores | {"auroc": [0.7, 0.85]}, task, VERDICTS), "an AUROC above .8"
    assert not good_enough(scores | {"auroc_lowest": [0.6, 0.3]}, task, VERDICTS), "and no kind below .5"
    generation = task_of("generation")
    assert good_enough({"coverage": [0.6]}, generation, VERDICTS)
    assert not good_enough({"coverage": [0.4]}, generation, VERDICTS)
    rows = ranked(METRICS, {}, task_of("reconstruction")._replace(usable={"ssim": 0.95}), VERDICTS)
    assert not any(row["usable"] for row in rows)


def test_the_task_says_which_way_is_better_and_how_differences_are_told():
    higher = task_of("reconstruction")._replace(better="higher", margin="absolute")
    rows = ranked(METRICS, {}, higher, VERDICTS)
    assert rows[0]["architecture"] == "denoising" and row_of(rows, "vanilla")["p_floor"] == 0
    assert row_of(rows, "vanilla")["gain_floor"] == pytest.approx(-0.005)


def test_margins_are_on_the_scale_of_the_draws():
    assert margin_of(task_of("denoising"), VERDICTS) == VERDICTS["margins"]["denoising"]
    assert margin_of(task_of("reconstruction"), VERDICTS) == pytest.approx(np.log(1.05))


def test_a_task_that_this_data_set_does_not_have():
    assert ranked(METRICS, {"raw_pixels": {}}, task_of("features"), VERDICTS) == []


def test_the_place_is_that_of_params():
    rows = rows_of()
    assert {row["architecture"]: row["place"] for row in rows[:5]} == {name: i for i, name in enumerate(METRICS)}
    assert np.diff([row["mean"] for row in rows[:5]]).min() >= 0


def test_one_seed_is_no_verdict():
    metrics = {name: metrics_file([mse]) for name, mse in (("pca", 0.01), ("deep", 0.005))}
    deep, pca = ranked(metrics, {}, task_of("reconstruction"), VERDICTS)
    assert deep["verdict"] == pca["verdict"] == "one seed" and (deep["rank"], pca["rank"]) == (1, 2)
    assert all(deep[key] is None for key in JUDGED)
    assert deep["gain_floor"] == pytest.approx(0.5) and deep["usable"] and not pca["usable"]


def test_a_budget_that_ended_training_is_told():
    metrics = {name: metrics_file([mse] * 3) for name, mse in (("pca", 0.01), ("deep", 0.005))}
    metrics["deep"]["facts"]["solved"] = [False]
    metrics["deep"] = with_half(metrics["deep"], 0.02)
    deep, pca = ranked(metrics, {}, task_of("reconstruction"), VERDICTS)
    assert deep["budget_limited"] and not pca["budget_limited"], "what is solved has no budget"


def test_what_is_solved_is_told_from_what_is_trained():
    assert solved(METRICS["pca"]) and not solved(METRICS["deep"])


def choices(metrics=METRICS, **references):
    return {row["architecture"]: row["choice"] for row in rows_of(metrics, **references) if row["choice"]}


def test_the_cheapest_of_the_best_and_equivalent_is_taken():
    assert choices() == {"vanilla": "take", "deep": "as good"}
    assert row_of(rows_of(), "vanilla")["multiply_adds"] == 100


def test_what_is_not_told_is_open():
    """Seeds that differ wildly cannot be told from the best, but neither are they to be recommended for being cheap."""
    assert choices(UNDECIDED) == {"deep": "candidate", "vanilla": "candidate"}


def test_where_nothing_is_usable_no_network_is_taken():
    needless = {"pca": metrics_file([0.01] * 3), "deep": metrics_file([0.0099, 0.0101, 0.01], multiply_adds=500)}
    assert choices(needless) == {"pca": "take"}
    assert choices(METRICS, wavelet=method([0.001] * 3)) == {"wavelet": "take"}


def test_where_no_method_is_good_enough_nothing_is_taken():
    """Blurred images pass as normal for all methods: no reason to take nearest neighbours, nor who is better."""
    task = task_of("reconstruction")._replace(usable={"ssim": 0.5})
    bad, good = {"ssim": [0.1] * 3}, {"ssim": [0.9] * 3}

    def choices_with(own, other, mse):
        metrics = {
            name: content | {"scores": {"reconstruction": scores_of(content) | own}}
            for name, content in METRICS.items()
        }
        rows = ranked(metrics, {"wavelet": method([mse] * 3) | other}, task, VERDICTS)
        return {row["architecture"]: row["choice"] for row in rows if row["choice"]}

    assert choices_with(bad, bad, 0.02) == choices_with(bad, bad, 0.001) == {}
    assert choices_with(bad, good, 0.02) == {"wavelet": "take"}
    assert choices_with(good, bad, 0.02) == {"vanilla": "take", "deep": "as good"}


def scores_of(content):
    return content["scores"]["reconstruction"]


def test_what_is_usable_and_worse_is_open_where_the_best_is_not_usable():
    rows = rows_of()
    for row in rows:
        row["usable"] = row["architecture"] in ("variational", "denoising")
    found = {row["architecture"] for row in choose(rows) if row["choice"] == "candidate"}
    assert found == {"variational", "denoising"}


def test_one_seed_is_not_a_choice():
    assert choices({"pca": metrics_file([0.01]), "deep": metrics_file([0.005])}) == {"deep": "candidate"}
    worse = {"pca": metrics_file([0.01]), "deep": metrics_file([0.02])}
    assert choices(worse) == {"pca": "candidate", "deep": "candidate"}, "nor that nothing is usable"


def test_one_on_one():
    gaps = np.random.default_rng(0).normal(size=1000)
    words = [one_on_one(gaps + shift, margin, 0.95) for shift, margin in ((0, 5), (0, 0.1), (3, 0.1), (-3, 0.1))]
    assert words == ["equivalent", "undecided", "better", "worse"]
    assert one_on_one(3 + gaps, 4, 0.95) == one_on_one(-3 + gaps, 4, 0.95) == "undecided", (
        "maybe by less than the margin"
    )


def test_ties():
    """All are perfect in every seed and bootstrap sample: nobody is best, and nobody is worse than PCA."""
    perfect = {"auroc": [1.0] * 3, "auroc_resampled": [1.0] * 100, "auroc_lowest": [0.9] * 3}
    metrics = {name: METRICS[name] | {"scores": {"anomaly": perfect}} for name in ("pca", "deep", "vanilla")}
    rows = ranked(metrics, {}, task_of("anomaly"), VERDICTS)
    assert [row["verdict"] for row in rows] == ["equivalent"] * 3
    assert sum(row["p_best"] for row in rows) == pytest.approx(1)
    assert row_of(rows, "deep")["p_floor"] == 0.5


def test_where_all_fail_distances_are_to_the_best_of_them():
    rows = rows_of({"pca": metrics_file([0.10, 0.11, 0.105]), "deep": metrics_file([0.07, 0.08, 0.09])})
    assert [row["architecture"] for row in rows[:2]] == ["deep", "pca"]
    assert rows[0]["distance"] == 0 and rows[1]["distance"] < 0
