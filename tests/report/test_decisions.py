"""Decisions: what the summary says is to be taken, in words."""

import pytest
from helpers import METRICS, method, metrics_file, row_of, rows_of, task_of

from stages.report.decisions import answer, decide, enough, gain, many, takeaways

TASK = task_of("reconstruction")


def said(metrics=METRICS, **references):
    rows = rows_of(metrics, **references)
    return answer(decide(rows), rows, TASK)


def choose(*metrics, **references):
    return decide(rows_of(*metrics, **references))


def names(decision):
    return [row["architecture"] for row in decision.rows]


def test_what_to_take():
    decision = choose()
    assert (decision.kind, names(decision), decision.simple) == ("take", ["vanilla", "deep"], True)
    assert decision.reference["architecture"] == "pca", "the method without a network where there is no other"
    cells = said()
    assert cells["take"] == "**vanilla**" and cells["usable"] == "yes" and cells["cost"] == "100, 1 x PCA"
    assert cells["sure"].startswith("equivalent, P(best) 0.") and cells["sure"].endswith("; as good: deep")
    assert (cells["reference"], cells["floor"]) == ("+50 % on PCA", "+50 %")
    assert said(METRICS, wavelet=method([0.02] * 3))["reference"] == "+75 % on wavelet"


def test_what_is_open_names_the_candidates_with_their_chances():
    metrics = {
        "pca": METRICS["pca"],
        "deep": metrics_file([0.0050, 0.0054, 0.0046], 400),
        "vanilla": metrics_file([0.0048, 0.0059, 0.0050], 100),
        "denoising": METRICS["denoising"],
    }
    decision, cells = choose(metrics), said(metrics)
    assert decision.kind == "open" and names(decision) == ["deep", "vanilla"] and not decision.simple
    assert cells["take"] == "open: **deep**"
    assert cells["sure"].startswith("P(best) deep 0.") and ", vanilla 0." in cells["sure"]


def test_where_nothing_is_usable_no_network_is_the_answer():
    """And the gains are those of who is in front: negative, since + is better for the architecture everywhere."""
    decision, cells = choose(METRICS, wavelet=method([0.001] * 3)), said(METRICS, wavelet=method([0.001] * 3))
    assert decision.kind == "none" and decision.simple
    assert cells["take"] == "**wavelet** (no network)" and cells["usable"] == "no" and cells["cost"] == ""
    assert cells["sure"] == "no architecture is usable; in front: deep"
    assert cells["reference"] == "-399 % on wavelet" and cells["floor"] == "+50 %"
    metrics = {"pca": metrics_file([0.01] * 3), "deep": metrics_file([0.0099, 0.0101, 0.01], multiply_adds=500)}
    assert said(metrics)["take"] == "**PCA** (no network)" and said(metrics)["cost"] == "100"


def test_what_is_taken_though_no_method_is_usable_says_so():
    rows = [
        row | {"usable": False, "choice": {"vanilla": "take", "deep": "as good"}.get(row["architecture"])}
        for row in rows_of(METRICS, wavelet=method([0.02] * 3))
    ]
    decision = decide(rows)
    cells = answer(decision, rows, TASK)
    assert decision.kind == "take" and (cells["take"], cells["usable"]) == ("**vanilla**", "no")
    assert cells["reference"] == "+75 % on wavelet" and "as good: deep" in cells["sure"]
    assert not enough({"digits": {"reconstruction": decision}}, {"reconstruction": TASK})
    taken, needless, _ = takeaways({"digits": {"reconstruction": decision}, "mnist": {"reconstruction": choose()}})
    assert taken == "**What to take:** no larger network is told to be the one."
    assert needless == (
        "**A simple or no network is enough** in 1 of 2 comparisons: vanilla is as good as any for reconstruction on "
        "MNIST. **No method is good enough** for reconstruction on digits (ahead: vanilla)."
    )


def test_no_network_is_not_enough_where_it_is_not_good_enough_either():
    rows = [
        row | {"usable": False, "choice": "take" if row["architecture"] == "wavelet" else None}
        for row in rows_of(METRICS, wavelet=method([0.001] * 3))
    ]
    decision = decide(rows)
    assert decision.kind == "none" and decision.insufficient and not decision.simple
    _, needless, _ = takeaways({"digits": {"reconstruction": decision}})
    assert needless == "**No method is good enough** for reconstruction on digits (ahead: wavelet)."
    assert answer(decision, rows, TASK)["sure"] == "no method is good enough; in front: deep"


