"""Answers of the live page: the report's decisions in plain words."""

import json

import pytest
from helpers import METRICS, method, metrics_file, result, row_of, task_of, with_half

from stages.page.__main__ import purpose

TASK = task_of("reconstruction")


def asked(metrics=METRICS, changes=None, **references):
    """The purpose, and the decision and rows that it is made of; changes: what is different in the decision."""
    found = result(metrics, **references)
    judged, tables = found["verdicts"]["tasks"]["reconstruction"], found["tables"]["reconstruction"]
    decision = judged["cases"][""] | (changes or {})
    said = purpose(TASK, tables, judged | {"cases": {"": decision}})
    return said | said["cases"][0], decision, tables[""]


def test_one_to_take():
    found, decision, _ = asked()
    assert found["title"] == "Reconstruction" and found["better"] == "lower"
    said = found["answer"]
    assert said["lead"] == "Recommended:" and said["names"] == ["vanilla"] == decision["names"][:1]
    assert said["sure"] == "More than 99 % sure to be as good as the best of 5, as deep is; it costs least"
    assert said["cost"] == "100 multiply-adds an image; 10 weights"
    assert said["beats"] == "50 % less than PCA" and "0.005" in said["good"]


def test_the_best_one():
    said = asked({**METRICS, "deep": metrics_file([0.0010, 0.00101, 0.00099], multiply_adds=400)})[0]["answer"]
    assert said["names"] == ["deep"] and said["sure"] == "More than 99 % sure to be the best of 5"


def test_usable_is_said_of_what_one_can_take():
    found, _, _ = asked(median=method([0.02] * 3), mean_image=method([0.07] * 3))
    usable = {row["name"]: row["usable"] for row in found["rows"]}
    assert usable["mean_image"] is None and usable["median"] is True and usable["vanilla"] is True


def test_no_network_is_needed():
    said = asked(median=method([0.001] * 3))[0]["answer"]
    assert said["lead"] == "No network is needed. Recommended:" and said["names"] == ["median"]
    why = "is better by significantly more than the margin"
    assert said["sure"] == f"None of the 5 architectures {why}; the best of them is deep with 0.00499"
    assert said["cost"] == "Nothing to train, and no network to run"
    assert said["beats"] == "deep: 399 % more than median; 50 % less than PCA"


def test_what_half_of_the_epochs_would_change_is_said():
    metrics = METRICS | {"vanilla": with_half(METRICS["vanilla"], 0.02)}
    assert asked(metrics)[0]["answer"]["sure"].endswith("; at half of the epochs PCA is ahead by 50 %")
    assert "epochs" not in asked(metrics, median=method([0.001] * 3))[0]["answer"]["sure"]
    assert "†" not in json.dumps(asked(metrics)[0], ensure_ascii=False), "which the page does not explain"


def test_where_nothing_is_told_three_candidates_stand():
    names = ["vanilla", "deep", "pca", "denoising"]
    found, _, _ = asked(changes={"kind": "open", "names": names})
    assert found["answer"]["names"] == names[:3]


def test_what_is_open_says_the_chances():
    metrics = {
        "pca": metrics_file([0.010] * 3),
        "vanilla": metrics_file([0.0050, 0.0056, 0.0060]),
        "deep": metrics_file([0.0050, 0.0055, 0.0062]),
    }
    said = asked(metrics)[0]["answer"]
    assert said["lead"].startswith("Not decided") and set(said["names"]) == {"vanilla", "deep"}
    assert said["sure"].startswith("Chances to be the best of 3: ")


def test_one_seed_names_who_is_in_front():
    metrics = {"pca": metrics_file([0.010]), "vanilla": metrics_file([0.005])}
    said = asked(metrics)[0]["answer"]
    assert said["lead"].startswith("No verdict from one training run") and said["names"] == ["vanilla"]


def test_rows_have_what_the_table_shows():
    found, _, rows = asked(median=method([0.02] * 3))
    assert [row["name"] for row in found["rows"]] == [row["architecture"] for row in rows]
    row = next(row for row in found["rows"] if row["name"] == "deep")
    assert row["multiply_adds"] == 400 and row["gain"] == pytest.approx(row_of(rows, "deep")["gain_reference"])
    assert row["gain_words"] == "+75 %" and row["verdict"] in ("best", "equivalent")
    reference = next(row for row in found["rows"] if row["name"] == "median")
    assert reference["multiply_adds"] is reference["gain"] is None and reference["gain_words"] == ""


def test_a_task_that_does_not_say_its_name():
    _, decision, rows = asked()
    judged = {"summary": "", "cases": {"": decision}}
    found = purpose(TASK._replace(about="Images reconstructed"), {"": rows}, judged)
    assert (found["title"], found["about"]) == ("reconstruction", "Images reconstructed")
