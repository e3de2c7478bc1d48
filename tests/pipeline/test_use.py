"""Models used after a real run: verdicts and sizes are those that the metrics files tell."""

import json
import sys

import numpy as np
import pytest
from helpers import read_csv
from project import clone, command, cut_down, repro

from stages.evaluate.measures.image_quality import psnr

pytestmark = pytest.mark.slow
ARCHITECTURES = ("vanilla", "vector_quantized")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = clone(tmp_path_factory.mktemp("use") / "project")
    cut_down(folder, list(ARCHITECTURES))
    repro(folder, *(f"evaluate@digits-{name}" for name in ARCHITECTURES))
    return folder


def scores(project, architecture, task):
    return json.loads((project / f"metrics/digits/scores/{architecture}.json").read_text())["scores"][task]


def tool(project, name, *arguments):
    said, done = command(project, sys.executable, "-m", "tools", name, *arguments)
    assert done, said
    return said


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_verdicts(project, architecture):
    told = scores(project, architecture, "anomaly")
    images = np.load(project / "data/digits/prepared/anomalies.npy")
    count = project / "anomalies.npy"
    np.save(count, images[np.linspace(0, len(images) - 1, 50).round().astype(int)])  # the 50 that were scored
    tool(project, "apply", f"data/digits/models/{architecture}", str(count), "--scores", "scores.csv")
    rows = read_csv(project / "scores.csv")
    assert len(rows) == 50 and float(rows[0]["threshold"]) == pytest.approx(told["threshold"][0], rel=1e-5)
    place = told["anomalies"][0].index("other data set")
    assert np.mean([row["verdict"] == "anomaly" for row in rows]) == told["detected_by_anomaly"][0][place]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_sizes(project, architecture):
    told = scores(project, architecture, "compression")
    images = np.load(project / "data/digits/prepared/test.npy")
    np.save(project / "test.npy", images[np.linspace(0, len(images) - 1, 50).round().astype(int)])
    said = tool(project, "compress", f"data/digits/models/{architecture}", "test.npy", "test.aec")
    assert f"{int(told['stream_bits'][0] / 8):,} bytes of stream" in said
    size = (project / "test.aec").stat().st_size
    assert told["stream_bits"][0] / 8 < size < told["stream_bits"][0] / 8 + 250
    tool(project, "compress", f"data/digits/models/{architecture}", "test.aec", "restored.npy", "--decompress")
    restored, given = (np.load(project / f"{name}.npy") / np.float32(255) for name in ("restored", "test"))
    assert psnr(given, restored).mean() == pytest.approx(told["stream_psnr"][0], abs=0.02)
