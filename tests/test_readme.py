"""What README.md shows is run as it stands."""

import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT, blobs
from ruamel.yaml import YAML

from stages import runtime
from stages.architectures import variational
from stages.autoencoder import save
from tools import diff, pull_request

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```(python|yaml)\n(.*?)```", README, re.DOTALL)


def block(containing):
    return next(text for _, text in BLOCKS if containing in text)


def test_how_long_the_examples_are():
    assert block("load_model").count("\n") <= 5
    assert block("model.fit(").count("\n") <= 10
    assert block("def build(").count("\n") < 40


@pytest.fixture
def trained(tmp_path, monkeypatch):
    """A folder that looks like the project's after a run."""
    images = blobs(30, (16, 16, 1))
    for folder in ("data/models/digits/variational", "data/prepared/digits"):
        (tmp_path / folder).mkdir(parents=True)
    np.savez(tmp_path / "data/prepared/digits/images.npz", train=images, test=images)
    runtime.reseed(0)
    model = variational.build((16, 16, 1), 4, "relu", "squared_error", hidden=[8], beta=1.0, decoder_scale="optimal")
    save(model, tmp_path / "data/models/digits/variational/seed-0.keras")
    monkeypatch.chdir(tmp_path)


def test_use_a_trained_model(trained):
    names = {}
    exec(block("load_model"), names)
    assert names["latents"].shape == (30, 4)
    assert names["reconstructions"].shape == (30, 16, 16, 1)
    assert names["new"].shape == (10, 16, 16, 1)


def test_build_one_of_your_own(trained):
    names = {}
    exec(block("model.fit("), names)
    history = names["model"].history.history["loss"]
    assert len(history) == 5 and history[-1] < history[0]


def test_the_comment_is_one_that_the_tools_write():
    assert f"| {' | '.join(diff.COLUMNS)} |" in README
    assert diff.RULE in README and pull_request.HOW in README


def test_links_and_paths_exist():
    for target in re.findall(r"\]\(([\w./]+)\)", README):
        assert (ROOT / target).exists(), target
    for name in ("stages", "params.yaml", "dvc.yaml", "metrics/summary"):
        assert name in README and (ROOT / name).exists()


def test_commands_of_make_exist():
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"\bmake ([\w-]+)", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.slow
def test_add_an_architecture_in_one_file(tmp_path):
    """The README's file and block, in a copy of the project: settings pass, contract tests run on it unasked."""
    for name in ("stages", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "stages/architectures/dropout.py").write_text(block("def build("))
    yaml = YAML()
    params = yaml.load(ROOT / "params.yaml")
    added = yaml.load(block("rate: 0.1"))
    params["architectures"] += added["architectures"]
    params["architecture"].update(added["architecture"])
    yaml.dump(params, tmp_path / "params.yaml")
    run = {"cwd": tmp_path, "text": True, "capture_output": True}
    validated = subprocess.run([sys.executable, "-m", "stages.validate"], **run)
    assert validated.returncode == 0, validated.stderr
    command = [sys.executable, "-m", "pytest", "tests/test_architectures.py", "-k", "dropout", "-p", "no:cacheprovider"]
    tested = subprocess.run(command, **run)
    assert tested.returncode == 0, tested.stdout
    assert re.search(r"\b1\d passed|\b9 passed", tested.stdout), tested.stdout
