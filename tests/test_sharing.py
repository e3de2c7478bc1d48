"""`make reproduce` on a cut-down copy of the project, and its results handed to a second clone through a remote."""

import re
import shutil
import subprocess

import pytest
from conftest import ROOT
from ruamel.yaml import YAML
from test_repro import ENVIRONMENT, dvc, edit

from stages.catalogue import UserError
from tools import share

pytestmark = pytest.mark.slow
KEPT = ("metrics", "plots", "data/models", "data/pictures", "REPORT.md")


def git(folder, *arguments):
    command = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
    subprocess.run(command, check=True, capture_output=True)


def cut_down(folder):
    """Two quick cells on the digits and a sweep, from the working tree of the project."""
    for name in ("stages", "tools"):
        shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True)
    for name in ("Makefile", "params.yaml", "dvc.yaml", ".gitignore"):
        shutil.copy(ROOT / name, folder)
    shutil.rmtree(folder / "metrics")
    (folder / "dvc.lock").unlink()  # DVC writes all of it anew after every stage, which takes seconds
    sweep = {"settings": ["learning_rate"], "datasets": ["digits"], "architectures": ["vanilla"]}
    edit(
        folder,
        datasets=["digits"],
        architectures=["pca", "vanilla"],
        data__digits__epochs=1,
        data__digits__passes_per_epoch=1,
        data__digits__seeds=[0],
        tasks__compression={"bits": [3, 6], "images": 50},
        tasks__denoising__images=50,
        tasks__anomaly__images=50,
        tasks__generation__images=50,
        classifier__epochs=1,
        figures={"cell": ["reconstructions"], "dataset": ["uses"]},
        experiments={},
        sweeps__latent=sweep,
        sweeps__training={**sweep, "architectures": ["pca"]},
        sweeps__values={"learning_rate": [0.01]},
    )
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "two quick cells")


def make(folder, *arguments):
    """What a target of the Makefile says, in the environment that runs the tests; and whether it succeeded."""
    command = ["make", "-o", ".venv/ready", *arguments]
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, text=True, capture_output=True)
    return done.stdout + done.stderr, done.returncode == 0


def content(folder):
    """Path -> bytes of all results."""
    paths = [path for name in KEPT for path in [folder / name, *(folder / name).rglob("*")] if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A clone where all has been run, two cells at a time, and the results were pushed; beside it a second clone."""
    parent = tmp_path_factory.mktemp("clones")
    folder = parent / "first"
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(folder)], check=True)
    cut_down(folder)
    dvc(folder, "remote", "add", "--default", "storage", str(parent / "storage"))
    git(folder, "commit", "-q", "-a", "-m", "a remote that all share")
    subprocess.run(["git", "clone", "-q", str(folder), str(parent / "second")], check=True)
    output, done = make(folder, "reproduce", "JOBS=2")
    assert done, output
    assert "Running stage 'train@digits-vanilla'" in output
    output, done = make(folder, "share")
    assert done and "shared" in output, output
    return folder


def test_side_by_side_leaves_nothing_to_do(first):
    assert "Running stage" not in dvc(first, "repro")
    assert (first / "metrics/sweeps/digits/learning_rate/vanilla.json").exists()


def test_a_second_clone_trains_nothing(first):
    """It has the commit alone: no lock, no metrics, no cache. All comes from the remote, the same."""
    second = first.parent / "second"
    assert not (second / "metrics/digits").exists()
    output = dvc(second, "repro", "--pull")
    # DVC remembers no run of a stage whose plain output Git keeps; writing the report takes seconds and trains nothing.
    assert re.findall(r"Running stage '([^']+)'", output) == ["report"]
    cached = set(re.findall(r"Stage '([^']+)' is cached - skipping run", output))
    assert {"train@digits-vanilla", "classifier@digits", "sweep_latent@learning_rate-digits-vanilla"} <= cached
    assert content(second) == content(first)
    locks = [YAML(typ="safe").load(clone / "dvc.lock") for clone in (first, second)]
    assert locks[0] == locks[1]  # but for the order, which is that of running


def test_a_cell_that_fails_fails_the_command(first):
    """It ends there: no other cell is started and nothing compared."""
    (first / "stages/illustrate.py").write_text("raise ValueError('broken')\n")
    output, done = make(first, "reproduce", "JOBS=1")
    assert not done and "broken" in output
    assert "illustrate@digits-vanilla" not in output and "compare@digits" not in output


def test_sharing_needs_a_remote_that_can_hold_runs(tmp_path, monkeypatch):
    """What is wrong and what would do, in one line."""
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "-q")
    dvc(tmp_path, "init", "-q")
    with pytest.raises(UserError, match="through a folder, SSH or S3: dvc remote add -d storage"):
        share.main()
