"""Choosing by reconstruction error."""

from helpers import METRICS, metrics_file, result

from stages.judge.chosen_by_error import chosen_by_error


def chosen(metrics, changes=None):
    found = result(metrics)
    rows = [row | (changes or {}) for row in found["tables"]["reconstruction"][""]]
    return chosen_by_error(metrics, {"reconstruction": {"": rows}}, found["tasks"])


def test_the_choice_is_made_by_validation_images_whatever_the_test_images_say():
    metrics = METRICS | {"vanilla": metrics_file([0.00500, 0.00501, 0.00499])}
    metrics["vanilla"]["scores"]["reconstruction"]["validation_mse"] = [0.001] * 3
    found = chosen(metrics)
    assert found["architecture"] == "vanilla"
    assert found["tasks"] == {
        "reconstruction": {"": {"verdict": "equivalent", "words": "0 %: equivalent, rank 1 to 2"}}
    }
    marked = chosen(metrics, {"budget_limited": True, "usable": False})
    assert marked["tasks"]["reconstruction"][""]["words"] == "0 %: equivalent, rank 1 to 2†, not usable"


def test_where_reconstruction_is_not_measured_nothing_is_said():
    assert chosen_by_error(METRICS, {}, {}) == {}


def test_who_fails_is_not_chosen():
    metrics = result(METRICS | {"sparse": metrics_file([0.0010, 0.0011, 0.03])})["metrics"]
    assert "failed_seeds" in metrics["sparse"]["facts"] and chosen(metrics)["architecture"] == "deep"
    assert chosen(result({"deep": metrics_file([0.001, 0.0011, 0.03])})["metrics"]) == {}
