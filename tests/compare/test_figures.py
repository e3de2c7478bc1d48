"""Figures that compare architectures: all are drawn, also where only some tasks or a single seed are there."""

import json

import numpy as np
import pytest
from helpers import VERDICTS, blobs, make_data, principal, with_references

from stages.common.registry import load, names
from stages.common.task import Task
from stages.compare import __main__ as compare
from stages.compare.figures.dataset.cost import front
from stages.compare.ranking import ranked
from stages.compare.results import Results
from stages.compare.style import colour, image_rows, marker, pixels_of
from stages.evaluate.metrics_file import gathered
from stages.evaluate.references import references
from stages.evaluate.shown import compared


@pytest.fixture(scope="module", params=[True, False], ids=["labels", "no labels"])
def results(request, params_of_tasks):
    """Three linear codes of different sizes, measured on every task."""
    tasks = params_of_tasks
    content = references(make_data(labelled=request.param), tasks, [0, 1])
    data = with_references(make_data(labelled=request.param), tasks)
    metrics, shown = {}, {}
    for size, name in ((4, "pca"), (8, "deep"), (12, "variational")):
        model = principal(data, size)
        model = model._replace(sample=model.sample_mixture) if name == "variational" else model
        own = {
            task: gathered([load("evaluate/tasks", task).score(model, data, seed, **options) for seed in (0, 1)])
            for task, options in tasks.items()
            if request.param or task != "features"
        }
        own["latent_use"] = {"active_units": [3.0, 4.0], "dead_units": [0.0, 0.0]}
        if name == "variational":
            own["latent_use"]["kl_by_dimension"] = [[2.0, 1.0, 0.5], [2.0, 1.0, 0.1]]
        losses = [1.0] if name == "pca" else [1.0, 0.5, 0.4]
        metrics[name] = {
            "scores": own,
            "cost": {"multiply_adds": 10 * size, "parameters": size, "latent_size": size},
            "curves": {seed: {"loss": losses, "val_loss": losses} for seed in "01"},
            "facts": {},
        }
        shown[name] = compared(model, data, 0)
    described = {task["name"]: Task(**task) for task in content["tasks"]}
    summary = {
        task: rows
        for task, one in described.items()
        if (rows := ranked(metrics, content["scores"][task], one, VERDICTS))
    }
    return Results("digits", described, metrics, content["scores"], summary, shown)


@pytest.fixture(scope="module")
def params_of_tasks():
    return {
        "reconstruction": {},
        "compression": {"rates": [0.1, 0.2, 0.3], "images": 40},
        "denoising": {"gaussian": [0.2], "salt_and_pepper": 0.1, "block": 0.4, "images": 20},
        "anomaly": {"images": 40, "quantile": 0.95},
        "features": {},
        "generation": {"images": 40},
    }


@pytest.mark.parametrize("name", names("compare/figures/dataset"))
def test_every_figure_is_drawn_where_its_task_is_measured(name, results):
    module = load("compare/figures/dataset", name)
    task = getattr(module, "TASK", "reconstruction")
    assert task in results.tasks
    if task not in results.summary:
        return  # the stage leaves it out, see below
    figure = module.draw(results)
    figure.canvas.draw()
    said = " ".join(text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text")))
    assert name == "training" or "PCA" in said  # which is solved, not trained


def test_seeds_that_diverged_do_not_squeeze_the_others(results):
    [row, *others] = [row for row in results.summary["reconstruction"] if row["kind"] == "architecture"]
    worst = max(row["mean"] for row in others)
    for far in ({"high": 1e3}, {"mean": 900.0, "high": 1e3}):
        summary = {"reconstruction": [row | far, *others]}
        figure = load("compare/figures/dataset", "tasks").draw(results._replace(summary=summary))
        axes = figure.axes[0]
        assert worst < axes.get_xlim()[1] < 10 * worst
        assert ("outside: " in axes.get_xlabel() and " 900" in axes.get_xlabel()) == ("mean" in far)


def test_the_stage_writes_all_that_was_measured(results, tmp_path, monkeypatch, params):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(compare, "read_params", lambda: params)
    monkeypatch.setattr(compare, "read_results", lambda dataset, params: results)
    compare.main("digits")
    pictures = {path.stem for path in (tmp_path / "plots/digits/pictures").iterdir()}
    expected = set(params["figures"]["dataset"])
    assert pictures == (expected if "features" in results.summary else expected - {"features"})
    for task, rows in results.summary.items():
        text = (tmp_path / f"metrics/summary/digits/{task}.json").read_text()
        assert json.loads(text) == json.loads(json.dumps(rows)) and text.count("\n") == len(rows) + 2
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()}
    assert {path.parent.name for path in before if path.suffix == ".csv"} == {"curves", "rate_distortion", "cost"}
    compare.main("digits")
    assert before == {path: path.read_bytes() for path in before}, "the same bytes every time"


def test_pareto_front():
    costs, values = {"a": 1, "b": 2, "c": 3, "d": 3}, {"a": 5.0, "b": 6.0, "c": 1.0, "d": 0.5}
    assert front(costs, values, lower_is_better=True) == ["a", "d"]
    assert front(costs, values, lower_is_better=False) == ["a", "b"]


def test_sixteen_architectures_look_different():
    order = [f"a{i}" for i in range(16)]
    assert len({(colour(name, order), marker(name, order)) for name in order}) == 16
    shapes = [marker(name, order) for name in order]
    assert len(set(shapes[:8])) == len(set(shapes[8:])) == 8, "a print in grey tells them apart by shape"


def test_pixels():
    image = blobs(1, (8, 8, 1))[0]
    np.testing.assert_allclose(pixels_of(image), pixels_of(image / 255))
    assert pixels_of(np.full((2, 2, 3), 1.7)).max() == 1.0
    image_rows({"a": blobs(2, (8, 8, 3)), "b": blobs(1, (8, 8, 3))}, "title", {"b": ["caption"]}).canvas.draw()
