"""Stages that are forked behave as those that are started."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from helpers import ROOT
from processes import alive

from tools.run import forked, process

ENV = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "DVC_STAGE": "train@digits-deep"}
PROGRAM = """
import os, sys
print("in", os.getcwd(), "as", __name__, "with", sys.argv[1:], os.environ.get("WORD"), "HOME" in os.environ, flush=True)
if "refuse" in sys.argv:
    sys.exit("error: no")
if "wait" in sys.argv:
    import time
    open("waits", "w").close()
    time.sleep(60)
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A module stages_toy; nothing is loaded beforehand."""
    (tmp_path / "stages_toy.py").write_text(PROGRAM)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(forked, "load", lambda: None)
    monkeypatch.setattr(forked, "needs_tensorflow", lambda stage: True)
    return {"cwd": str(tmp_path), "env": ENV | {"WORD": "given"}}


@pytest.mark.parametrize(
    ("line", "module"),
    [
        ("python -m stages.train --dataset digits", ["stages.train", "--dataset", "digits"]),
        ("python -m stages.evaluate.references --dataset=a\n", ["stages.evaluate.references", "--dataset=a"]),
        ("python -m stages.train --dataset digits > log", None),
        ("python -m stages.train && echo done", None),
        ("python -m stages.train --dataset $HOME", None),
        ("python -m tools run", None),
        ("echo python -m stages.train", None),
    ],
)
def test_a_plain_command_alone_is_forked(line, module, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert forked.module_of(line, ENV) == module


@pytest.mark.parametrize(
    "change", [{"DVC_STAGE": "judge@digits"}, {"DVC_STAGE": "check"}, {"PATH": "/usr/bin"}, {"PATH": ""}]
)
def test_another_python_and_stages_without_networks_are_started(change, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert forked.module_of("python -m stages.train", ENV | change) is None


def test_it_runs_as_a_command_does(program):
    """The same words, exit code and surroundings by both ways."""
    said = {}
    for name, command in {"forked": "", "started": "true && "}.items():
        with Path(program["cwd"], name).open("a+") as output:
            started = process.begin(["sh", "-c", f"{command}python -m stages_toy refuse"], output, **program)
            started.wait()
            assert (type(started) is forked.Forked) == (name == "forked") and started.returncode == 1
        said[name] = Path(program["cwd"], name).read_text()
    assert said["forked"] == said["started"] and said["forked"].endswith("given False\nerror: no\n")


@pytest.mark.parametrize("runs", [False, True])
def test_it_is_stopped_as_a_command_is(program, monkeypatch, tmp_path, runs):
    """As soon as it is forked, when it may have begun or not, and when it runs: it ends by the signal and is gone."""
    started, begin = [], process.begin
    monkeypatch.setattr(process, "begin", lambda *given, **more: started.append(begin(*given, **more)) or started[-1])
    with pytest.raises(process.StoppedError):
        stop = (tmp_path / "waits").exists if runs else lambda: True
        process.execute([["sh", "-c", "python -m stages_toy wait"]], stop, **program)
    assert type(started[0]) is forked.Forked and started[0].returncode == -signal.SIGTERM
    assert not alive(started[0].pid)


def test_it_leads_a_session_and_tells_what_ended_it(program, tmp_path):
    with (tmp_path / "said").open("a+") as output:
        started = process.begin(["sh", "-c", "python -m stages_toy wait"], output, **program)
        while not (tmp_path / "said").read_text():
            started.wait(0.05)
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()
    assert started.returncode == -signal.SIGKILL


def test_every_thread_is_told_how_its_own_process_ended(program, tmp_path):
    """Threads that poll at the same time, as several jobs do."""

    def codes(thread):
        with (tmp_path / f"said-{thread}").open("a+") as output:
            for _ in range(12):
                started = process.begin(["sh", "-c", "python -m stages_toy refuse"], output, **program)
                while started.returncode is None:
                    pass
                yield started.returncode

    with ThreadPoolExecutor(6) as threads:
        assert {code for own in threads.map(lambda i: list(codes(i)), range(6)) for code in own} == {1}


@pytest.mark.slow
def test_no_thread_runs_before_the_fork():
    """A fork copies one thread; those of TensorFlow must not have been started."""

    count = (
        "import tools.run.preloaded, os, sys; print('tensorflow' in sys.modules, len(os.listdir('/proc/self/task')))"
    )
    said = subprocess.run([sys.executable, "-c", count], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert said == "True 1\n"


def test_what_is_loaded_is_what_networks_need(monkeypatch):
    monkeypatch.chdir(ROOT)
    kinds = {path.stem for path in Path("code").glob("*.json") if forked.NEEDED_BY in json.loads(path.read_text())}
    assert {"train", "tune", "evaluate", "references"} <= kinds and not kinds & {"prepare", "judge", "draw", "report"}
