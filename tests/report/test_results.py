"""What the report reads of a data set."""

import json

import pytest
from helpers import METRICS, SPECTRUM, method, metrics_file, result, row_of, rows_of, task_of

from stages.report.results import hardest_class, read_dataset, regrets


def test_regret_of_choosing_by_error():
    """The choice is made by validation images, whatever the test images say."""
    metrics = METRICS | {"vanilla": metrics_file([0.00500, 0.00501, 0.00499])}
    metrics["vanilla"]["scores"]["reconstruction"]["validation_mse"] = [0.001] * 3
    found = regrets(result(metrics))
    assert found["chosen"] == "vanilla" and found["rows"]["reconstruction"]["verdict"] == "equivalent"
    assert regrets(result() | {"tables": {}}) == {}


def test_the_hardest_class_is_named():
    found = result()
    assert hardest_class(found, row_of(rows_of(), "denoising")) == "b (0.0322)"
    assert hardest_class(found, row_of(rows_of(), "mean_image")) == ""
    odd = METRICS["denoising"]["facts"] | {"classes": ["a", "b|<b>\n"]}
    metrics = METRICS | {"denoising": METRICS["denoising"] | {"facts": odd}}
    assert hardest_class(result(metrics), row_of(rows_of(), "denoising")) == "b&#124;&lt;b&gt; (0.0322)"


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
    references = {"classifier": {"accuracy": 0.9}, "tasks": tasks, "pca_spectrum": SPECTRUM}
    references["scores"] = {"reconstruction": {"mean_image": method([0.06] * 3)}}
    (tmp_path / "metrics/digits/references.json").write_text(json.dumps(references))


def asked(params, architectures, *tasks):
    return params | {"architectures": architectures, "tasks": dict.fromkeys(tasks or ("reconstruction", "compression"))}


def test_what_has_not_been_compared_is_said(kept, params):
    """An architecture that is new in params.yaml: the others' results still stand."""
    found = read_dataset("digits", asked(params, ["pca", "deep", "brand_new"]))
    assert found["missing"] == ["brand_new"] and list(found["metrics"]) == ["pca", "deep"]
    names = [row["architecture"] for row in found["tables"]["reconstruction"]]
    assert names == ["deep", "pca", "mean_image"] and list(found["tables"]) == ["reconstruction"]
    assert found["accuracy"] == 0.9 and list(found["tasks"]) == ["reconstruction", "compression"]


def test_a_comparison_of_some_is_ranked_anew(kept, params):
    """Asked for fewer architectures than have been compared, the report's ranks are those among them."""
    found = read_dataset("digits", asked(params, ["denoising", "pca"], "reconstruction"))
    ranks = {row["architecture"]: row.get("rank") for row in found["tables"]["reconstruction"]}
    assert ranks == {"pca": 1, "denoising": 2, "mean_image": None}


def test_of_a_folder_of_ones_own_only_what_was_chosen_is_missing(kept, params):
    folder = {"architectures": ["pca", "brand_new"]}
    own = params["data"] | {"digits": params["data"]["digits"] | {"folder": folder}}
    found = read_dataset("digits", asked(params, ["pca", "deep", "brand_new"]) | {"data": own})
    assert found["missing"] == ["brand_new"] and list(found["metrics"]) == ["pca"]


def test_nothing_that_is_asked_for_has_been_compared(kept, params):
    assert not read_dataset("mnist", asked(params, ["pca"]))
    assert not read_dataset("digits", asked(params, ["brand_new"]))
    assert not read_dataset("digits", asked(params, ["pca"], "compression"))
