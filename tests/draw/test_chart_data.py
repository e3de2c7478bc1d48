"""Tables behind the charts."""

import numpy as np
from helpers import metrics_file

from stages.draw.chart_data import costs, curves, rate_distortion, write


def test_curves_are_one_long_table():
    heading, *rows = curves({"pca": metrics_file([0.1, 0.1])})
    assert heading == ("architecture", "seed", "epoch", "term", "split", "value", "place")
    assert len(rows) == 2 * 4 * 10
    assert {row[4] for row in rows} == {"train", "validation"} and {row[3] for row in rows} == {
        "loss",
        "reconstruction",
    }


def test_tables_of_the_charts():
    coder = {"rates": [[1, 2], [3, 4]], "psnrs": [[10, 20], [10, 22]], "ssims": [[0.5, 0.6], [0.5, 0.8]]}
    metrics = {
        name: {"scores": {"compression": coder}, "facts": {"multiply_adds": [9], "parameters": [5]}}
        for name in ("b", "a")
    }
    _, *rows = rate_distortion(metrics, {"compression": {"jpeg": coder}})
    assert [row[0] for row in rows] == ["b", "b", "a", "a", "jpeg", "jpeg"]
    np.testing.assert_allclose([row[2:] for row in rows[:2]], [[0, 2, 10, 0.5, 0], [1, 3, 21, 0.7, 0]])
    assert [row[-1] for row in rows] == [0, 0, 1, 1, "", ""]
    assert len(rate_distortion({"a": {"scores": {}}}, {})) == 1
    ranked = [
        {"architecture": name, "kind": "architecture", "place": place, "measure": "mse", "mean": place / 10}
        for name, place in (("a", 1), ("b", 0))
    ]
    _, *rows = costs(metrics, {"denoising": {"noise": [*ranked, {"architecture": "jpeg", "kind": "reference"}]}})
    assert rows == [("b", "denoising", "noise", "mse", 0.0, 9, 5, 0), ("a", "denoising", "noise", "mse", 0.1, 9, 5, 1)]


def test_a_table_is_written_with_six_digits(tmp_path):
    write([("a", "b"), ("deep, or not", 1234567), (np.float64(1 / 3), 2e-9)], tmp_path / "plots/table.csv")
    assert (tmp_path / "plots/table.csv").read_bytes() == b'a,b\n"deep, or not",1234567\n0.333333,2e-09\n'
