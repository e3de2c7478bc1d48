"""Clones of a commit in which the digits are compared from scratch."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.revisions import git

LEFT_OUT = ("MAKEFLAGS", "MAKELEVEL", "PYTHONPATH")  # variables that a clone's `make` does not get
RESULTS = ("metrics", "plots", "REPORT.md", "dvc.lock")  # that Git keeps


def clone(commit: str, folder: Path) -> None:
    """The files of a commit of this repository in a new folder, which has a cache of its own."""
    git("clone", "--quiet", "--shared", "--no-checkout", ".", str(folder))
    git("-C", str(folder), "checkout", "--quiet", "--detach", commit)
    # A cache that the whole machine shares, as DVC can be told to, would hand out results instead of making them.
    (folder / ".dvc/config.local").write_text("[cache]\n    dir = cache\n")


def without_results(folder: Path) -> None:
    """A clone of the last commit with no result in it."""
    clone("HEAD", folder)
    for path in (folder / name for name in RESULTS):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def demo(folder: Path, jobs: int, set_up: bool = False, **settings) -> subprocess.Popen:
    """`make demo` of a clone, started: with the packages of this environment, or with set_up with packages of its own.

    settings: of Popen; variables in `env` are added to those of this process
    """
    command = ["make", *([] if set_up else ["-o", ".venv/ready"]), "demo", f"JOBS={jobs}"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    env |= {"PATH": path} | settings.pop("env", {})
    return subprocess.Popen(command, cwd=folder, env=env, **settings)
