"""Decisions: what the rows of a ranking say is to be taken."""

from helpers import METRICS, UNDECIDED, method, metrics_file, rows_of

from stages.judge.decisions import decide


def choose(*metrics, **references):
    return decide(rows_of(*metrics, **references))


def summed(decision):
    return decision["kind"], decision["group"], decision["names"]


def test_what_to_take():
    decision = choose()
    assert summed(decision) == ("take", "simple", ["vanilla", "deep"]) and not decision["budget_limited"]
    assert decision["reference"] == "pca", "the classical method where there is no other"
    assert choose(METRICS, wavelet=method([0.02] * 3))["reference"] == "wavelet"


def test_what_is_open_names_the_candidates():
    decision = choose(UNDECIDED)
    assert summed(decision) == ("open", "open", ["deep", "vanilla"])


def test_where_nothing_is_usable_no_network_is_the_answer():
    decision = choose(METRICS, wavelet=method([0.001] * 3))
    assert summed(decision) == ("none", "none", ["wavelet"]) and decision["front"] == "deep"
    metrics = {"pca": metrics_file([0.01] * 3), "deep": metrics_file([0.0099, 0.0101, 0.01], multiply_adds=500)}
    assert summed(choose(metrics)) == ("none", "none", ["pca"])


def test_where_no_method_is_good_enough_nothing_is_taken():
    for wavelet in (0.02, 0.001):
        rows = [row | {"choice": None} for row in rows_of(METRICS, wavelet=method([wavelet] * 3))]
        assert summed(decide(rows)) == ("insufficient", "insufficient", [])
        assert decide(rows)["front"] == "deep" and not decide(rows)["budget_limited"]


def test_one_seed_is_no_verdict():
    decision = choose({"pca": metrics_file([0.01]), "deep": metrics_file([0.005])})
    assert summed(decision) == ("one seed", "one seed", ["deep"])
    worse = {"pca": metrics_file([0.01]), "deep": metrics_file([0.02])}
    assert choose(worse)["kind"] == "one seed", "nor that nothing is usable"


def test_small_networks_are_simple():
    metrics = METRICS | {"vanilla": metrics_file([0.0050, 0.00501, 0.00499], multiply_adds=201)}
    assert choose()["group"] == "simple" and choose(metrics)["group"] == "network", "at most twice PCA's multiply-adds"
