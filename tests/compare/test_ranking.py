"""Rows of the summary: ranks, verdicts and margins follow from the scores."""

import numpy as np
import pytest
from helpers import METRICS, method, metrics_file, row_of, rows_of, task_of

from stages.compare.ranking import ranked


def test_ranks_and_verdicts():
    rows = rows_of()
    ranks = {row["architecture"]: row["rank"] for row in rows if row["kind"] == "architecture"}
    assert (ranks["deep"], ranks["vanilla"], ranks["denoising"]) == (1, 1, 5)
    assert row_of(rows, "vanilla")["versus_best"] == "tie"
    assert row_of(rows, "vanilla")["versus_floor"] == "better"
    assert row_of(rows, "vanilla")["margin_floor"] == pytest.approx(-0.5)
    assert row_of(rows, "variational")["versus_floor"] == "tie"
    assert row_of(rows, "denoising")["versus_floor"] == "worse"
    assert row_of(rows, "pca")["versus_floor"] == "itself"
    assert row_of(rows, "mean_image")["kind"] == "bound"
    assert "versus_reference" not in row_of(rows, "deep"), "a bound is no rival"


def test_a_reference_is_a_rival():
    rows = rows_of(METRICS, wavelet=method([0.02] * 3))
    assert row_of(rows, "wavelet")["kind"] == "reference"
    assert row_of(rows, "deep")["versus_reference"] == "better"
    assert row_of(rows, "deep")["margin_reference"] == pytest.approx(-0.75, abs=0.01)
    assert [row["kind"] for row in rows] == ["architecture"] * 5 + ["reference", "bound"]


def test_the_task_says_which_way_is_better_and_how_margins_are_told():
    higher = task_of("reconstruction")._replace(better="higher", margin="absolute")
    rows = ranked(METRICS, {}, higher)
    assert rows[0]["architecture"] == "denoising" and row_of(rows, "vanilla")["versus_floor"] == "worse"
    assert row_of(rows, "vanilla")["margin_floor"] == pytest.approx(-0.005)


def test_a_task_that_this_data_set_does_not_have():
    assert ranked(METRICS, {"raw_pixels": {}}, task_of("features")) == []


def test_the_place_is_that_of_params():
    rows = rows_of()
    assert {row["architecture"]: row["place"] for row in rows[:5]} == {name: i for i, name in enumerate(METRICS)}
    assert np.diff([row["mean"] for row in rows[:5]]).min() >= 0


def test_one_seed_has_no_interval_and_its_verdict_is_of_the_test_images():
    metrics = {name: metrics_file([mse]) for name, mse in (("pca", 0.01), ("deep", 0.005))}
    rows = ranked(metrics, {}, task_of("reconstruction"))
    assert row_of(rows, "pca")["versus_best"] == "behind" and row_of(rows, "pca")["low"] is None
    assert row_of(rows, "pca")["seed_error"] == 0 and row_of(rows, "pca")["test_image_error"] > 0
