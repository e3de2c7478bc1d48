"""What the report reads of a data set."""

import json

import pytest
from helpers import METRICS, SPECTRUM, method, row_of, task_of

from stages.judge import __main__ as judge
from stages.tell.results import mean_score, read_results


def asked(params, architectures, *tasks):
    return params | {"architectures": architectures, "tasks": dict.fromkeys(tasks or ("reconstruction", "compression"))}


@pytest.fixture
def kept(tmp_path, monkeypatch, params):
    """Results of the digits, judged in two tasks of which one has scores."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "metrics/digits"
    (folder / "scores").mkdir(parents=True)
    for name, content in METRICS.items():
        (folder / f"scores/{name}.json").write_text(json.dumps(content))
    tasks = [task_of(name)._asdict() for name in ("reconstruction", "compression")]
    references = {"classifier": {"accuracy": 0.9}, "tasks": tasks, "pca_spectrum": SPECTRUM}
    references["scores"] = {"reconstruction": {"mean_image": method([0.06] * 3)}}
    (folder / "references.json").write_text(json.dumps(references))
    monkeypatch.setattr(judge, "read_params", lambda: asked(params, ["pca", "deep"]))
    judge.main("digits")


def test_what_was_judged_is_read(kept, monkeypatch, params):
    """Settings that have changed since do not count: what was judged stands until judge runs again."""
    found = read_results("digits")
    assert list(found["metrics"]) == ["pca", "deep"]
    rows = found["tables"]["reconstruction"][""]
    assert [row["architecture"] for row in rows] == ["deep", "pca", "mean_image"]
    assert list(found["tables"]) == list(found["tasks"]) == list(found["verdicts"]["tasks"]) == ["reconstruction"]
    assert found["accuracy"] == 0.9
    data = {name: params["data"]["digits"][name] for name in judge.BUDGET}
    assert found["verdicts"]["data"] == data | {"folder": False, "minutes": None, "private": False}
    assert mean_score(found, row_of(rows, "mean_image"), "mse") == pytest.approx(0.06)
    assert mean_score(found, row_of(rows, "deep"), "ssim") == 0.9 and mean_score(found, rows[0], "none") is None


def test_of_a_folder_it_is_said_how_long_was_allowed(kept, monkeypatch, params):
    folder = {"architectures": ["pca", "deep"], "minutes": 30, "images": 1000}
    data = params["data"] | {"digits": params["data"]["digits"] | {"folder": folder}}
    monkeypatch.setattr(judge, "read_params", lambda: asked(params, ["vanilla"]) | {"data": data})
    judge.main("digits")
    verdicts = read_results("digits")["verdicts"]
    assert verdicts["architectures"] == ["pca", "deep"]
    assert verdicts["data"]["folder"] and verdicts["data"]["minutes"] == 30


def test_nothing_has_been_judged(kept, monkeypatch, params):
    assert not read_results("mnist")
    monkeypatch.setattr(judge, "read_params", lambda: asked(params, ["pca"], "compression"))
    judge.main("digits")
    assert not read_results("digits")
