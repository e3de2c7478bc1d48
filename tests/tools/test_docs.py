"""What README.md and docs/ show is run as it stands."""

import re
import shutil
import sys

import numpy as np
import pytest
from helpers import ROOT, blobs, metrics_file
from project import command
from ruamel.yaml import YAML

from stages.architectures import variational
from stages.common.params import read_params
from stages.compare.results import Results
from stages.evaluate.protocol import Data, Functions
from stages.prepare.__main__ import arrays_of
from stages.train import determinism
from stages.train.saving import save
from tools import readme

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "data/README.md"]
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text() for path in PAGES}
BLOCKS = [text for page in TEXTS.values() for text in re.findall(r"```(?:python|yaml)\n(.*?)```", page, re.DOTALL)]


def block(containing):
    """The one example that has these words in it."""
    (found,) = [text for text in BLOCKS if containing in text]
    return found


def executed(containing):
    """The names that an example defines."""
    names = {"__name__": "example"}
    exec(block(containing), names)
    return names


def anchors(text):
    """The addresses of a page's headings, as GitHub makes them."""
    return {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in re.findall(r"^#+ (.+)$", text, re.M)}


@pytest.mark.parametrize("page", TEXTS)
def test_pages_are_short(page):
    assert TEXTS[page].count("\n") < (150 if page == "README.md" else 90)


def test_examples_are_short():
    assert block("load_model").count("\n") <= 5
    assert block("model.fit(").count("\n") <= 10
    assert block("def build(").count("\n") < 40


def test_takeaways_are_those_of_the_report():
    """Where this fails, `make readme` writes them anew."""
    block, report = (readme.block_of((ROOT / path).read_text(), path) for path in ("README.md", "REPORT.md"))
    assert readme.ORIGIN.search(block), "the line of date and machine is missing: run `make readme`"
    origin = readme.ORIGIN.search(block)[0]
    assert block == f"{readme.takeaways(report)}\n\n{origin}", "the takeaways are stale: run `make readme`"


def test_no_result_is_typed_by_hand():
    """Outside of what tools write, no page names a date, a machine or a version of a library."""
    for page, text in TEXTS.items():
        if "\nWritten by `python -m tools." in text:
            continue
        assert not re.search(r"\b20\d\d-\d\d|(TensorFlow|DVC) \d|\d cores", readme.BLOCK.sub("", text)), page


@pytest.mark.parametrize("page", TEXTS)
def test_links_exist(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", TEXTS[page]):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        linked = (ROOT / page).parent / path if path else ROOT / page
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked.read_text()), target


@pytest.mark.parametrize("page", TEXTS)
def test_paths_exist(page):
    """Code and settings that a page names in full; what stands in <> differs, what an example adds is not there yet."""
    added = {
        "stages/architectures/dropout.py",
        "stages/evaluate/tasks/shift.py",
        "stages/compare/figures/dataset/validation.py",
        "stages/prepare/datasets/nines.py",
    }
    named = set(re.findall(r"`((?:stages|tools|tests|docs|notebooks|\.github|\.ci|\.dvc)/[\w./-]*)`", TEXTS[page]))
    for path in named - added - {".dvc/cache"}:
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("page", TEXTS)
def test_commands_exist(page):
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"\bmake ([a-z][\w-]*)", "\n".join(_code(TEXTS[page]))):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    stages = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]
    params = read_params(ROOT / "params.yaml")
    for stage, dataset, architecture in re.findall(r"\b([a-z]+)@([\w*]+)(?:-([\w*]+))?", "\n".join(_code(TEXTS[page]))):
        assert stage in stages, stage
        assert dataset in {*params["datasets"], "nines", "*"}, dataset
        assert architecture in {"", "*", *params["architectures"]}, architecture


def _code(text):
    return re.findall(r"```sh\n.*?```|`[^`\n]+`", text, re.DOTALL)


