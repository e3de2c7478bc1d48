"""A grid of settings, each of whose points runs as an experiment of DVC."""

import subprocess
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from dvc.repo import Repo
from dvc.repo.experiments.utils import exp_refs
from dvc.utils import dict_sha256
from dvc.utils.hydra import get_hydra_sweeps

from tools.command import FailedError
from tools.revisions import git
from tools.run.cluster import elsewhere
from tools.run.threads import here


def sweep(repo: Repo, given: Namespace) -> None:
    """Run all points of a grid that are no experiments yet, as DVC writes it: "training.learning_rate=0.1,0.01". Raises
    FailedError where one fails; the others finish."""
    base = [repo.scm.get_rev(), Path(repo.root_dir, "params.yaml").read_text(), given.targets]
    grid = [point["params.yaml"] for point in get_hydra_sweeps({"params.yaml": given.sweep})]
    points = {f"sweep-{dict_sha256({'': [*base, point]})[:16]}": point for point in grid}
    missing = {name: set[str]() for name in points.keys() - {reference.name for reference in exp_refs(repo.scm)}}
    print(f"{len(points)} experiments, {len(points) - len(missing)} of them there already")
    failed = 0
    options = [*given.targets, *(["--pull", "--allow-missing"] if given.scheduler else [])]
    with elsewhere(repo, given, print) if given.scheduler else here(given.jobs) as run:
        for name, why, result, _ in run(missing, experiment, points, options):
            settings = ", ".join(points[name])
            if why:
                failed += 1
                print(f"{name}: failed with {settings}\n{why}")
                continue
            seconds, bundle = result
            with tempfile.NamedTemporaryFile() as file:
                Path(file.name).write_bytes(bundle)
                git("fetch", "--quiet", file.name, "refs/exps/*:refs/exps/*")
            print(f"{name}: ran in {seconds:.1f} s with {settings}")
    if failed:
        raise FailedError(f"{failed} experiments failed; the reason is above")
    print("`dvc exp show` lists them")


def experiment(name: str, start: Callable, points: dict[str, list[str]], options: list[str]) -> tuple[float, bytes]:
    """Run an experiment beside the workspace, here or in a clone; its seconds and its commit as a Git bundle."""
    changes = [f"--set-param={setting}" for setting in points[name]]
    # Experiments that run side by side share DVC's lock.
    command = [sys.executable, "-m", "dvc", "--wait-for-lock", "exp", "run", "--temp", "-n", name, *changes, *options]
    seconds = start([command])
    bundle = ["git", "bundle", "create", "--quiet", "-", f"--glob=refs/exps/*/*/{name}", "^HEAD"]
    return seconds, subprocess.run(bundle, capture_output=True, check=True).stdout
