import json
import os
import shutil

import pytest
from helpers import ROOT, metrics_file, task_of
from project import git
from ruamel.yaml import YAML

from stages.common.params import read_params
from stages.train import determinism


def pytest_configure(config):
    determinism.start(threads=1)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """In CI nothing may be left out quietly: a skip counts as a failure."""
    report = (yield).get_result()
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"


@pytest.fixture
def params():
    return read_params(ROOT / "params.yaml")


BASE = {
    "digits/deep": metrics_file([0.0100, 0.0101, 0.0099]),
    "digits/pca": metrics_file([0.02, 0.02, 0.02]),
    "digits/sparse": metrics_file([0.0200, 0.0250, 0.0150]),
    "digits/vanilla": metrics_file([0.03, 0.031, 0.029]),
    "mnist/deep": metrics_file([0.004]),
}
HEAD = {
    "digits/deep": metrics_file([0.0080, 0.0081, 0.0079]),
    "digits/pca": metrics_file([0.02, 0.02, 0.02]),
    "digits/sparse": metrics_file([0.0210, 0.0205, 0.0200]),
    "digits/residual": metrics_file([0.001, 0.001, 0.001]),
    "mnist/deep": metrics_file([0.0050]),
}
REFERENCES = {"classifier": {}, "tasks": [task_of("reconstruction")._asdict()], "scores": {}}


@pytest.fixture
def history(tmp_path, monkeypatch):
    """A repository with two branches, main and change, on which the tools run without any cache."""
    monkeypatch.chdir(tmp_path)

    def commit(cells, params, picture):
        shutil.rmtree(tmp_path / "metrics", ignore_errors=True)
        files = {name.replace("/", "/scores/"): content for name, content in cells.items()}
        files |= dict.fromkeys(("digits/references", "mnist/references"), REFERENCES)
        for name, content in files.items():
            path = tmp_path / "metrics" / f"{name}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(content))
        YAML().dump(params, tmp_path / "params.yaml")
        (tmp_path / "plots").mkdir(exist_ok=True)
        (tmp_path / "plots/overview.png").write_bytes(picture)
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-q", "--allow-empty", "-m", "results")

    git(tmp_path, "init", "-q", "-b", "main")
    params = {
        "datasets": ["digits", "mnist"],
        "architectures": ["pca", "vanilla", "deep", "sparse"],
        "training": {"patience": 5},
    }
    commit(BASE, params, b"one")
    git(tmp_path, "switch", "-q", "-c", "change")
    params["architectures"] = ["pca", "deep", "sparse", "residual"]
    params["training"] = {"patience": 7, "momentum": 0.9}
    commit(HEAD, params, b"two")
    return commit
