"""What a sweep trains, and what the report makes of it."""

import json

import numpy as np
import pytest
from test_report import cell

from stages import sweep, sweep_answers, swept
from stages.figures import sweep as figure

BASE = cell([0.0100, 0.0101, 0.0099])


def found(values, errors):
    """A file as the stage sweep writes it; errors: for each value one error a seed."""
    content = [cell(own)["scores"]["reconstruction"] for own in errors]
    return {"values": values, "scores": {name: [own[name] for own in content] for name in ("mse", "mse_resampled")}}


def test_points_are_in_order_and_judged_against_the_value_compared():
    points = sweep_answers.points_of(BASE, 8, found([32, 2, 16], [[0.0050, 0.0051, 0.0049], [0.03] * 3, [0.0100] * 3]))
    assert [(point["value"], point["verdict"]) for point in points] == [
        (2, "worse"),
        (8, "itself"),
        (16, "tie"),
        (32, "better"),
    ]
    assert [point["compared"] for point in points] == [False, True, False, False]
    assert points[3]["change"] == pytest.approx(-0.5) and points[1]["change"] == 0


def test_names_keep_their_order():
    points = sweep_answers.points_of(BASE, "relu", found(["tanh", "elu"], [[0.02] * 3, [0.03] * 3]))
    assert [point["value"] for point in points] == ["relu", "tanh", "elu"]


def test_the_answer_says_yes_and_no_with_figures():
    matters = sweep_answers.points_of(BASE, 8, found([2, 32], [[0.0300, 0.0301, 0.0299], [0.0050, 0.0051, 0.0049]]))
    does_not = sweep_answers.points_of(BASE, 8, found([2], [[0.0100, 0.0099, 0.0101]]))
    yes, no = sweep_answers.answer({"digits": {"deep": matters, "pca": does_not}, "mnist": {"deep": does_not}})
    assert yes.startswith("digits: yes, 2 of 3 changes are told from the value compared")
    assert "falls by up to 50 % (deep, 32)" in yes and "rises by up to 200 % (deep, 2)" in yes
    assert "seeds alone spread it by 1.0 % (median)" in yes
    assert no.startswith("MNIST: no, no value is told from the one compared")
    better = sweep_answers.points_of(BASE, 8, found([32], [[0.0050, 0.0051, 0.0049]]))
    worse = sweep_answers.points_of(BASE, 8, found([2], [[0.0300, 0.0301, 0.0299]]))
    for points, absent in ((better, "rises"), (worse, "falls")):
        (line,) = sweep_answers.answer({"digits": {"deep": points}})
        assert "yes, 1 of 1" in line and absent not in line


def test_what_is_swept(params):
    cells = swept.cells(params)
    assert len(set(cells)) == len(cells)
    assert ("latent_size", "mnist", "pca") in cells and ("optimizer", "digits", "deep") in cells
    params["training"]["optimizer"] = "sgd"
    assert swept.values(params, "digits", "optimizer") == ("sgd", ["adamw", "rmsprop"])
    assert swept.key_of(params, "digits", "latent_size") == "data.digits.latent_size"


def test_a_sweep_not_yet_run_is_left_out(params, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    results = {"digits": {"metrics": {"deep": BASE}}}
    assert sweep_answers.sweeps(params, results) == {}
    path = swept.path_of("digits", "learning_rate", "deep")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(found([0.001, 0.01], [[0.02] * 3, [0.03] * 3])))
    points = sweep_answers.sweeps(params, results)["learning_rate"]["digits"]["deep"]
    assert [point["value"] for point in points] == [0.001, params["training"]["learning_rate"], 0.01]


@pytest.mark.parametrize("values", [[2, 32], ["tanh", "elu"]])
def test_the_figure_shows_every_value_of_every_architecture(values):
    compared = 8 if isinstance(values[0], int) else "relu"
    points = sweep_answers.points_of(BASE, compared, found(values, [[0.02, 0.021, 0.019], [0.03] * 3]))
    drawn = figure.draw(
        "latent_size", {"digits": {"pca": points, "deep": points}, "mnist": {"deep": points}}, ["pca", "deep"]
    )
    left, right = drawn.axes
    assert [text.get_text() for text in left.get_xticklabels()] == [str(point["value"]) for point in points]
    assert len(left.containers) == 2 and len(right.containers) == 1
    drawn.canvas.draw()


def test_the_stage_scores_every_value_and_every_seed(params, monkeypatch, tmp_path):
    """What the sweep keeps is what the task scores, of models trained as the settings say."""
    trained = []

    def train_cell(settings, dataset, architecture, folder):
        trained.append((settings["data"][dataset]["latent_size"], architecture))

    monkeypatch.setattr(sweep, "train_cell", train_cell)
    monkeypatch.setattr(sweep, "load_data", lambda dataset: None)
    monkeypatch.setattr(sweep, "load_model", lambda path, architecture: int(path.stem.removeprefix("seed-")))
    monkeypatch.setattr(sweep, "functions_of", lambda model: model)
    scored = {"mse_resampled": [0.1], "psnr": 20.0, "ssim": 0.9, "mae": 0.5}
    monkeypatch.setattr(sweep.reconstruction, "score", lambda model, data, seed: scored | {"mse": model + seed})
    scores = sweep.score(params, "digits", "deep")
    assert trained == [(params["data"]["digits"]["latent_size"], "deep")]
    assert scores["mse"] == [0, 2, 4] and set(scores) == set(sweep.KEPT)
    np.testing.assert_equal(scores["mse_resampled"], [[0.1]] * 3)
