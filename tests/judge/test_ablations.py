"""What the report makes of ablations: whether a setting matters, by how much, and what blocks of changes cost."""

import json

import pytest
from helpers import VERDICTS, metrics_file

from stages.common.results import read_verdicts
from stages.draw import ablation as figure
from stages.judge import ablations as stage
from stages.judge.ablations import blocks, read_ablations, read_measured, varied
from stages.judge.varied_settings import answer, points_of

BASE = metrics_file([0.0100, 0.0101, 0.0099])


def rows(compared, values, errors, setting="latent_size", validation=1.1):
    """Variants as `read_ablations` gives them; errors: for each value one error a seed."""
    return [
        {
            "setting": setting,
            "value": value,
            "compared": compared,
            "changes": {f"data.digits.{setting}": value},
            "scores": scores | {"validation_mse": [validation * error for error in own]},
            "facts": metrics_file(own)["facts"],
            "further": {},
            "fails": "",
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
    assert points(8, [2], [[0.01001] * 3])[0]["words"].endswith(", 0 %"), "not -0 %"
    assert found[3]["gain"] == pytest.approx(0.5) and found[1]["gain"] == 0


def test_validation_chooses():
    """By images other than those that settings are reported on: it may choose what the test images would not."""
    found = points(8, [2, 32], [[0.03] * 3, [0.0101] * 3], validation=0.9)
    assert [point["value"] for point in found if point["chosen"]] == [32]
    assert found[1]["value"] == 8 and found[1]["mean"] < found[2]["mean"]


def test_names_keep_their_order():
    found = points("relu", ["tanh", "elu"], [[0.02] * 3, [0.03] * 3])
    assert [point["value"] for point in found] == ["relu", "tanh", "elu"]


def test_the_answer_says_direction_and_size():
    wide = points(8, [2, 32], [[0.0300, 0.0301, 0.0299], [0.0050, 0.0051, 0.0049]])
    narrow = points(8, [2, 32], [[0.0200, 0.0201, 0.0199], [0.0050, 0.0051, 0.0049]])
    spread = "; seeds alone spread it by 1.0 % (median)."
    assert answer({"deep": wide}).startswith("2 raises the error by 200 %; 32 lowers it by 50 %; seeds alone ")
    assert answer({"deep": wide, "pca": narrow}).startswith("2 raises the error by 100 to 200 %; 32 lowers ")
    same = points(8, [2], [[0.0100, 0.0099, 0.0101]])
    assert answer({"deep": same}) == f"2 changes the error by no more than the margin{spread}"
    mixed = answer({"deep": wide, "pca": same})
    assert mixed.startswith("2 changes the error by 0 to +200 % (not everywhere beyond the margin); 32 lowers it")
    together = points("adam", ["sgd", "rms_prop"], [[0.03] * 3, [0.02] * 3])
    assert answer({"deep": together}).startswith("sgd raises the error by 200 %; rms prop raises it by 100 %; ")


def test_values_that_fail_are_no_reason_to_say_that_nothing_differs():
    failing = rows("adam", ["sgd", "rmsprop"], [[0.05, 0.051], [0.055, 0.054]], "optimizer")
    for row in failing:
        row["fails"] = "fails 1 of 3"
    found = answer({"deep": points_of(BASE, failing, VERDICTS)})
    said = "sgd fails in a training run of deep"
    assert found.startswith(f"{said}; rmsprop fails in a training run of deep; seeds alone ")
    failing[1] |= {"scores": BASE["scores"]["reconstruction"], "fails": ""}
    found = answer({"deep": points_of(BASE, failing, VERDICTS)})
    assert found.startswith(f"{said}; rmsprop changes the error by no more than the margin; ")


def test_one_seed_is_no_verdict():
    base = metrics_file([0.01])
    found = points_of(base, rows(8, [32], [[0.005]]), VERDICTS)
    assert [point["verdict"] for point in found] == ["itself", "one seed"]
    assert answer({"deep": found}) == "not known of 32: one seed."


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Two ablations as the stage ablate writes them: of a setting and a block, and of nothing; what was compared."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "metrics/digits/scores").mkdir(parents=True)
    for name in ("deep", "pca", "convolutional"):
        (tmp_path / f"metrics/digits/scores/{name}.json").write_text(json.dumps(BASE))
    references = {"tasks": [], "scores": {"reconstruction": {"mean_image": {"validation_mse": [0.06] * 3}}}}
    (tmp_path / "metrics/digits/references.json").write_text(json.dumps(references))
    folder = tmp_path / "metrics/digits/ablations"
    folder.mkdir(parents=True)
    made = rows(0.003, [0.001, 0.01], [[0.02] * 3, [0.03] * 3], "learning_rate")
    block = {
        "setting": "wide",
        "value": None,
        "compared": None,
        "changes": {"data.digits.epochs": 5, "data.digits.passes_per_epoch": 1},
    }
    made += [rows(None, [None], [[0.008] * 3])[0] | block]
    (folder / "deep.json").write_text(json.dumps({"variants": made}))
    (folder / "pca.json").write_text(json.dumps({"variants": []}))


ARCHITECTURES = ["pca", "deep", "convolutional", "variational"]


def test_only_what_has_been_run_of_what_has_been_compared_is_read(kept):
    found = read_ablations("digits", ARCHITECTURES, *read_measured("digits", ARCHITECTURES))
    assert [(name, base, len(rows)) for name, (base, rows) in found.items()] == [("pca", BASE, 0), ("deep", BASE, 3)]
    row = found["deep"][1][1]
    assert row["value"] == 0.01 and row["scores"]["mse"] == [0.03] * 3
    assert row["fails"] == ""
    assert read_ablations("mnist", ARCHITECTURES, {}, {}) == read_ablations("digits", [], {}, {}) == {}


def test_failed_seeds_are_left_out_as_in_verdicts(kept, params, monkeypatch, tmp_path):
    """Of what is compared and of what is varied, whose verdict says it; by the mean image, too."""
    spoiled = metrics_file([0.0100, 0.0101, 0.0500])
    (tmp_path / "metrics/digits/scores/deep.json").write_text(json.dumps(spoiled))
    path = tmp_path / "metrics/digits/ablations/deep.json"
    content = json.loads(path.read_text())
    content["variants"][0]["scores"] |= {"mse": [0.005, 0.0051, 0.09]}
    content["variants"][0]["scores"]["mse_resampled"] = [[0.005] * 100, [0.0051] * 100, [0.09] * 100]
    content["variants"][0]["scores"]["validation_mse"] = [0.055, 0.055, 0.0601]
    content["variants"][0]["further"] = {"compression": {key: [[1.0], [1.0], [9.0]] for key in ("rates", "psnrs")}}
    path.write_text(json.dumps(content))
    base, rows = read_ablations("digits", ["deep"], *read_measured("digits", ARCHITECTURES))["deep"]
    assert base["scores"]["reconstruction"]["mse"] == [0.0100, 0.0101] and list(base["facts"]["failed_seeds"]) == ["2"]
    assert rows[0]["scores"]["mse_resampled"] == [[0.005] * 100, [0.0051] * 100]
    assert rows[0]["scores"]["mse"] == [0.005, 0.0051] and rows[0]["fails"] == "fails 1 of 3"
    assert rows[0]["further"]["compression"]["rates"] == [[1.0], [1.0]]
    monkeypatch.setattr(stage, "read_params", lambda: params | {"ablated": {"architectures": ["deep"]}})
    stage.main("digits")
    said = read_verdicts("digits", "ablation_verdicts")
    points = said["settings"]["learning_rate"]["curves"]["deep"]
    assert [point["verdict"] for point in points] == ["fails 1 of 3", "itself", "worse"]
    assert [point["mean"] for point in points] == pytest.approx([0.00505, 0.01005, 0.03])
    assert said["blocks"][0]["compared"]["mse"] == pytest.approx(0.01005)


def test_a_value_without_a_finite_score_is_left_out(kept, tmp_path):
    path = tmp_path / "metrics/digits/ablations/deep.json"
    content = json.loads(path.read_text())
    content["variants"][0]["scores"] |= {"mse": [None] * 3, "validation_mse": [None] * 3}
    path.write_text(json.dumps(content))
    _, rows = read_ablations("digits", ["deep"], *read_measured("digits", ARCHITECTURES))["deep"]
    assert [row["value"] for row in rows] == [0.01, None]


def test_a_value_with_failed_seeds_is_not_chosen():
    varied_rows = rows(8, [2, 32], [[0.005, 0.0051], [0.009] * 3])
    varied_rows[0]["fails"] = "fails 1 of 3"
    assert [point["value"] for point in points_of(BASE, varied_rows, VERDICTS) if point["chosen"]] == [32]


def test_settings_and_blocks_are_told_apart(kept, params):
    found = read_ablations("digits", ARCHITECTURES, *read_measured("digits", ARCHITECTURES))
    curves = varied(found, VERDICTS)
    assert list(curves) == ["learning_rate"] and list(curves["learning_rate"]) == ["deep"]
    assert [point["value"] for point in curves["learning_rate"]["deep"]] == [0.001, 0.003, 0.01]
    (block,) = blocks("digits", params["data"]["digits"], found)
    assert (block["name"], block["architecture"]) == ("wide", "deep")
    before, after, data = block["compared"], block["changed"], params["data"]["digits"]
    assert (before["epochs"], after["epochs"]) == (data["epochs"] * data["passes_per_epoch"], 5)
    assert (before["mse"], after["mse"], after["seeds"]) == (pytest.approx(0.01), pytest.approx(0.008), 3)
    assert varied({"pca": (BASE, [])}, VERDICTS) == {}


def test_the_stage_writes_what_the_pages_read(kept, params, monkeypatch):
    params |= {"architectures": ARCHITECTURES, "ablated": {"architectures": ARCHITECTURES}}
    monkeypatch.setattr(stage, "read_params", lambda: params)
    stage.main("digits")
    found = read_verdicts("digits", "ablation_verdicts")
    said = found["settings"]["learning_rate"]
    assert said["answer"].startswith("0.001 raises the error by ") and "sentence" not in said
    assert [point["verdict"] for point in said["curves"]["deep"]] == ["worse", "itself", "worse"]
    assert [block["name"] for block in found["blocks"]] == ["wide"]


@pytest.mark.parametrize("values", [[2, 32], ["tanh", "elu"]])
def test_the_figure_shows_every_value_of_every_architecture(values):
    compared = 8 if isinstance(values[0], int) else "relu"
    found = points(compared, values, [[0.02, 0.021, 0.019], [0.03] * 3])
    drawn = figure.draw("digits", "latent_size", {"pca": found, "deep": found}, ["pca", "deep"])
    (axes,) = drawn.axes
    assert [text.get_text() for text in axes.get_xticklabels()] == [str(point["value"]) for point in found]
    assert len(axes.containers) == 2
    drawn.canvas.draw()
