"""What runs on a Dask worker."""

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from distributed import get_worker

COMMANDS = set()  # names of tasks in this process whose commands may be running
STOP = threading.Event()  # no more commands, and those that run are to end
PATIENCE = 5  # seconds between asking a command to end and ending it


def run(commands: list, cwd: str, env: dict[str, str]) -> tuple[int, float, str]:
    """Exit code, seconds and output of commands run one after the other up to the first that fails.

    A command ends with its task: when Dask takes the task back, and when this process dies, even by kill -9.
    """
    worker, start = get_worker(), time.monotonic()
    name = worker.get_current_task()
    COMMANDS.add(name)  # before STOP is looked at: who sets it and then finds no name here knows that nothing runs
    try:
        with tempfile.TemporaryFile("w+", errors="replace") as output:
            for command in commands:
                code = _run(
                    command,
                    output,
                    lambda: not STOP.is_set() and worker.state.tasks[name].state == "executing",
                    cwd=cwd,
                    env=env,
                )
                if code:
                    break
            output.seek(0)
            return code, time.monotonic() - start, output.read()
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
