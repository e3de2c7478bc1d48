"""What runs on a Dask worker."""

import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import NamedTuple, TextIO

from distributed import Status, Worker, get_worker

COMMANDS = set()  # names of tasks in this process whose commands may be running
STOP = threading.Event()  # no more commands, and those that run are to end
UNFIT = 75  # exit code of a stage elsewhere: not the stage is at fault but the worker
PATIENCE = 5  # seconds between asking a command to end and ending it


class Result(NamedTuple):
    """What became of commands: exit code of the last, seconds and output of all, where, and what comes back."""

    code: int
    seconds: float
    output: str
    worker: str
    bundle: bytes = b""


def run(commands: list, cwd: str, env: dict[str, str]) -> Result:
    """Run commands one after the other up to the first that fails.

    A command ends with its task: when Dask takes the task back, and when this process dies, even by kill -9.
    """
    worker, start = get_worker(), time.monotonic()
    name = worker.get_current_task()

    def wanted() -> bool:
        lost = worker.status in (Status.closing, Status.closed, Status.failed)  # as when the scheduler went away
        return not (STOP.is_set() or lost) and worker.state.tasks[name].state == "executing"

    COMMANDS.add(name)  # before STOP is looked at: who sets it and then finds no name here knows that nothing runs
    try:
        with tempfile.TemporaryFile("w+", errors="replace") as output:
            for command in commands:
                code = _run(
                    command,
                    output,
                    wanted,
                    cwd=cwd,
                    env=env,
                )
                if code:
                    break
            output.seek(0)
            return Result(code, time.monotonic() - start, output.read(), worker.address)
    finally:
        COMMANDS.discard(name)


def _run(command: list | str, output: TextIO, wanted: Callable[[], bool], **settings) -> int:
    """The exit code of a command, which is made to end once it is no longer wanted."""
    if not wanted():
        return -signal.SIGTERM
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        **settings,
    )
    # The pipe closes when this process dies, whatever it dies of; a line says that the command has ended.
    guard = subprocess.Popen(
        ["sh", "-c", f"read ended || kill -s KILL -- -{process.pid}"],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    asked = None
    while process.returncode is None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
            break
        if not asked and not wanted():
            asked = time.monotonic()
            os.killpg(process.pid, signal.SIGTERM)
        elif asked and time.monotonic() > asked + PATIENCE:
            os.killpg(process.pid, signal.SIGKILL)
    guard.communicate(b"ended\n")
    return process.returncode


def reproduce(name: str, remote: str, expected: dict[str, str], files: dict[str, str]) -> Result:
    """Run a stage in the clone where this worker was started, if that is what the client expects.

    files: path -> text, what differs from the commit: settings, and dvc.lock of what the stage needs.
    """
    if why := unlike(expected):
        return Result(UNFIT, 0, why, get_worker().address)
    for path, text in files.items():
        Path(path).write_text(text)
    return run([[sys.executable, "-m", "tools.run.clone", name, remote]], str(Path.cwd()), dict(os.environ))


def identity(folder: str) -> dict[str, str]:
    """Commit, Python and the packages of requirements.txt."""
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True).stdout.strip()
    pins = Path(folder, "requirements.txt")
    names = re.findall(r"^([\w.-]+)==", pins.read_text(), re.MULTILINE) if pins.exists() else []
    versions = {"commit": commit, "Python": platform.python_version()}
    for name in names:
        with suppress(metadata.PackageNotFoundError):
            versions[name] = metadata.version(name)
    return versions


def experiment(
    name: str, remote: str, expected: dict[str, str], params: str, settings: list[str], targets: list[str]
) -> Result:
    """Run an experiment in the clone where this worker was started; its commit comes back as a Git bundle."""
    if why := unlike(expected):
        return Result(UNFIT, 0, why, get_worker().address)
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder, "bundle")
        Path(folder, "params.yaml").write_text(params)
        commands = [
            ["git", "checkout", "--quiet", "--force", "HEAD", "--", "."],
            ["cp", str(Path(folder, "params.yaml")), "params.yaml"],
            [*experiment_command(name, settings, targets), "--pull", "--allow-missing"],
            [sys.executable, "-m", "tools.run.clone", "--experiment", name, remote],
            ["git", "bundle", "create", "--quiet", str(bundle), f"--glob=refs/exps/*/{name}", "^HEAD"],
        ]
        result = run(commands, str(Path.cwd()), dict(os.environ))
        return result if result.code else result._replace(bundle=bundle.read_bytes())


def experiment_command(name: str, settings: list[str], targets: list[str]) -> list[str]:
    """`dvc exp run` beside the workspace, so that many may run at a time."""
    changes = [part for setting in settings for part in ("--set-param", setting)]
    return [sys.executable, "-m", "dvc", "exp", "run", "--temp", "--name", name, *changes, *targets]


def unlike(expected: dict[str, str]) -> str:
    """How this process's clone and packages differ from those of a client; empty where they do not."""
    own = identity(".")
    differences = [
        f"{name} {own.get(name, 'is missing')}, not {expected.get(name, 'there')}"
        for name in sorted(own.keys() | expected.keys())
        if own.get(name) != expected.get(name)
    ]
    return "; ".join(differences[:5])


async def admit(expected: dict[str, str], dask_worker: Worker) -> str:
    """Let this worker take stages, one at a time, where nothing speaks against it; what does."""
    why = unlike(expected)
    if not why:
        await dask_worker.set_resources(clone=1)
    return why


async def dismiss(dask_worker: Worker) -> None:
    await dask_worker.set_resources(clone=0)
