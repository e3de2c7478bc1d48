"""A command as processes that end with whoever started them."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from typing import IO

from stages.common.stage import UserError
from tools.run.forked import Forked, module_of


class StoppedError(Exception):
    """A command was made to end before it did by itself."""


def begin(command: list, output: IO, **settings) -> subprocess.Popen | Forked:
    """Start a command, in a session of its own. output: the file that takes all it says; settings: of Popen."""
    if module := module_of(command[-1], settings.get("env", {})):
        return Forked(module, output.name, settings["cwd"], settings["env"])
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, **settings
    )


def execute(commands: list, stop: Callable[[], bool], **settings) -> float:
    """Run commands one after the other; the seconds they took. settings: of Popen.

    A command ends as soon as `stop` says so, and when this process dies, even by kill -9. Raises UserError with all
    output where one fails, StoppedError where one is made to end.
    """
    start = time.monotonic()
    with tempfile.NamedTemporaryFile("a+", errors="replace") as output:
        for command in commands:
            process = begin(command, output, **settings)
            # The pipe closes at the latest when this process dies; a line says that the command has ended by itself.
            watch = ["sh", "-c", f"read ended || kill -s KILL -- -{process.pid} || kill -s KILL {process.pid}"]
            guard = subprocess.Popen(watch, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
            while process.returncode is None and not stop():
                with suppress(subprocess.TimeoutExpired):
                    process.wait(0.5)
            if process.returncode is None:
                try:
                    os.killpg(process.pid, signal.SIGTERM)
                except ProcessLookupError:  # forked a moment ago, it does not lead its session yet
                    with suppress(ProcessLookupError):  # or it has ended by itself
                        os.kill(process.pid, signal.SIGTERM)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(5)
                guard.communicate()
                process.wait()
                raise StoppedError
            guard.communicate(b"ended\n")
            if process.returncode:
                output.seek(0)
                raise UserError(f"{output.read()}its command ended with {process.returncode}")
    return time.monotonic() - start
