"""The real `dvc repro` in a temporary copy of the project, cut down to three quick cells on the digits."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT
from ruamel.yaml import YAML

pytestmark = pytest.mark.slow
ENVIRONMENT = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
CELLS = [f"{stage}@digits-{{}}" for stage in ("train", "evaluate", "illustrate")]
AFTER = {"compare@digits", "report"}
YARDSTICKS = {"outliers@digits", "classifier@digits", "baselines@digits"}
LATENT, RATE = "sweep_latent@latent_size-digits-pca", "sweep_training@learning_rate-digits-vanilla"
EVALUATED = {f"evaluate@digits-{name}" for name in ("pca", "vanilla", "sparse")}


def cell(architecture):
    return {name.format(architecture) for name in CELLS}


def dvc(folder, *arguments, check=True):
    done = subprocess.run(["dvc", *arguments], cwd=folder, env=ENVIRONMENT, text=True, capture_output=True)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def repro(folder, *arguments, check=True):
    """Stages that ran."""
    return set(re.findall(r"Running stage '([^']+)'", dvc(folder, "repro", *arguments, check=check)))


def edit(folder, **changes):
    """Change params.yaml: architecture__sparse__weight=0.5"""
    path = folder / "params.yaml"
    yaml = YAML()
    params = yaml.load(path)
    for key, value in changes.items():
        *parents, last = key.split("__")
        block = params
        for name in parents:
            block = block[name]
        block[last] = value
    yaml.dump(params, path)


def append(path, text="\n# touched\n"):
    path.write_text(path.read_text() + text)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clone") / "project"
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(folder)], check=True)
    shutil.copytree(ROOT / "stages", folder / "stages", dirs_exist_ok=True)
    for name in ("params.yaml", "dvc.yaml"):
        shutil.copy(ROOT / name, folder)
    shutil.rmtree(folder / "metrics", ignore_errors=True)
    (folder / "dvc.lock").unlink()  # DVC writes all of it anew after every stage, which takes seconds
    edit(
        folder,
        datasets=["digits"],
        architectures=["pca", "vanilla", "sparse"],
        data__digits__epochs=1,
        data__digits__passes_per_epoch=1,
        data__digits__seeds=[0],
        tasks__compression__bits=[3, 6],
        classifier__epochs=1,
        experiments={},
        sweeps={
            "latent": {"settings": ["latent_size"], "datasets": ["digits"], "architectures": ["pca"]},
            "training": {"settings": ["learning_rate"], "datasets": ["digits"], "architectures": ["vanilla"]},
            "values": {"latent_size": [2], "learning_rate": [0.001]},
        },
    )
    ran = repro(folder)
    everything = {"validate", "fetch@digits", "prepare@digits", LATENT, RATE} | YARDSTICKS | AFTER
    assert ran == everything | cell("pca") | cell("vanilla") | cell("sparse")
    return folder


def test_a_second_run_does_nothing(project):
    assert repro(project) == set()
    assert repro(project, "compare@digits") == set()


EDITS = {
    "an architecture's setting": (
        lambda folder: edit(folder, architecture__sparse__weight=0.5),
        {"validate"} | cell("sparse") | AFTER,
    ),
    "an architecture's code": (
        lambda folder: append(folder / "stages/architectures/vanilla.py"),
        {"validate", RATE} | cell("vanilla"),  # a comment: the same weights, so nothing behind it changes
    ),
    "a training setting": (
        lambda folder: edit(folder, training__learning_rate=0.01),
        {"validate", LATENT, RATE, "train@digits-pca"} | cell("sparse") | cell("vanilla") | AFTER,
    ),
    "a setting of another data set": (
        lambda folder: edit(folder, data__mnist__epochs=3),
        {"validate", "report"},
    ),
    "a figure of a cell": (
        lambda folder: append(folder / "stages/figures/cell/latent_space.py"),
        {"validate"} | {f"illustrate@digits-{name}" for name in ("pca", "vanilla", "sparse")},
    ),
    "a figure of a data set": (
        lambda folder: append(folder / "stages/figures/dataset/uses.py"),
        {"validate", "compare@digits", "report"},  # the report has captions from the figure's file
    ),
    "a value that is swept": (
        lambda folder: edit(folder, sweeps__values__learning_rate=[0.002]),
        {"validate", RATE, "report"},
    ),
    "the report's text": (
        lambda folder: append(folder / "stages/report.md.j2", "\nMore.\n"),
        {"report"},
    ),
    "an option of a use": (
        lambda folder: edit(folder, tasks__denoising__block=0.5),
        {"validate", "baselines@digits"} | EVALUATED | AFTER,
    ),
    "what anomalies are taken from": (
        lambda folder: edit(folder, data__digits__outliers="digits"),
        {"validate", "outliers@digits", "baselines@digits"} | EVALUATED | AFTER,
    ),
    "the split": (
        lambda folder: edit(folder, split__seed=1),
        {"validate", "prepare@digits", LATENT, RATE}
        | (YARDSTICKS | cell("sparse") | cell("vanilla") | cell("pca") | AFTER),
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_reruns_what_depends_on_it(project, name):
    change, expected = EDITS[name]
    change(project)
    ran = repro(project)
    # The illustrate stage of an edited architecture imports it as well; comparisons rerun only if figures moved.
    assert ran == expected
    assert repro(project) == set()


def test_a_mistake_in_params_deletes_nothing(project):
    before = {path: path.read_bytes() for path in (project / "data/models").rglob("*.keras")}
    edit(project, architecture__sparse__weight="heavy")
    output = dvc(project, "repro", check=False)
    assert "architecture.sparse.weight = 'heavy'" in output and "valid number" in output
    assert "Traceback" not in output
    assert before == {path: path.read_bytes() for path in (project / "data/models").rglob("*.keras")}
    edit(project, architecture__sparse__weight=0.5)
    repro(project)


def test_a_loss_that_is_not_finite_stops_with_a_reason(project):
    repro(project)
    settings = (project / "params.yaml").read_text()
    edit(project, training__learning_rate=3e38, training__optimizer="sgd", training__warmup=0.0)
    output = dvc(project, "repro", "train@digits-vanilla", check=False)
    assert re.search(r"digits vanilla, seed 0: \w+ became (nan|inf) in epoch 1 of 1", output), output
    assert "learning_rate" in output and "Traceback" not in output
    (project / "params.yaml").write_text(settings)
    assert "train@digits-vanilla" not in repro(project), "the earlier result comes from the run cache"


def test_killed_in_the_middle(project):
    """A killed training loses its own outputs alone, and the next run makes them again."""
    edit(project, architecture__vanilla__latent_activation="relu", data__digits__epochs=2000)
    running = subprocess.Popen(
        ["dvc", "repro", "train@digits-vanilla"],
        cwd=project,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    folder = project / "data/models/digits/vanilla"
    while time.monotonic() < deadline:
        if (folder / "untrained.npy").exists() and not (folder / "seed-0.keras").exists():
            break  # the old result is gone, training is under way
        time.sleep(0.2)
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()
    assert (project / "data/models/digits/sparse/seed-0.keras").exists()
    assert not (project / "data/models/digits/vanilla/seed-0.keras").exists()
    edit(project, data__digits__epochs=1)
    ran = repro(project)
    assert cell("vanilla") <= ran
    assert (project / "data/models/digits/vanilla/seed-0.keras").exists()


def test_the_same_bytes_from_scratch(project):
    """The cache thrown away and all run again: what Git keeps does not change by a byte."""
    kept = [path for folder in ("metrics", "plots") for path in (project / folder).rglob("*") if path.is_file()]
    kept.append(project / "REPORT.md")
    before = {path: path.read_bytes() for path in kept}
    shutil.rmtree(project / ".dvc/cache")
    for path in (project / "data").iterdir():
        if path.name != "README.md":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert "train@digits-vanilla" in repro(project)
    changed = [str(path.relative_to(project)) for path, content in before.items() if path.read_bytes() != content]
    assert not changed


def test_nothing_is_written_outside_declared_outputs(project):
    """All untracked files are ignored by Git or lie in folders of outputs."""
    status = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all"],
        cwd=project,
        check=True,
        text=True,
        capture_output=True,
    ).stdout.splitlines()
    allowed = ("metrics/", "plots/", "REPORT.md", "dvc.lock", "params.yaml", "dvc.yaml", "stages/")
    assert not [line for line in status if not line[3:].startswith(allowed)]


def test_no_network_and_no_mirror(project):
    """A data set that cannot be had: what was tried and the ways out, nothing else lost."""
    edit(project, datasets=["digits", "mnist"])
    environment = {k: v for k, v in ENVIRONMENT.items() if k != "DATASET_MIRROR"}
    environment |= {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    done = subprocess.run(
        ["dvc", "repro", "prepare@mnist"], cwd=project, env=environment, text=True, capture_output=True, timeout=120
    )
    output = done.stdout + done.stderr
    assert done.returncode != 0
    for part in ("could not get train-images-idx3-ubyte.gz of mnist", "DATASET_MIRROR", "make demo", "https://"):
        assert part in output, output
    assert "Traceback" not in output
