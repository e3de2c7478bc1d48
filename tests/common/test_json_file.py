"""Metrics files: readable, exact to six digits, gathered over seeds."""

import json

import numpy as np
import pytest

from stages.common.json_file import gathered, rounded, to_json, write


def test_json_is_readable_and_exact():
    value = {"a": {"b": 0.1, "c": [[1, 2], [3.5]]}, "d": ["x"]}
    text = to_json(value)
    assert json.loads(text) == value
    assert '"c": [[1, 2], [3.5]]' in text and text.count("\n") == 6
    assert to_json({"rows": [{"a": [1]}, {"a": []}]}) == '{\n  "rows": [\n    {"a": [1]},\n    {"a": []}\n  ]\n}'
    assert rounded({"a": [0.123456789], "b": 12345678}) == {"a": [0.123457], "b": 12345678}


def test_files_and_their_folder(tmp_path):
    write(tmp_path / "a/b.json", {"mse": 0.123456789, 3: {}})
    assert (tmp_path / "a/b.json").read_text() == '{\n  "mse": 0.123457,\n  "3": {}\n}\n'


def test_seeds_are_gathered():
    assert gathered([{"mse": 1, "list": [1]}, {"mse": 2, "list": [2]}]) == {"mse": [1, 2], "list": [[1], [2]]}


def test_what_is_no_number_is_null(tmp_path):
    """JSON has no NaN, and nobody takes null for a score; numpy reads it back as NaN."""
    write(tmp_path / "a.json", {"auroc": float("nan"), "auroc_by_seed": [0.5, float("inf"), np.float64("nan")]})
    text = (tmp_path / "a.json").read_text()
    found = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert found == {"auroc": None, "auroc_by_seed": [0.5, None, None]}
    assert np.isnan(np.asarray(found["auroc_by_seed"], float)).tolist() == [False, True, True]
    with pytest.raises(ValueError, match="Out of range float"):
        to_json([float("nan")])
