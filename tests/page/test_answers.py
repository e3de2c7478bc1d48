"""Answers of the live page: the report's decisions in plain words."""

import pytest
from helpers import METRICS, VERDICTS, method, metrics_file, result, row_of, task_of

from stages.compare.ranking import ranked
from stages.page.answers import purpose
from stages.report.decisions import decide

TASK = task_of("reconstruction")


def asked(metrics=METRICS, **references):
    rows = result(metrics, **references)["tables"]["reconstruction"]
    return purpose(TASK, rows, metrics), rows


def test_one_to_take():
    found, rows = asked()
    assert found["title"] == "Reconstruction" and found["better"] == "lower"
    said = found["answer"]
    assert said["lead"] == "Take" and said["names"] == ["vanilla"]
    assert "sure to be as good as the best of 5, as deep are; it costs least" in said["sure"]
    assert said["cost"] == "100 multiply-adds an image; 10 weights"
    assert said["beats"] == "+50 % on PCA" and "0.005" in said["good"]
    assert said["names"] == [decide(rows).rows[0]["architecture"]]


def test_usable_is_said_of_what_one_can_take():
    found, _ = asked(median=method([0.02] * 3), mean_image=method([0.07] * 3))
    usable = {row["name"]: row["usable"] for row in found["rows"]}
    assert usable["mean_image"] is None and usable["median"] is True and usable["vanilla"] is True


def test_the_best_one():
    said = asked({**METRICS, "deep": metrics_file([0.0010, 0.00101, 0.00099], multiply_adds=400)})[0]["answer"]
    assert said["names"] == ["deep"] and said["sure"] == "more than 99 % sure to be the best of 5"


def test_no_network_is_needed():
    said = asked(median=method([0.001] * 3))[0]["answer"]
    assert said["lead"] == "No network is needed. Take" and said["names"] == ["median"]
    assert said["sure"].startswith("None of the 5 architectures is usable; in front of them is")
    assert said["cost"] == "Nothing to train, and no network to run"


def test_what_is_taken_though_no_method_is_usable_says_so():
    rows = [row | {"usable": False} for row in asked(median=method([0.02] * 3))[1]]
    said = purpose(TASK, rows, METRICS)["answer"]
    assert said["lead"] == "Take" and said["names"] == ["vanilla"] and "; but no method is good enough" in said["sure"]
    assert "good enough" not in asked()[0]["answer"]["sure"]


def test_no_network_is_not_called_enough_where_it_is_not_good_enough_either():
    rows = [row | {"usable": False} for row in asked(median=method([0.001] * 3))[1]]
    said = purpose(TASK, rows, METRICS)["answer"]
    assert (said["lead"], said["names"]) == ("No method is good enough. Ahead:", ["median"])


def test_one_seed_is_no_verdict():
    metrics = {"pca": metrics_file([0.010]), "vanilla": metrics_file([0.005])}
    said = asked(metrics)[0]["answer"]
    assert said["lead"].startswith("No verdict from one training run") and said["names"] == ["vanilla"]
    assert "seeds and images" not in said["good"]


def test_where_nothing_is_told_the_candidates_stand():
    metrics = {
        "pca": metrics_file([0.010] * 3),
        "vanilla": metrics_file([0.0050, 0.0056, 0.0060]),
        "deep": metrics_file([0.0050, 0.0055, 0.0062]),
    }
    said = asked(metrics)[0]["answer"]
    assert said["lead"].startswith("Not decided") and set(said["names"]) == {"vanilla", "deep"}
    assert said["sure"].startswith("Chances to be the best of 3: ")


def test_rows_have_what_the_table_shows():
    found, rows = asked(median=method([0.02] * 3))
    assert [row["name"] for row in found["rows"]] == [row["architecture"] for row in rows]
    row = next(row for row in found["rows"] if row["name"] == "deep")
    assert row["multiply_adds"] == 400 and row["gain"] == pytest.approx(row_of(rows, "deep")["gain_reference"])
    assert row["gain_told"] == "+75 %" and row["verdict"] in ("best", "equivalent")
    assert "multiply_adds" not in next(row for row in found["rows"] if row["name"] == "median")


def test_a_task_that_does_not_say_its_name():
    task = TASK._replace(about="Images given back")
    assert ranked(METRICS, {}, task, VERDICTS)
    found = purpose(task, ranked(METRICS, {}, task, VERDICTS), METRICS)
    assert (found["title"], found["about"]) == ("reconstruction", "Images given back")