def test_settings_are_all_described(params):
    text = TEXTS["docs/settings.md"]
    for name in (*params, *params["training"], *params["data"]["digits"]):
        assert f"`{name}`" in text or f"`{name}." in text or f"{name}.<" in text, name


def test_pictures_are_all_described(params):
    text = TEXTS["docs/reading-the-results.md"]
    for name in params["figures"]["dataset"]:
        assert f"{name}.png`" in text, name
    for name in params["figures"]["single"]:
        assert f"`{name}`" in text, name


@pytest.fixture
def trained(tmp_path, monkeypatch):
    """A folder that looks like the project's after a run."""
    images = blobs(30, (16, 16, 1))
    for folder in ("data/models/digits/variational", "data/prepared/digits/images"):
        (tmp_path / folder).mkdir(parents=True)
    np.save(tmp_path / "data/prepared/digits/test.npy", images)
    np.save(tmp_path / "data/prepared/digits/images/train.npy", images)
    determinism.reseed(0)
    model = variational.build((16, 16, 1), 4, "relu", "squared_error", hidden=[8], beta=1.0, decoder_scale="optimal")
    save(model, tmp_path / "data/models/digits/variational/seed-0.keras")
    monkeypatch.chdir(tmp_path)


def test_use_a_trained_model(trained):
    names = executed("load_model")
    assert names["latents"].shape == (30, 4)
    assert names["reconstructions"].shape == (30, 16, 16, 1)
    assert names["new"].shape == (10, 16, 16, 1)


def test_a_trained_model_loads_in_a_fresh_process(trained):
    """Nothing but what the example imports has registered the model's class."""
    said, done = command(".", sys.executable, "-c", block("load_model"), PYTHONPATH=str(ROOT))
    assert done, said


def test_build_one_of_your_own(trained):
    history = executed("model.fit(")["model"].history.history["loss"]
    assert len(history) == 5 and history[-1] < history[0]


def test_add_a_data_set(tmp_path, params):
    names = executed("The nines among")
    names["fetch"](tmp_path)
    images = names["decode"](tmp_path)
    arrays = arrays_of(images, images, image_size=16, fractions=params["split"])
    assert {array.shape[1:] for name, array in arrays.items() if name != "shown"} == {(16, 16, 1)}


def test_add_a_task():
    names, images = executed("Shift: how well"), blobs(20, (16, 16, 1))
    model = Functions(encode=lambda images: images, decode=lambda latents: np.zeros(latents.shape, np.float32))
    data = Data(images, images, images, None, None, None, np.arange(2))
    scores = names["score"](model, data, 0, pixels=1)
    task = names["TASK"]
    assert {*task.headline, *task.columns, f"{task.measure}_resampled"} == set(scores)
    assert names["references"](data, 0, pixels=1) == {}


def test_add_a_figure():
    metrics = {"pca": metrics_file([0.02, 0.02]), "deep": metrics_file([0.01, 0.012])}
    results = Results("digits", tasks={}, metrics=metrics, references={}, summary={}, shown={})
    (axes,) = executed("Test error against validation error")["draw"](results).axes
    points = [(line.get_xdata()[0], line.get_ydata()[0]) for line in axes.get_lines()]
    np.testing.assert_allclose(points, [(0.022, 0.02), (0.0121, 0.011)])


@pytest.fixture
def project(tmp_path):
    """A copy of the project's code and tests."""
    for name in ("stages", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "params.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "data").mkdir()
    return tmp_path


@pytest.mark.slow
def test_add_an_architecture_in_one_file(project):
    """The README's file and block: settings pass, contract tests run on it unasked."""
    (project / "stages/architectures/dropout.py").write_text(block("def build("))
    yaml = YAML()
    params, added = yaml.load(project / "params.yaml"), yaml.load(block("rate: 0.1"))
    params["architectures"] += added["architectures"]
    params["architecture"].update(added["architecture"])
    yaml.dump(params, project / "params.yaml")
    said, done = command(project, sys.executable, "-m", "stages.validate")
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
    said, done = command(project, sys.executable, "-m", "stages.validate")
    assert done, said
