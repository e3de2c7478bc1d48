"""Stages that need TensorFlow, forked from a process that has loaded it once: loading takes seconds for each.

Libraries alone are shared. TensorFlow starts its threads and looks for devices at the first operation, which comes
after the fork, as in a process that loads it itself.
"""

import json
import os
import re
import runpy
import shutil
import sys
from multiprocessing import connection, forkserver, get_context
from pathlib import Path
from threading import Lock

from tools.run.stage_names import parts

LINE = re.compile(r"python -m (stages[\w.]*)((?: [\w.=-]+)*)\s*")  # nothing that a shell would change
NEEDED_BY = "stages.train.determinism"  # the module that loads TensorFlow
# Starting and asking poll all processes: of two threads that read one exit code at once, one would get 255.
POLLING = Lock()


def needs_tensorflow(stage: str) -> bool:
    """Whether the code of a stage, by its name in DVC, loads TensorFlow; only Linux forks it safely."""
    code = Path("code", f"{parts(stage)[0]}.json")
    return sys.platform == "linux" and code.is_file() and NEEDED_BY in json.loads(code.read_text())


def load() -> None:
    """Begin to load the libraries, in a process that ends with this one."""
    forkserver.set_forkserver_preload(["tools.run.preloaded"])
    forkserver.ensure_running()


def module_of(line: str, env: dict[str, str]) -> list[str] | None:
    """The module that a command runs and its arguments, where this Python may run it forked; else None."""
    said, python = LINE.fullmatch(line), shutil.which("python", path=env.get("PATH"))
    if not said or not python or Path(python).parent != Path(sys.executable).parent:
        return None
    return [said[1], *said[2].split()] if needs_tensorflow(env.get("DVC_STAGE", "")) else None


class Forked:
    """A module that runs as by `python -m`, with the part of Popen's interface that is used here.

    output: path of the file that takes all it says; cwd, env: as for Popen
    """

    def __init__(self, command: list[str], output: str, cwd: str, env: dict[str, str]):
        load()
        self._process = get_context("forkserver").Process(target=run, args=(command, output, cwd, env))
        with POLLING:
            self._process.start()
        self.pid = self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code; None while it runs."""
        with POLLING:
            return self._process.exitcode

    def wait(self, seconds: float | None = None) -> None:
        """Wait for its end, so many seconds at most."""
        connection.wait([self._process.sentinel], seconds)


def run(command: list[str], output: str, cwd: str, env: dict[str, str]) -> None:
    """Run a module with its arguments, in a session of its own; for the forked process."""
    os.setsid()
    os.dup2(os.open(output, os.O_WRONLY | os.O_APPEND), 1)
    os.dup2(1, 2)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.argv[1:] = command[1:]
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)
