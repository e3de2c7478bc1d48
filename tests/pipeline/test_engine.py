"""The engine as processes that are stopped and killed."""

import os
import re
import signal
import sys
import time

import pytest
from processes import alive, end, finish, until
from project import command, git
from toys import complete, content, dvc, environment, project, ran, start, write

pytestmark = pytest.mark.slow

# `slow` takes long where the setting says so, and leaves half of its outputs meanwhile.
PIPELINE = """
stages:
  quick:
    cmd: echo quick >> $RUNS && echo ${seconds} > quick.txt
    params: [seconds]
    outs: [quick.txt]
  slow:
    cmd: >
      echo slow >> $RUNS && echo half > slow.txt && echo 0 > scores/slow.json && echo $$ > $RUNS.process &&
      sleep ${seconds} && echo whole > slow.txt && echo ${seconds} > scores/slow.json
    deps: [quick.txt]
    params: [seconds]
    outs: [slow.txt]
    metrics:
    - scores/slow.json: {cache: false}
  after:
    cmd: echo after >> $RUNS && cp slow.txt after.txt
    deps: [slow.txt]
    params: [seconds]
    outs: [after.txt]
"""


@pytest.fixture
def folder(tmp_path):
    return project(tmp_path / "project", PIPELINE, "seconds: 0\n")


def in_the_middle(folder):
    """A run of the engine while its second stage is at work, and that stage's process."""
    complete(folder)
    assert ran(folder) == ["quick", "slow", "after"]
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "results")
    (folder.parent / "runs.process").unlink()
    write("params.yaml", "seconds: 60\n")(folder)
    process = start(folder)
    until((folder.parent / "runs.process").exists)
    until((folder.parent / "runs.process").read_text)
    return process, int((folder.parent / "runs.process").read_text())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped(folder, number):
    """What is finished counts; what is not is as it was before, and nothing goes on running."""
    process, stage = in_the_middle(folder)
    before = content(folder)
    process.send_signal(number)
    assert "error: stopped; what is finished is recorded" in finish(process, 1)
    assert not alive(stage)
    assert (folder / "quick.txt").read_text() == "60\n"
    assert (folder / "slow.txt").read_text() == "whole\n"
    assert (folder / "scores/slow.json").read_text() == "0\n"
    assert before["after.txt"] == content(folder)["after.txt"]
    status = dvc(folder, "status")
    assert "quick" not in status.replace("quick.txt", "") and "slow:" in status
    ran(folder)
    write("params.yaml", "seconds: 0\n")(folder)
    assert "quick: cached" in complete(folder)
    assert ran(folder) == []


@pytest.mark.parametrize("wait", [0.5, 1, 1.5, 2])
def test_stopped_while_libraries_load(folder, wait):
    process = start(folder)
    time.sleep(wait)
    assert "Traceback" not in end(process, signal.SIGINT)
    complete(folder)


def test_what_is_finished_stays_hidden_from_git(folder):
    """DVC forgets its lines of .gitignore when an error ends it."""
    write("params.yaml", "seconds: 60\n")(folder)
    process = start(folder)
    until((folder.parent / "runs.process").exists)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert "/quick.txt" in (folder / ".gitignore").read_text()
    assert not (folder / "slow.txt").exists()


def test_killed(folder):
    """The command of the stage dies as well; the next run has all that was finished and nothing half."""
    process, stage = in_the_middle(folder)
    process.kill()
    process.communicate(timeout=60)
    until(lambda: not alive(stage), 10)
    ran(folder)
    (folder / "dvc.yaml").write_text(
        (folder / "dvc.yaml").read_text().replace("sleep ${seconds}", "sleep 0.${seconds}")
    )
    said = complete(folder)
    assert ran(folder) == ["slow", "after"]
    assert "quick: cached" in said
    assert "up to date" in dvc(folder, "status")


@pytest.mark.parametrize("half", ["", '{"write": {"/data/a'])
def test_killed_while_dvc_writes_which_process_uses_what(folder, half):
    """Plain DVC refuses to run until the half file is removed by hand."""
    (folder / ".dvc/tmp").mkdir(exist_ok=True)
    (folder / ".dvc/tmp/rwlock").write_text(half)
    complete(folder)
    assert ran(folder) == ["quick", "slow", "after"]


def test_killed_after_a_stage_that_the_run_cache_does_not_take(tmp_path):
    """Such as a report that Git keeps: it is in dvc.lock as soon as it is written."""
    pipeline = """
stages:
  report:
    cmd: cp raw.txt REPORT.md
    deps: [raw.txt]
    outs:
    - REPORT.md: {cache: false}
  slow:
    cmd: echo $$ > $RUNS.process && sleep 60
    deps: [REPORT.md]
"""
    folder = project(tmp_path / "project", pipeline)
    process = start(folder)
    until((folder.parent / "runs.process").exists)
    process.kill()
    process.communicate(timeout=60)
    assert "report" in (folder / "dvc.lock").read_text()


def test_the_order_in_the_lock_does_not_hang_on_chance(tmp_path):
    """With some of the stages as targets DVC goes through a set of them, whose order the seed of Python's hashes
    decides."""
    locks = set()
    for seed in "1234":
        folder = project(tmp_path / seed / "project")
        complete(folder, "letter", PYTHONHASHSEED=seed)
        locks.add((folder / "dvc.lock").read_bytes())
    assert len(locks) == 1


def test_two_at_once(folder):
    """The second is refused, the first goes on."""
    process, stage = in_the_middle(folder)
    assert "error: Unable to acquire lock" in finish(start(folder), 2)
    assert alive(stage)
    end(process, signal.SIGINT)


def test_a_project_that_may_not_be_written(tmp_path):
    """Each stage says why in a line, and so does the engine, which cannot record either."""
    folder = project(tmp_path / "project")
    held = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for path in folders:
        path.chmod(0o555)
    try:
        said, done = command(folder, *held, sys.executable, "-m", "tools", "run", **environment(folder))
    finally:
        for path in folders:
            path.chmod(0o755)
    assert not done and "Traceback" not in said
    assert re.search(r"\nerror: .*: Permission denied: let your user read and write there\n$", said), said
    complete(folder)


def test_a_failure_is_in_the_exit_code(folder):
    write("params.yaml", "seconds: never\n")(folder)
    said = finish(start(folder), 1)
    assert "sleep: invalid time interval" in said and "error: failed: slow" in said
    assert "slow" in dvc(folder, "status") and "quick.txt" in (folder / "dvc.lock").read_text()


def test_a_sweep_here(folder):
    """Beside the workspace, which stays as it is."""
    before = content(folder)
    said = complete(folder, "--sweep", "seconds=0.1,0.2", "slow")
    assert said.count("ran in") == 2
    assert sorted(ran(folder)) == ["quick", "quick", "slow", "slow"]
    after = content(folder)
    assert {path for path in after.keys() ^ before.keys() if not path.startswith(".dvc/cache")} == set()
    said = finish(start(folder, "--sweep", "seconds=never", "slow"), 1)
    assert "invalid time interval" in said and "1 experiments failed" in said
