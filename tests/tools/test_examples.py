"""The examples of CONTRIBUTING.md and docs/ are run as they stand."""

import importlib
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers import ROOT, blobs, metrics_file
from PIL import Image
from project import command
from ruamel.yaml import YAML

from stages.draw.results import Results
from stages.evaluate.task_interface import Data, Functions
from stages.prepare.__main__ import arrays_of
from stages.prepare.settings import Split
from tools.command import MODULES, run

PAGES = [path.read_text() for path in (ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))]
BLOCKS = [text for page in PAGES for text in re.findall(r"```(?:python|yaml)\n(.*?)```", page, re.DOTALL)]


def block(containing):
    """The one example that has these words in it."""
    (found,) = [text for text in BLOCKS if containing in text]
    return found


def executed(containing):
    """The names that an example defines."""
    names = {"__name__": "example"}
    exec(block(containing), names)
    return names


def test_examples_are_short():
    assert block("tools.model import load").count("\n") <= 6
    assert block("model.fit(").count("\n") <= 10
    assert block("def build(").count("\n") < 40


@pytest.fixture
def after_a_run(trained, tmp_path, monkeypatch):
    """A folder that looks like the project's after a run."""
    (tmp_path / "data").symlink_to(trained.folder / "data")
    monkeypatch.chdir(tmp_path)


def test_use_a_trained_model(trained, after_a_run):
    """Also in a fresh process, where nothing but what the example imports has registered the model's class."""
    names = executed("from tools.model import load")
    n = len(trained.data.test)
    assert names["latents"].shape == (n, 16) and names["scores"].shape == names["anomalous"].shape == (n,)
    assert names["pictures"].shape == trained.data.test.shape and names["new"].shape == (10, 16, 16, 1)
    code = "import sys; sys.path.insert(0, sys.argv[1])\n" + block("from tools.model import load")
    said, done = command(".", sys.executable, "-c", code, str(ROOT))
    assert done, said


def test_the_commands_of_the_page_about_models(after_a_run, monkeypatch):
    """What stands in its blocks, on models and images that are there."""
    lines = re.findall(r"^python -m tools (\w+) (.+)$", (ROOT / "docs/use-a-model.md").read_text(), re.MULTILINE)
    lines = [line for line in lines if "models/" in line[1]]  # classical methods: test_classical.py
    assert len(lines) == 4
    Path("photos").mkdir()
    for i, image in enumerate(blobs(3, (20, 30, 3))):
        Image.fromarray(image).save(f"photos/{i}.jpg")
    for tool, given in lines:
        run(importlib.import_module(MODULES[tool]).main, tool, re.sub(r"models/\w+", "models/pca", given).split())
    assert {path.name for folder in ("cleaned", "restored") for path in Path(folder).iterdir()} == {
        f"{i}.jpg.png" for i in range(3)
    }
    assert all(len(Path(name).read_text().splitlines()) == 4 for name in ("scores.csv", "latents.csv"))


def test_build_one_of_your_own(after_a_run):
    history = executed("model.fit(")["model"].history.history["loss"]
    assert len(history) == 5 and history[-1] < history[0]


def test_add_a_data_set(tmp_path, params):
    names = executed("The nines among")
    names["fetch"](tmp_path)
    images = names["decode"](tmp_path)
    arrays = arrays_of(images, images, image_size=16, fractions=Split(**params["split"]))
    assert {array.shape[1:] for name, array in arrays.items() if name != "shown"} == {(16, 16, 1)}


def test_add_a_task():
    names, images = executed("Shift: how well"), blobs(20, (16, 16, 1))
    model = Functions(encode=lambda images: images, decode=lambda latents: np.zeros(latents.shape, np.float32))
    data = Data(images, images, images, None, None, None, np.arange(2))
    scores = names["score"](model, data, 0, pixels=1)
    task = names["TASK"]
    assert {*task.headline, *task.columns, f"{task.measure}_resampled"} == set(scores)
    assert names["references"](data, [0, 1], pixels=1) == [{}, {}]
    assert "by 3 pixels" in names["method"](pixels=3)


def test_add_a_figure():
    metrics = {"pca": metrics_file([0.02, 0.02]), "deep": metrics_file([0.01, 0.012])}
    results = Results("digits", tasks={}, metrics=metrics, references={}, summary={}, shown={}, classical={})
    (axes,) = executed("Test error against validation error")["draw"](results).axes
    points = [(line.get_xdata()[0], line.get_ydata()[0]) for line in axes.get_lines()]
    np.testing.assert_allclose(points, [(0.022, 0.02), (0.0121, 0.011)])


@pytest.fixture
def project(tmp_path):
    """A copy of the project's code and tests."""
    for name in ("stages", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "params.yaml", "dvc.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "data").mkdir()
    return tmp_path


@pytest.mark.slow
def test_add_an_architecture_in_one_file(project):
    """The file and block of CONTRIBUTING.md: settings pass, contract tests run on it unasked."""
    (project / "stages/architectures/dropout.py").write_text(block("def build("))
    yaml = YAML()
    params, added = yaml.load(project / "params.yaml"), yaml.load(block("rate: 0.1"))
    params["architectures"] += added["architectures"]
    params["architecture"].update(added["architecture"])
    yaml.dump(params, project / "params.yaml")
    said, done = command(project, sys.executable, "-m", "stages.check")
    assert done, said
    contract = "tests/architectures/test_contract.py"
    said, done = command(project, sys.executable, "-m", "pytest", contract, "-k", "dropout", "-p", "no:cacheprovider")
    assert done, said
    assert int(re.search(r"(\d+) passed", said)[1]) > 5, said


@pytest.mark.slow
def test_ablations_of_the_example_are_valid(project):
    yaml = YAML()
    params = yaml.load(project / "params.yaml")
    params["ablations"].update(yaml.load(block("full_widths:"))["ablations"])
    yaml.dump(params, project / "params.yaml")
    said, done = command(project, sys.executable, "-m", "stages.check")
    assert done, said
