"""What the report makes of ablations: whether a setting matters, by how much, and what blocks of changes cost."""

import json

import numpy as np
import pytest
from helpers import VERDICTS, metrics_file

from stages.report.ablations import Ablation, answer, blocks, points_of, read_ablations, settings
from stages.report.figures import ablation as figure

BASE = metrics_file([0.0100, 0.0101, 0.0099])


def rows(compared, values, errors, setting="latent_size", validation=1.1):
    """Variants as `read_ablations` gives them; errors: for each value one error a seed."""
    return [
        {
            "settings": setting,
            "values": value,
            "compared": compared,
            "changes": {f"data.digits.{setting}": value},
            "scores": scores | {"validation_mse": [validation * error for error in own]},
            "cost": metrics_file(own)["cost"],
        }
        for value, own in zip(values, errors, strict=True)
        for scores in [metrics_file(own)["scores"]["reconstruction"]]
    ]


def points(compared, values, errors, **options):
    return points_of(BASE, rows(compared, values, errors, **options), VERDICTS)


def test_points_are_in_order_and_judged_against_the_value_compared():
    found = points(8, [32, 2, 16], [[0.0050, 0.0051, 0.0049], [0.03] * 3, [0.0100] * 3])
    assert [(point["value"], point["verdict"]) for point in found] == [
        (2, "worse"),
        (8, "itself"),
        (16, "equivalent"),
        (32, "better"),
    ]
    assert [point["compared"] for point in found] == [False, True, False, False]
    assert found[3]["gain"] == pytest.approx(0.5) and found[1]["gain"] == 0


def test_validation_chooses():
    """By images other than those that settings are reported on: it may choose what the test images would not."""
    found = points(8, [2, 32], [[0.03] * 3, [0.0101] * 3], validation=0.9)
    assert [point["value"] for point in found if point["chosen"]] == [32]
    assert found[1]["value"] == 8 and found[1]["mean"] < found[2]["mean"]


def test_names_keep_their_order():
    found = points("relu", ["tanh", "elu"], [[0.02] * 3, [0.03] * 3])
    assert [point["value"] for point in found] == ["relu", "tanh", "elu"]


def test_the_answer_says_yes_and_no_with_figures():
    matters = points(8, [2, 32], [[0.0300, 0.0301, 0.0299], [0.0050, 0.0051, 0.0049]])
    does_not = points(8, [2], [[0.0100, 0.0099, 0.0101]])
    yes, no = answer({"deep": matters, "pca": does_not}), answer({"deep": does_not})
    assert yes.startswith("yes, 2 of 3 changes are told from the value compared")
    assert "falls by up to 50 % (deep, 32)" in yes and "rises by up to 200 % (deep, 2)" in yes
    assert "seeds alone spread it by 1.0 % (median)" in yes
    assert no.startswith("no, no value is told from the one compared")
    better = points(8, [32], [[0.0050, 0.0051, 0.0049]])
    worse = points(8, [2], [[0.0300, 0.0301, 0.0299]])
    for found, absent in ((better, "rises"), (worse, "falls")):
        line = answer({"deep": found})
        assert "yes, 1 of 1" in line and absent not in line


def test_one_seed_is_no_verdict():
    base = metrics_file([0.01])
    found = points_of(base, rows(8, [32], [[0.005]]), VERDICTS)
    assert [point["verdict"] for point in found] == ["itself", "one seed"]
    assert "no, no value is told" in answer({"deep": found})


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Two ablations as the stage ablate writes them: of a setting and a block, and of nothing; what was compared."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "metrics/digits").mkdir(parents=True)
    for name in ("deep", "pca", "convolutional"):
        (tmp_path / f"metrics/digits/{name}.json").write_text(json.dumps(BASE))
    folder = tmp_path / "metrics/ablations/digits"
    folder.mkdir(parents=True)
    made = rows(0.003, [0.001, 0.01], [[0.02] * 3, [0.03] * 3], "learning_rate")
    block = {"settings": "wide", "values": None, "compared": None, "changes": {"data.digits.width": 2.0}}
    made += [rows(None, [None], [[0.008] * 3])[0] | block]
    content = {part: [row[part] for row in made] for part in ("settings", "values", "compared", "changes")}
    for part in ("scores", "cost"):
        content[part] = {name: [row[part][name] for row in made] for name in made[0][part]}
    (folder / "deep.json").write_text(json.dumps(content))
    empty = {part: [] for part in ("settings", "values", "compared", "changes")} | {"scores": {}, "cost": {}}
    (folder / "pca.json").write_text(json.dumps(empty))


ARCHITECTURES = ["pca", "deep", "convolutional", "variational"]


def test_only_what_has_been_run_of_what_has_been_compared_is_read(kept):
    found = read_ablations("digits", ARCHITECTURES)
    assert [(one.architecture, len(one.rows)) for one in found] == [("pca", 0), ("deep", 3)]
    assert found[1].rows[1]["values"] == 0.01 and found[1].rows[1]["scores"]["mse"] == [0.03] * 3
    assert read_ablations("mnist", ARCHITECTURES) == read_ablations("digits", []) == []


def test_settings_and_blocks_are_told_apart(kept, params):
    found = read_ablations("digits", ARCHITECTURES)
    varied = settings(found, VERDICTS)
    assert list(varied) == ["learning_rate"] and list(varied["learning_rate"]) == ["deep"]
    assert [point["value"] for point in varied["learning_rate"]["deep"]] == [0.001, 0.003, 0.01]
    (block,) = blocks("digits", params, found)
    assert (block["name"], block["architecture"]) == ("wide", "deep")
    (_, before, own, _), (_, after, changed, _) = block["cells"]
    assert (before["width"], after["width"]) == (params["data"]["digits"]["width"], 2.0)
    assert (np.mean(own["mse"]), np.mean(changed["mse"])) == pytest.approx((0.01, 0.008))
    assert settings([Ablation("pca", BASE, [])], VERDICTS) == {}


@pytest.mark.parametrize("values", [[2, 32], ["tanh", "elu"]])
def test_the_figure_shows_every_value_of_every_architecture(values):
    compared = 8 if isinstance(values[0], int) else "relu"
    found = points(compared, values, [[0.02, 0.021, 0.019], [0.03] * 3])
    drawn = figure.draw("digits", "latent_size", {"pca": found, "deep": found}, ["pca", "deep"])
    (axes,) = drawn.axes
    assert [text.get_text() for text in axes.get_xticklabels()] == [str(point["value"]) for point in found]
    assert len(axes.containers) == 2
    drawn.canvas.draw()