def test_a_comparison_without_pca():
    metrics = {name: METRICS[name] for name in ("vanilla", "denoising")}
    cells = said(metrics)
    assert (cells["take"], cells["reference"], cells["floor"], cells["cost"]) == ("**vanilla**", "", "", "100")
    assert cells["sure"] == "best, P(best) 1.00"


def test_one_seed_decides_nothing():
    metrics = {"pca": metrics_file([0.01]), "deep": metrics_file([0.005])}
    cells = said(metrics)
    assert choose(metrics).kind == "one seed" and cells["take"] == "in front: **deep**"
    assert cells["sure"] == "one seed, no verdict" and cells["floor"] == "+50 %"
    worse = {"pca": metrics_file([0.01]), "deep": metrics_file([0.02])}
    assert choose(worse).kind == "one seed", "nor that nothing is usable"


def test_a_budget_that_ended_training_is_marked():
    facts = METRICS["vanilla"]["facts"] | {"budget_limited": [True]}
    metrics = METRICS | {"vanilla": METRICS["vanilla"] | {"facts": facts}}
    assert said(metrics)["take"] == "**vanilla†**"
    decisions = {"digits": {"reconstruction": choose(metrics)}, "mnist": {"reconstruction": choose()}}
    assert decisions["digits"]["reconstruction"].simple, "and no larger network is taken, of which the sentence tells"
    assert "(budget-limited)" not in takeaways(decisions)[0]
    large = METRICS | {"vanilla": metrics_file([0.0050, 0.00501, 0.00499], multiply_adds=500)}
    limited = large | {"deep": large["deep"] | {"facts": facts}}
    decisions = {"digits": {"reconstruction": choose(limited)}, "mnist": {"reconstruction": choose(large)}}
    assert "lower the loss of 1 of these 2 (budget-limited)." in takeaways(decisions)[0]


def test_figures_as_people_write_them():
    assert gain(0.5, TASK) == "+50 %" and gain(-10, TASK) == "-1000 %" and gain(-5e8, TASK) == "below -1,000 %"
    assert gain(1.234, task_of("denoising")) == "+1.23 dB"
    assert gain(-0.0123, task_of("anomaly")) == "-0.012"
    assert [many(value) for value in (8, 8192, 311_296, 1_234_567, 2e9)] == ["8", "8.19 k", "311 k", "1.23 M", "2 G"]


def test_small_networks_are_simple():
    metrics = METRICS | {"vanilla": metrics_file([0.0050, 0.00501, 0.00499], multiply_adds=201)}
    assert choose().simple and not choose(metrics).simple, "at most twice PCA's multiply-adds"


@pytest.fixture
def needless():
    return {"pca": metrics_file([0.01] * 3), "deep": metrics_file([0.0099, 0.0101, 0.01], 500)}


def test_takeaways(needless):
    """What to take where, where a simple or no network is enough, and what is open."""
    large = METRICS | {name: metrics_file([mse, 1.001 * mse, 0.999 * mse], 900) for name, mse in (("vanilla", 0.005),)}
    large = {name: content for name, content in large.items() if name != "deep"}
    decisions = {"digits": {"reconstruction": choose(large)}}
    taken, pays_everywhere, _ = takeaways(decisions)
    assert taken == "**What to take:** vanilla for reconstruction on digits."
    assert pays_everywhere.startswith("**A network pays** wherever")
    single = {"pca": metrics_file([0.01]), "deep": metrics_file([0.005])}
    decisions |= {"mnist": {"reconstruction": choose(needless)}, "cifar10": {"reconstruction": choose(single)}}
    decisions |= {"fashion_mnist": decisions["digits"], "own": {"reconstruction": choose()}}
    taken, simple, sure = takeaways(decisions)
    assert taken == "**What to take:** vanilla for reconstruction on digits and Fashion-MNIST."
    assert simple == (
        "**A simple or no network is enough** in 2 of 5 comparisons: no architecture is usable for reconstruction on "
        "MNIST; vanilla is as good as any for reconstruction on own."
    )
    assert sure == "**Decided:** 4 of 5 comparisons; open: reconstruction on CIFAR-10 (one seed is no verdict)."


def test_where_a_simple_or_no_network_is_enough(needless):
    decisions = {"digits": {"reconstruction": choose()}, "mnist": {"reconstruction": choose(needless)}}
    (line,) = enough(decisions, {"reconstruction": TASK})
    assert line.startswith(
        "reconstruction: digits: vanilla (equivalent); MNIST: PCA (no architecture is usable, in front"
    )
    rows = rows_of(METRICS)
    assert row_of(rows, "vanilla")["choice"] == "take" and enough({}, {"reconstruction": TASK}) == []
