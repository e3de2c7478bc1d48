"""Figures that compare architectures: all are drawn, also where only some tasks or a single seed are there."""

import numpy as np
import pytest
from helpers import VERDICTS, blobs, make_data, principal, with_references
from scipy.ndimage import gaussian_filter

from stages.common.registry import load, names
from stages.common.task import Task
from stages.draw import __main__ as stage
from stages.draw.figures.dataset.cost import front
from stages.draw.results import Results
from stages.draw.style import colour, image_rows, marker, pixels_of
from stages.evaluate.measures.resampling import over_seeds
from stages.evaluate.picture_arrays import classical, compared, noise_levels
from stages.evaluate.references import references
from stages.evaluate.task_interface import Functions
from stages.judge.ranking import ranked


@pytest.fixture(scope="module", params=[True, False], ids=["labels", "no labels"])
def results(request, params_of_tasks):
    """Three linear codes of different sizes, measured on every task, and a denoiser without a latent."""
    tasks = params_of_tasks
    content = references([make_data(labelled=request.param)], tasks, [0, 1])
    levels = noise_levels(tasks)
    data = with_references(make_data(labelled=request.param), tasks)
    metrics, shown = {}, {}
    for size, name in ((4, "pca"), (8, "deep"), (12, "variational")):
        model = principal(data, size)
        model = model._replace(sample=model.sample_mixture) if name == "variational" else model
        own = {
            task: over_seeds([load("evaluate/tasks", task).score(model, data, seed, **options) for seed in (0, 1)])
            for task, options in tasks.items()
            if request.param or task != "features"
        }
        own["latent_use"] = {"active_units": [3.0, 4.0], "dead_units": [0.0, 0.0]}
        if name == "variational":
            own["latent_use"]["kl_by_dimension"] = [[2.0, 1.0, 0.5], [2.0, 1.0, 0.1]]
        losses = [1.0] if name == "pca" else [1.0, 0.5, 0.4]
        metrics[name] = {
            "scores": own,
            "curves": {seed: {"loss": losses, "val_loss": losses} for seed in "01"},
            "facts": {"solved": [name == "pca"]}
            | {"multiply_adds": [10 * size], "parameters": [size], "latent_size": [size]},
        }
        shown[name] = compared(model, data, 0, levels)
    model = Functions(None, lambda images: gaussian_filter(images / np.float32(255), (0, 0.5, 0.5, 0)))
    own = [load("evaluate/tasks", "denoising").score(model, data, seed, **tasks["denoising"]) for seed in (0, 1)]
    metrics["red_net"] = {
        "scores": {"denoising": over_seeds(own)},
        "curves": metrics["deep"]["curves"],
        "facts": {"solved": [False], "multiply_adds": [100], "parameters": [10]},
    }
    shown["red_net"] = compared(model, data, 0, levels)
    described = {task["name"]: Task(**task) for task in content["tasks"]}
    summary = {}
    for name, task in described.items():
        for case, one in task.by_case().items():
            if rows := ranked(metrics, content["scores"][name], one, VERDICTS):
                summary.setdefault(name, {})[case] = rows
    denoised = classical(data, content["scores"]["denoising"], levels)
    return Results("digits", described, metrics, content["scores"], summary, shown, denoised)


@pytest.fixture(scope="module")
def params_of_tasks():
    return {
        "reconstruction": {},
        "compression": {"rates": [0.1, 0.2, 0.3], "images": 40},
        "denoising": {"gaussian": [0.1, 0.3], "salt_and_pepper": 0.1, "block": 0.4, "images": 20},
        "anomaly": {"images": 40, "quantile": 0.95},
        "features": {},
        "generation": {"images": 40},
    }


