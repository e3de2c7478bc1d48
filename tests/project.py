"""Real commands, in copies of the project that tests may change."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from helpers import ROOT
from ruamel.yaml import YAML

ENVIRONMENT = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
ENVIRONMENT.pop("PYTHONPATH", None)  # a copy's stages/ must be its own


def git(folder, *arguments):
    """What a Git command prints in a folder."""
    command = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
    return subprocess.run(command, check=True, text=True, capture_output=True).stdout


def clone(folder):
    """A clone of the project, without data and cache, in which the working tree as it stands is committed."""
    subprocess.run(["git", "clone", "-q", "--shared", str(ROOT), str(folder)], check=True)
    here = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    wanted = {path for path in here if path and (ROOT / path).is_file()}
    for path in git(folder, "ls-files", "-z").split("\0"):
        if path and path not in wanted:
            (folder / path).unlink()
    for path in wanted:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, folder / path)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "the working tree as it stands")
    return folder


def cut_down(folder, architectures, **changes):
    """Make a clone quick: the digits, a few architectures, one seed, one epoch, few images, one ablation of vanilla."""
    shutil.rmtree(folder / "metrics", ignore_errors=True)
    (folder / "metrics/published-figures").mkdir(parents=True)
    (folder / "metrics/published-figures/.gitkeep").touch()  # Git keeps no empty folder; a stage depends on it
    shutil.rmtree(folder / "plots", ignore_errors=True)
    (folder / "dvc.lock").unlink(missing_ok=True)  # DVC writes all of it anew after every stage, which takes seconds
    edit(
        folder,
        datasets=["digits"],
        architectures=architectures,
        data__digits__epochs=1,
        data__digits__passes_per_epoch=1,
        data__digits__seeds=[0],
        tasks__compression={"rates": [0.1, 0.2, 0.3], "images": 50},
        tasks__denoising__images=50,
        tasks__anomaly__images=50,
        tasks__generation__images=50,
        classifier__epochs=1,
        tuning__trials=0,
        figures={"single": ["reconstructions"], "dataset": ["tasks"]},
        ablated={"datasets": ["digits"], "architectures": ["vanilla"]},
        ablations={"digits": {"optimizer": ["adamw"]}},
        published={},
        **changes,
    )
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "a few quick cells")


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
    """Add a line to a file: a comment, so that code does the same."""
    path.write_text(path.read_text() + text)


def command(folder, *arguments, **environment):
    """What a command says in a folder, in the environment that runs the tests; and whether it succeeded."""
    done = subprocess.run(
        arguments, cwd=folder, env=ENVIRONMENT | environment, text=True, capture_output=True, timeout=900
    )
    return done.stdout + done.stderr, done.returncode == 0


def content(folder, *others):
    """Path -> bytes of all results that Git keeps, and of other folders."""
    kept = [folder / name for name in ("metrics", "plots", "REPORT.md", *others)]
    paths = [path for place in kept for path in [place, *place.rglob("*")] if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def make(folder, *arguments):
    """What a target of the Makefile says, without setting up; and whether it succeeded."""
    return command(folder, "make", "-o", ".venv/ready", *arguments)


def dvc(folder, *arguments, check=True, **environment):
    """What DVC says."""
    said, done = command(folder, "dvc", *arguments, **environment)
    assert done or not check, said
    return said


def repro(folder, *arguments, check=True, **environment):
    """Stages that ran."""
    return set(re.findall(r"Running stage '([^']+)'", dvc(folder, "repro", *arguments, check=check, **environment)))
