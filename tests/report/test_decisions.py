"""Decisions: what to take follows from the figures."""

import json

import pytest
from helpers import METRICS, method, metrics_file, result, row_of, rows_of, task_of

from stages.report.decisions import decide, hardest_class, margin, read_dataset, takeaways


def test_the_pick_is_the_cheapest_of_the_tied():
    choice = decide(rows_of(), METRICS)
    assert choice["pick"]["architecture"] == "vanilla" and choice["tied"] == ["deep"]
    assert choice["reference"] is None


def test_a_tie_for_want_of_seeds_is_no_pick():
    """Seeds that differ wildly cannot be told from the best, but neither are they to be recommended for being cheap."""
    metrics = {"deep": metrics_file([0.0050, 0.0051, 0.0049], 400), "vanilla": metrics_file([0.005, 0.020, 0.011], 100)}
    choice = decide(rows_of(metrics), metrics)
    assert choice["pick"]["architecture"] == "deep" and choice["tied"] == ["vanilla"]


def test_pca_is_picked_where_it_ties():
    metrics = {"pca": metrics_file([0.01, 0.01, 0.01]), "deep": metrics_file([0.0099, 0.0101, 0.01], multiply_adds=500)}
    assert decide(rows_of(metrics), metrics)["pick"]["architecture"] == "pca"


def test_a_comparison_without_pca():
    metrics = {name: METRICS[name] for name in ("vanilla", "denoising")}
    rows = rows_of(metrics)
    assert not any("versus_floor" in row for row in rows)
    assert decide(rows, metrics)["pick"]["architecture"] == "vanilla"


@pytest.mark.parametrize(("values", "beaten"), [([0.02] * 3, "yes"), ([0.001] * 3, "no"), ([0.00499] * 3, "tie")])
def test_a_method_without_a_network_is_said_to_win_or_tie(values, beaten):
    choice = decide(rows_of(METRICS, wavelet=method(values)), METRICS)
    assert choice["beaten"] == beaten and choice["reference"]["architecture"] == "wavelet"


def test_margins_are_in_the_unit_of_the_task():
    assert margin(-0.5, task_of("reconstruction")) == "-50 %"
    assert margin(1.234, task_of("denoising")) == "+1.23 dB"
    assert margin(-0.0123, task_of("anomaly")) == "-0.012"


def test_the_hardest_class_is_named():
    found = result()
    assert hardest_class(found, row_of(rows_of(), "denoising")) == "b (0.0322)"
    assert hardest_class(found, row_of(rows_of(), "mean_image")) == ""


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Results of the digits, compared in two tasks of which one has scores."""
    monkeypatch.chdir(tmp_path)
    for folder in ("summary/digits", "digits"):
        (tmp_path / "metrics" / folder).mkdir(parents=True)
    (tmp_path / "metrics/summary/digits/reconstruction.json").write_text(json.dumps(rows_of()))
    for name, content in METRICS.items():
        (tmp_path / f"metrics/digits/{name}.json").write_text(json.dumps(content))
    tasks = [task_of(name)._asdict() for name in ("reconstruction", "compression")]
    scores = {"reconstruction": {"mean_image": method([0.06] * 3)}}
    references = {"classifier": {"accuracy": 0.9}, "tasks": tasks, "scores": scores}
    (tmp_path / "metrics/digits/references.json").write_text(json.dumps(references))


def test_what_has_not_been_compared_is_said(kept):
    """An architecture that is new in params.yaml: the others' results still stand."""
    found = read_dataset("digits", ["pca", "deep", "brand_new"], ["reconstruction", "compression"])
    assert found["missing"] == ["brand_new"] and list(found["metrics"]) == ["pca", "deep"]
    names = [row["architecture"] for row in found["tables"]["reconstruction"]]
    assert names == ["deep", "pca", "mean_image"] and list(found["tables"]) == ["reconstruction"]
    assert found["accuracy"] == 0.9 and list(found["tasks"]) == ["reconstruction", "compression"]


def test_a_comparison_of_some_is_ranked_anew(kept):
    """Asked for fewer architectures than have been compared, the report's ranks are those among them."""
    found = read_dataset("digits", ["denoising", "pca"], ["reconstruction"])
    ranks = {row["architecture"]: row.get("rank") for row in found["tables"]["reconstruction"]}
    assert ranks == {"pca": 1, "denoising": 2, "mean_image": None}


def test_nothing_that_is_asked_for_has_been_compared(kept):
    assert not read_dataset("mnist", ["pca"], ["reconstruction"])
    assert not read_dataset("digits", ["brand_new"], ["reconstruction"])
    assert not read_dataset("digits", ["pca"], ["compression"])


def test_takeaways():
    """Where a network pays, where none is needed, and how much is undecided."""
    pays = result()
    needless = result({"pca": metrics_file([0.01] * 3), "deep": metrics_file([0.0099, 0.0101, 0.01], 500)})
    decisions = {
        dataset: {"reconstruction": decide(found["tables"]["reconstruction"], found["metrics"])}
        for dataset, found in {"digits": pays, "mnist": needless}.items()
    }
    taken, simple, sure = takeaways({"digits": pays, "mnist": needless}, decisions)
    assert taken == "**What to take:** vanilla for reconstruction on digits."
    assert simple.startswith("**No network is needed** for reconstruction on MNIST")
    assert sure.startswith("**How sure:** in 2 of 2 comparisons others tie with the best")
    _, pays_everywhere, _ = takeaways({"digits": pays}, {"digits": decisions["digits"]})
    assert pays_everywhere.startswith("**A network pays** in every task")