@pytest.mark.parametrize("name", names("draw/figures/dataset"))
def test_every_figure_is_drawn_where_its_task_is_measured(name, results):
    module = load("draw/figures/dataset", name)
    task = getattr(module, "TASK", "reconstruction")
    assert task in results.tasks
    if task not in results.summary:
        return  # the stage leaves it out, see below
    figure = module.draw(results)
    if name == "maps":
        assert figure is None  # there are no masks, see below
        return
    figure.canvas.draw()
    said = " ".join(text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text")))
    assert name == "training" or "PCA" in said  # which is solved, not trained
    takes_part = task == "denoising" or name in ("tasks", "cost", "training")
    assert ("RED-Net" in said.replace("\n", " ")) == takes_part


def test_an_architecture_that_is_for_some_tasks_alone_is_left_out_of_the_others(results):
    """And what a coder cannot do with so few bits is no row."""
    metrics = dict(results.metrics)
    metrics["deep"] = metrics["deep"] | {"scores": {"denoising": metrics["deep"]["scores"]["denoising"]}}
    summary = {
        task: {case: [row for row in rows if row["architecture"] != "deep"] for case, rows in cases.items()}
        for task, cases in results.summary.items()
        if task != "denoising"
    } | {"denoising": results.summary["denoising"]}
    for name in ("tasks", "cost", "rate_distortion", "anomalies", "reconstructions", "samples", "features", "denoised"):
        if name in results.summary or name != "features":
            load("draw/figures/dataset", name).draw(results._replace(metrics=metrics, summary=summary))


def test_maps_stand_below_their_masks_best_overlap_first(results):
    shown, metrics = dict(results.shown), dict(results.metrics)
    for i, name in enumerate(("pca", "deep")):
        strips = {
            "defect": blobs(3, (12, 12, 3)),
            "defect_mask": blobs(3, (12, 12, 1)),
            "defect_map": blobs(3, (12, 12, 1)),
        }
        shown[name] = shown[name] | strips
        scores = metrics[name]["scores"]
        metrics[name] = {"scores": scores | {"anomaly": scores["anomaly"] | {"pro": [0.2 + 0.3 * i, 0.3 + 0.3 * i]}}}
    figure = load("draw/figures/dataset", "maps").draw(results._replace(shown=shown, metrics=metrics))
    labels = [label.get_text().replace("\n", " ") for label in figure.axes[0].get_yticklabels()]
    assert labels == ["anomaly", "mask", "deep 0.55", "PCA 0.25"]


def test_every_case_has_a_panel_that_names_it(results):
    figure = load("draw/figures/dataset", "tasks").draw(results)
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert len(titles) == len(results.uses) >= 9
    assert {"denoising, noise of sigma 0.3", "compression, at most 0.1 bits per pixel"} <= set(titles)


def test_noisy_images_are_shown_as_classical_methods_denoise_them(results):
    figure = load("draw/figures/dataset", "denoised").draw(results)
    labels = [label.get_text().replace("\n", " ") for label in figure.axes[0].get_yticklabels()]
    assert labels[:2] == ["original", "with noise"] and len(labels) == 2 + 4 + 5
    assert not [label for label in labels if "inpainting" in label or "switching" in label], "they are for other damage"
    assert any(label.startswith("(non-local means) ") for label in labels)
    said = [text.get_text() for text in figure.axes[0].texts]
    assert [text for text in said if text] == ["noise of sigma 0.1", "noise of sigma 0.3"]


def test_only_a_latent_with_unused_dimensions_has_a_bar(results):
    metrics = {name: own | {"scores": dict(own["scores"])} for name, own in results.metrics.items()}
    codes = {"perplexity": [5.0, 7.0], "codebook_size": [8.0, 8.0]}
    metrics["pca"]["scores"]["latent_use"] = {"active_units": [4.0, 4.0]}
    metrics["variational"]["scores"]["latent_use"] = {"active_units": [12.0, 12.0]} | codes
    figure = load("draw/figures/dataset", "latent_use").draw(results._replace(metrics=metrics))
    assert [[text.get_text() for text in axes.texts] for axes in figure.axes] == [
        ["4 of 8 dimensions", "6 of 8 codes (perplexity)"]
    ]
    assert figure.get_supxlabel() == "All dimensions are active in PCA, variational."
    del metrics["deep"], metrics["variational"]
    assert load("draw/figures/dataset", "latent_use").draw(results._replace(metrics=metrics)) is None


def test_seeds_that_diverged_do_not_squeeze_the_others(results):
    [row, *others] = [row for row in results.summary["reconstruction"][""] if row["kind"] == "architecture"]
    worst = max(row["mean"] for row in others)
    for far in ({"high": 1e3}, {"mean": 900.0, "high": 1e3}):
        summary = {"reconstruction": {"": [row | far, *others]}}
        figure = load("draw/figures/dataset", "tasks").draw(results._replace(summary=summary))
        axes = figure.axes[0]
        assert worst < axes.get_xlim()[1] < 10 * worst
        assert ("outside: " in axes.get_xlabel() and " 900" in axes.get_xlabel()) == ("mean" in far)


def test_the_stage_writes_all_that_was_measured(results, tmp_path, monkeypatch, params):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(stage, "read_params", lambda: params)
    monkeypatch.setattr(stage, "read_results", lambda dataset: results)
    stage.main("digits")
    pictures = {path.stem for path in (tmp_path / "plots/digits/pictures").iterdir()}
    expected = set(params["figures"]["dataset"]) - {"maps"}
    assert pictures == (expected if "features" in results.summary else expected - {"features"})
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()}
    assert {path.stem for path in before if path.suffix == ".csv"} == {"curves", "rate_distortion", "cost"}
    stage.main("digits")
    assert before == {path: path.read_bytes() for path in before}, "the same bytes every time"


def test_no_picture_of_an_image_is_drawn_of_a_private_data_set(results, tmp_path, monkeypatch, params):
    """Charts are drawn from scores alone: evaluate has left no images."""
    monkeypatch.chdir(tmp_path)
    hidden = results._replace(shown={name: {} for name in results.shown}, classical={})
    monkeypatch.setattr(stage, "read_params", lambda: params)
    monkeypatch.setattr(stage, "read_results", lambda dataset: hidden)
    stage.main("digits")
    pictures = {path.stem for path in (tmp_path / "plots/digits/pictures").iterdir()}
    images = {
        name for name in params["figures"]["dataset"] if hasattr(load("draw/figures/dataset", name), "SHOWS_IMAGES")
    }
    assert images == {"reconstructions", "denoised", "samples", "maps"} and {"tasks", "cost", "anomalies"} <= pictures
    assert not pictures & images


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
