"""Results as figures see them, read from what Git keeps."""

import json

import pytest
from helpers import METRICS, method, metrics_file, rows_of, task_of

from stages.common.results import read_metrics, read_references, write_verdicts
from stages.common.stage import UserError
from stages.draw.results import read_results


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A function that writes metrics files of the digits."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "metrics/digits"
    for part in ("scores", "summary"):
        (folder / part).mkdir(parents=True)

    def write(references=None, rows=None, **scores):
        paths = {"references": references} if references else {}
        paths |= {"summary/reconstruction": rows} if rows else {}
        for name, content in (paths | {f"scores/{name}": content for name, content in scores.items()}).items():
            (folder / f"{name}.json").write_text(json.dumps(content))

    return write


def test_seeds_that_differ_are_an_error(kept):
    kept(pca=metrics_file([0.1, 0.1]))
    with pytest.raises(UserError, match=r"vanilla\.json is missing: `dvc repro evaluate@digits-vanilla`"):
        read_metrics("digits", ["pca", "vanilla"])
    kept(vanilla=metrics_file([0.1, 0.1, 0.1]))
    with pytest.raises(UserError, match="different seeds"):
        read_metrics("digits", ["pca", "vanilla"])


def test_a_file_of_another_architecture_is_passed_over(kept):
    kept(pca=metrics_file([0.1]), vanilla=metrics_file([0.1]), stale=metrics_file([0.1]))
    assert list(read_metrics("digits", ["vanilla", "pca"])) == ["vanilla", "pca"]


def test_tasks_come_with_the_references(kept):
    """Comparing needs no code of a task: what it says of itself is read."""
    task = task_of("reconstruction")._replace(measure="mae", label="another measure", bounds=["mean_image"])
    kept(references={"classifier": {}, "tasks": [task._asdict()], "scores": {"reconstruction": {}}})
    tasks, content = read_references("digits")
    assert list(tasks) == ["reconstruction"] and content["scores"] == {"reconstruction": {}}
    read, written = (json.loads(json.dumps(one._asdict())) for one in (tasks["reconstruction"], task))
    assert read == written and tasks["reconstruction"].lower_is_better


def test_all_that_figures_see(kept):
    scores = {"reconstruction": {"mean_image": method([0.06] * 3)}, "features": {}}
    tasks = [task_of(name)._asdict() for name in ("reconstruction", "features")]
    metrics = {name: METRICS[name] for name in ("deep", "pca")}
    kept({"classifier": {}, "tasks": tasks, "scores": scores}, rows_of(metrics), **METRICS)
    write_verdicts("digits", {"architectures": ["deep", "pca"]})
    results = read_results("digits")
    assert list(results.metrics) == ["deep", "pca"] and list(results.tasks) == ["reconstruction", "features"]
    assert list(results.summary) == ["reconstruction"], "a task without scores has no table"
    assert [row["architecture"] for row in results.summary["reconstruction"][""]] == ["deep", "pca", "mean_image"]
