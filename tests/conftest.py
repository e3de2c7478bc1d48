import os
from pathlib import Path

import numpy as np
import pytest

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
