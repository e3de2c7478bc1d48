import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from stages import runtime
from stages.catalogue import read_params

ROOT = Path(__file__).parents[1]


def pytest_configure(config):
    runtime.start(threads=1)


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


def blobs(n, image_shape, seed=0):
    """uint8 images (n, *image_shape) of one soft bright spot each: easy to compress, different from noise."""
    height, width, channels = image_shape
    random = np.random.default_rng(seed)
    y, x = random.uniform(0, height, n), random.uniform(0, width, n)
    rows, columns = np.arange(height)[None, :, None], np.arange(width)[None, None, :]
    distance = (rows - y[:, None, None]) ** 2 + (columns - x[:, None, None]) ** 2
    spots = np.exp(-distance / (height * width / 20))[..., None] * random.uniform(0.5, 1, (n, 1, 1, channels))
    return np.rint(spots * 255).astype(np.uint8)


def cell(mse, jitter=1e-5):
    """A metrics file with one use; mse: one value a seed."""
    luck = np.random.default_rng(0).normal(0, jitter, 100)
    own = {"mse": list(mse), "mse_resampled": [(np.mean(mse) + luck * np.mean(mse) * 1000).tolist()] * len(mse)}
    return {"scores": {"reconstruction": own, "health": {"active_units": [4.0]}}}


BASE = {
    "digits/deep": cell([0.0100, 0.0101, 0.0099]),
    "digits/pca": cell([0.02, 0.02, 0.02]),
    "digits/sparse": cell([0.0200, 0.0250, 0.0150]),
    "digits/vanilla": cell([0.03, 0.031, 0.029]),
    "mnist/deep": cell([0.004]),
}
HEAD = {
    "digits/deep": cell([0.0080, 0.0081, 0.0079]),
    "digits/pca": cell([0.02, 0.02, 0.02]),
    "digits/sparse": cell([0.0210, 0.0205, 0.0200]),
    "digits/residual": cell([0.001, 0.001, 0.001]),
    "mnist/deep": cell([0.0050]),
}


@pytest.fixture
def history(tmp_path, monkeypatch):
    """A repository with two branches, main and change, on which the tools run without any cache."""
    monkeypatch.chdir(tmp_path)

    def git(*arguments):
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], check=True, capture_output=True
        )

    def commit(cells, params, picture):
        subprocess.run(["rm", "-rf", "metrics"], check=True)
        for name, content in cells.items():
            path = tmp_path / "metrics" / f"{name}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(content))
        YAML().dump(params, tmp_path / "params.yaml")
        (tmp_path / "plots").mkdir(exist_ok=True)
        (tmp_path / "plots/overview.png").write_bytes(picture)
        git("add", "-A")
        git("commit", "-q", "--allow-empty", "-m", "results")

    git("init", "-q", "-b", "main")
    params = {
        "datasets": ["digits", "mnist"],
        "architectures": ["pca", "vanilla", "deep", "sparse"],
        "training": {"patience": 5},
    }
    commit(BASE, params, b"one")
    git("switch", "-q", "-c", "change")
    params["architectures"] = ["pca", "deep", "sparse", "residual"]
    params["training"] = {"patience": 7, "momentum": 0.9}
    commit(HEAD, params, b"two")
    return commit
