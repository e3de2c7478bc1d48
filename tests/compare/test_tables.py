"""Tables behind the charts."""

import numpy as np
from helpers import metrics_file

from stages.compare.tables import costs, curves, rate_distortion


def test_curves_are_one_long_table():
    table = curves({"pca": metrics_file([0.1, 0.1])})
    assert list(table.columns) == ["architecture", "seed", "epoch", "term", "split", "value"]
    assert len(table) == 2 * 4 * 10
    assert set(table["split"]) == {"train", "validation"} and set(table["term"]) == {"loss", "reconstruction"}


def test_tables_of_the_charts():
    coder = {"rates": [[1, 2], [3, 4]], "psnrs": [[10, 20], [10, 22]], "ssims": [[0.5, 0.6], [0.5, 0.8]]}
    metrics = {
        name: {"scores": {"compression": coder}, "cost": {"multiply_adds": 9, "parameters": 5}} for name in ("b", "a")
    }
    table = rate_distortion(metrics, {"compression": {"jpeg": coder}})
    assert table.architecture.tolist() == ["b", "b", "a", "a", "jpeg", "jpeg"]
    np.testing.assert_allclose(table[["setting", "rate", "psnr", "ssim"]][:2], [[0, 2, 10, 0.5], [1, 3, 21, 0.7]])
    assert rate_distortion({"a": {"scores": {}}}, {}).empty
    ranked = [
        {"architecture": name, "kind": "architecture", "place": place, "measure": "mse", "mean": place / 10}
        for name, place in (("a", 1), ("b", 0))
    ]
    table = costs(metrics, {"reconstruction": [*ranked, {"architecture": "jpeg", "kind": "reference"}]})
    assert table.values.tolist() == [
        ["b", "reconstruction", "mse", 0.0, 9, 5],
        ["a", "reconstruction", "mse", 0.1, 9, 5],
    ]
