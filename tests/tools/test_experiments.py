"""The table of experiments: a small one for each cell, instead of a column for every figure of every cell."""

import pandas as pd
import pytest

from stages.common.stage import UserError
from tools import experiments
from tools.command import FailedError

SHOWN = pd.DataFrame(
    {
        "metrics/digits/scores/sparse.json:reconstruction.mse": [0.01, 0.02, 0.01],
        "metrics/digits/scores/sparse.json:anomaly.auroc": [0.8, 0.8, 0.8],
        "metrics/digits/scores/deep.json:reconstruction.mse": [0.03, None, 0.04],
        "metrics/digits/scores/pca.json:reconstruction.mse": [0.05, None, 0.05],
        "architecture.sparse.weight": [0.02, 0.1, 0.02],
        "training.activation": ["relu", "relu", "tanh"],
        "params.yaml": ["a", "b", "c"],
        "code/draw.json": ["x", "y", "z"],
    },
    index=pd.Index(["main", "heavier", "curved"], name="experiment"),
)


def test_a_cell_shows_the_experiments_that_changed_it():
    found = experiments.tables(SHOWN)
    assert list(found) == ["digits/sparse", "digits/deep"]  # PCA did not change
    assert list(found["digits/sparse"].index) == ["main", "heavier"]
    assert list(found["digits/sparse"]) == ["architecture.sparse.weight", "reconstruction.mse"]
    assert list(found["digits/deep"].index) == ["main", "curved"]  # the other one has not run it
    assert found["digits/deep"].loc["curved"].tolist() == ["tanh", 0.04]


def test_no_experiments_and_no_such_commit(tmp_path, monkeypatch):
    with pytest.raises(FailedError, match="nowhere"):
        experiments.read("nowhere")
    monkeypatch.setattr(experiments.pd, "read_csv", lambda *_, **__: pd.DataFrame({"rev": ["workspace", "main"]}))
    with pytest.raises(UserError, match=r"no experiments since HEAD; `dvc exp run"):
        experiments.read("HEAD")
