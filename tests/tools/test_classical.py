"""Classical methods applied to files: their verdicts are those that evaluation has counted."""

import json
from pathlib import Path

import numpy as np
import pytest
from helpers import ROOT, make_data, read_csv
from ruamel.yaml import YAML

from stages.common.json_file import gathered
from stages.common.params import read_params
from stages.common.registry import load as load_task
from stages.common.stage import UserError
from stages.evaluate.measures.corruption import corrupted
from stages.evaluate.measures.image_quality import mse
from tools import classical, compress, export
from tools.apply import main
from tools.model import load


@pytest.fixture(scope="module")
def measured():
    """Bars, the options of the tasks, and the scores of references on two of them."""
    data, tasks, scores = make_data((16, 16, 1)), read_params(ROOT / "params.yaml")["tasks"], {}
    for name in ("anomaly", "denoising"):
        (found,) = load_task("evaluate/tasks", name).references(data, [0], **tasks[name])
        scores[name] = {method: gathered([own]) for method, own in found.items()}
    return data, tasks, scores


@pytest.fixture
def project(measured, tmp_path, monkeypatch):
    """References as the stage references keeps them; the data, and their scores."""
    monkeypatch.chdir(tmp_path)
    data, tasks, scores = measured
    described = [{"name": name, "options": tasks[name]} for name in scores]
    (tmp_path / "metrics/digits").mkdir(parents=True)
    (tmp_path / "metrics/digits/references.json").write_text(json.dumps({"tasks": described, "scores": scores}))
    monkeypatch.setattr(classical, "load_data", lambda dataset: data)
    return data, scores


def test_neighbours_tell_anomalies_as_in_evaluation(project, tmp_path):
    data, scores = project
    model, own = load("data/digits/nearest_neighbours"), scores["anomaly"]["nearest_neighbours"]
    far = own["anomalies"][0].index("other data set")
    answer = model.apply(data.anomalies)
    assert np.mean(answer.anomalous) == pytest.approx(own["detected_by_anomaly"][0][far])
    assert model.apply(data.train[:3]).errors.max() == 0, "an image that it knows is its own nearest"
    stricter = model.with_false_alarms(0.01)
    assert stricter.threshold > model.threshold
    np.save(tmp_path / "in.npy", data.anomalies)
    main("data/digits/nearest_neighbours", "in.npy", scores="scores.csv")
    rows = read_csv(tmp_path / "scores.csv")
    assert [row["verdict"] == "anomaly" for row in rows] == answer.anomalous.tolist()
    assert {row["map_verdict"] for row in rows} == {""}
    with pytest.raises(UserError, match="a classical method has no anomaly map"):
        main("data/digits/nearest_neighbours", "in.npy", maps="maps")


@pytest.mark.parametrize("method", ["nonlocal_means", "median", "linear_regression"])
def test_denoisers_win_back_what_noise_took(project, method):
    data, scores = project
    clean, levels = data.test / np.float32(255), scores["denoising"][method]["damage"][0]
    model = load(f"data/digits/{method}")
    assert list(model.network.parameters) == [float(level) for level in levels[:3]]
    noisy = corrupted(data.test, "gaussian", 0.3, 0)
    restored = model.apply(noisy).reconstructions / np.float32(255)
    assert mse(clean, restored).mean() < 0.7 * mse(clean, noisy / np.float32(255)).mean()
    with pytest.raises(UserError, match="has no latent"):
        model.check_latent()


def test_images_are_brought_to_their_size_as_in_training(project, tmp_path, params):
    params["data"]["digits"]["folder"] = {"fit": "crop", "white": 4095}
    YAML().dump(params, tmp_path / "params.yaml")
    model = load("data/digits/nearest_neighbours")
    assert (model.fit, model.white, model.name) == ("crop", 4095, "digits/nearest_neighbours")
    assert model.fitted(np.zeros((20, 40, 1), np.uint8)).shape == (16, 16, 1)


def test_an_image_of_one_value_has_no_noise(project, recwarn):
    model = load("data/digits/median")
    assert not model.apply(np.zeros((1, 16, 16, 1), np.uint8)).reconstructions.any()
    assert not [warning for warning in recwarn if warning.category is RuntimeWarning]


def test_what_needs_a_trained_model_refuses(project):
    np.save("in.npy", np.zeros((1, 16, 16, 1), np.uint8))
    for method in ("nearest_neighbours", "median"):
        with pytest.raises(UserError, match=f"^digits/{method} is a classical method: `apply` takes one"):
            compress.main(f"data/digits/{method}", "in.npy", "out.aec")
    with pytest.raises(UserError, match="is a classical method"):
        export.main("data/digits/median", "out.onnx")
    assert not classical.is_classical(Path("data/digits/inpainting"))
    assert not classical.is_classical(Path("median")) and not classical.is_classical(Path("/median"))


def test_a_task_that_is_not_measured(project, tmp_path):
    path = tmp_path / "metrics/digits/references.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"tasks": []}))
    with pytest.raises(UserError, match="denoising, which it is for, is none of the tasks"):
        load("data/digits/median")


def test_elsewhere_and_without_references(project, tmp_path, monkeypatch):
    with pytest.raises(UserError, match="dvc repro references@mnist"):
        load("data/mnist/median")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    with pytest.raises(UserError, match=r"needs its data set: go to .*, and name data/digits/median"):
        load(tmp_path / "data/digits/median")
