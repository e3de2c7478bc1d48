"""Models as ONNX: every architecture says the same in onnxruntime, and a file that does not is not kept."""

import importlib.util
import json
import shutil
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from helpers import ROOT, blobs
from PIL import Image
from ruamel.yaml import YAML

from stages.common.params import read_params
from stages.common.registry import names
from stages.common.stage import UserError
from stages.train import determinism
from stages.train.build import build
from stages.train.saving import save
from stages.train.settings import cell_of
from tools import export
from tools.command import FailedError
from tools.model import load

needs_packages = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in export.PACKAGES), reason="`make export` was not run"
)


def test_without_the_packages_it_says_how_to_get_them(trained, monkeypatch):
    monkeypatch.setattr(export, "PACKAGES", ("no_such_package",))
    with pytest.raises(UserError, match="no_such_package is not installed: `make export`"):
        export.main(str(trained.models / "pca"), "out.onnx")


@pytest.fixture
def project(tmp_path):
    """A folder of test images, into which models are put."""
    prepared = tmp_path / "data/digits/prepared"
    prepared.mkdir(parents=True)
    np.save(prepared / "test.npy", blobs(40, (16, 16, 1)))
    (prepared / "summary.json").write_text(json.dumps({"classes": ["0", "1"]}))
    return tmp_path


@pytest.mark.slow
@needs_packages
@pytest.mark.parametrize("architecture", names("architectures"))
def test_every_architecture(architecture, project):
    import onnx

    determinism.reseed(0)
    model = build(cell_of(read_params(ROOT / "params.yaml"), "digits", architecture), (16, 16, 1))
    path = project / "data/digits/models" / architecture / "seed-0.keras"
    path.parent.mkdir(parents=True)
    save(model, path)
    export.main(str(path), str(project / "out/model.onnx"))
    halves, outputs = ["model.decoder.onnx", "model.encoder.onnx"], {"latent", "reconstruction", "error"}
    if model.encoder is None:
        halves, outputs = [], {"reconstruction"}
    assert sorted(found.name for found in (project / "out").iterdir()) == [*halves, "model.onnx"]
    whole = onnx.load(project / "out/model.onnx")
    assert {output.name for output in whole.graph.output} == outputs
    known = {entry.key: entry.value for entry in whole.metadata_props}
    assert known["data_set"] == "digits" and known["architecture"] == architecture
    assert json.loads(known["classes"]) == ["0", "1"] and known["commit"] and known["threshold"] == ""


@pytest.mark.slow
@needs_packages
def test_verdicts_are_in_the_graph_and_the_threshold_in_the_metadata(trained, tmp_path, capsys):
    import onnxruntime

    model = load(trained.models / "vector_quantized")
    export.main(str(trained.models / "vector_quantized"), str(tmp_path / "a.onnx"))
    assert (
        "200 test images give the same numbers to 1e-05, scores and maps to 0.001, and the same verdicts"
        in capsys.readouterr().out
    )
    session = onnxruntime.InferenceSession(tmp_path / "a.onnx")
    for images in (trained.data.anomalies, trained.data.test):
        scores, verdicts, maps = session.run(["score", "anomaly", "map"], {"images": images})
        answer = model.apply(images)
        np.testing.assert_array_equal(verdicts, answer.anomalous)
        np.testing.assert_allclose(scores, answer.scores, rtol=1e-3, atol=1e-3)
        np.testing.assert_allclose(maps, answer.maps, rtol=1e-3, atol=1e-3)
    known = session.get_modelmeta().custom_metadata_map
    assert float(known["map_threshold"]) == model.map_threshold
    assert float(known["threshold"]) == model.threshold and json.loads(known["classes"]) == ["across", "along"]


def test_files_of_the_users_folder_are_asked_about(trained, tmp_path, params):
    """As they are brought to the model's size in use; prepared images where the folder is gone."""
    shutil.copytree(trained.folder / "data", tmp_path / "data")
    for i in range(3):
        Image.fromarray(blobs(1, (20, 31, 3), i)[0]).save(tmp_path / f"{i}.png")
    params["data"]["digits"]["folder"] = {"path": str(tmp_path), "fit": "pad"}
    YAML().dump(params, tmp_path / "params.yaml")
    model = load(tmp_path / "data/digits/models/pca")
    what, images = export.to_check(model)
    assert what == "files" and images.shape == (3, 16, 16, 1)
    np.testing.assert_array_equal(images[0], model.fitted(np.asarray(Image.open(tmp_path / "0.png"))))
    params["data"]["digits"]["folder"]["path"] = str(tmp_path / "gone")
    YAML().dump(params, tmp_path / "params.yaml")
    what, images = export.to_check(model)
    assert what == "test images" and len(images) == len(trained.data.test)


def scaled(score):
    """An anomaly score with a tail that is too steep."""
    tail = score.error_tail
    return score._replace(error_tail=tail._replace(surprisals=1.01 * tail.surprisals))


def test_verdicts_may_differ_where_scores_may(tmp_path, monkeypatch):
    """A score of a thousand may differ by one; so may the verdicts of what is less far from the threshold."""
    scores = np.array([1000.5, 1002.0])
    answer = SimpleNamespace(latents=None, errors=None, scores=scores, anomalous=scores > 1000, maps=None)
    model = SimpleNamespace(look=lambda _: answer, reconstruct=lambda _: None, threshold=1000.0)
    verdicts = SimpleNamespace(name="anomaly")
    session = SimpleNamespace(
        get_outputs=lambda: [verdicts], get_inputs=lambda: [verdicts], run=lambda *_: [np.array([False, False])]
    )
    monkeypatch.setitem(sys.modules, "onnxruntime", SimpleNamespace(InferenceSession=lambda *_, **__: session))
    (tmp_path / "whole.onnx").touch()
    assert export.differences(model, tmp_path, None) == ["1 verdicts are others"]


@pytest.mark.slow
@needs_packages
def test_a_file_that_says_something_else_is_not_kept(trained, tmp_path, monkeypatch):
    """Its reconstructions are brighter by a little more than is allowed, or its threshold or tail is another."""
    model, graphs = load(trained.models / "pca"), export.exported
    for change, said in (
        (lambda own: own._replace(threshold=own.threshold / 2), "verdicts are others"),
        (lambda own: own._replace(score=scaled(own.score)), "score differs by"),
        (lambda own: own._replace(map=own.map._replace(slope=1.1 * own.map.slope)), "map differs by"),
        (lambda own: load(trained.models / "pca/seed-4.keras"), "reconstruction differs by"),
    ):
        monkeypatch.setattr(export, "exported", lambda own, change=change: graphs(change(own)))
        with pytest.raises(FailedError, match=said):
            export.main(str(trained.models / "pca"), str(tmp_path / "a.onnx"))
        assert not any(tmp_path.iterdir())
    assert model.threshold
