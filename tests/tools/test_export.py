"""Models as ONNX: every architecture says the same in onnxruntime, and a file that does not is not kept."""

import importlib.util
import json

import numpy as np
import pytest
from helpers import ROOT, blobs

from stages.common.params import read_params
from stages.common.registry import names
from stages.common.stage import UserError
from stages.train import determinism
from stages.train.build import build
from stages.train.saving import save
from tools import export
from tools.model import load

needs_packages = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in export.PACKAGES), reason="`make export` was not run"
)


def test_without_the_packages_it_says_how_to_get_them(monkeypatch):
    monkeypatch.setattr(export, "PACKAGES", ("no_such_package",))
    with pytest.raises(UserError, match="no_such_package is not installed: `make export`"):
        export.main("model", "out.onnx")


@pytest.fixture
def project(tmp_path):
    """A folder of test images, into which models are put."""
    prepared = tmp_path / "data/prepared/digits"
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
    model = build(read_params(ROOT / "params.yaml"), "digits", architecture, (16, 16, 1))
    path = project / "data/models/digits" / architecture / "seed-0.keras"
    path.parent.mkdir(parents=True)
    save(model, path)
    export.main(str(path), str(project / "out/model.onnx"))
    assert sorted(found.name for found in (project / "out").iterdir()) == [
        "model.decoder.onnx", "model.encoder.onnx", "model.onnx",
    ]  # fmt: skip
    whole = onnx.load(project / "out/model.onnx")
    assert {output.name for output in whole.graph.output} == {"latent", "reconstruction", "score"}
    known = {entry.key: entry.value for entry in whole.metadata_props}
    assert known["data_set"] == "digits" and known["architecture"] == architecture
    assert json.loads(known["classes"]) == ["0", "1"] and known["commit"] and known["threshold"] == ""


@pytest.mark.slow
@needs_packages
def test_verdicts_are_in_the_graph_and_the_threshold_in_the_metadata(trained, tmp_path, capsys):
    import onnxruntime

    model = load(trained.models / "vector_quantized")
    export.main(str(trained.models / "vector_quantized"), str(tmp_path / "a.onnx"))
    assert "200 test images give the same numbers to 1e-05, and the same verdicts" in capsys.readouterr().out
    session = onnxruntime.InferenceSession(tmp_path / "a.onnx")
    (verdicts,) = session.run(["anomaly"], {"images": trained.data.anomalies})
    np.testing.assert_array_equal(verdicts, model.apply(trained.data.anomalies).anomalous)
    known = session.get_modelmeta().custom_metadata_map
    assert float(known["threshold"]) == model.threshold and json.loads(known["classes"]) == ["across", "along"]


@pytest.mark.slow
@needs_packages
def test_a_file_that_says_something_else_is_not_kept(trained, tmp_path, monkeypatch):
    """Its reconstructions are brighter by a little more than is allowed, or its threshold is another."""
    model, graphs = load(trained.models / "pca"), export.exported
    for change, said in (
        (lambda own: own._replace(threshold=2 * own.threshold), "verdicts are others"),
        (lambda own: load(trained.models / "pca/seed-4.keras"), "reconstruction differs by"),
    ):
        monkeypatch.setattr(export, "exported", lambda own, change=change: graphs(change(own)))
        with pytest.raises(UserError, match=said):
            export.main(str(trained.models / "pca"), str(tmp_path / "a.onnx"))
        assert not any(tmp_path.iterdir())
    assert model.threshold
