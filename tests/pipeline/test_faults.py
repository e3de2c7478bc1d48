"""Faults in the middle of every kind of stage: the next run completes, and all results have the same bytes."""

import hashlib
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest
from processes import end, start, until
from project import ENVIRONMENT, clone, command, content, cut_down, dvc, git, repro

pytestmark = pytest.mark.slow
KEPT = [f"data/digits/{name}" for name in ("prepared", "references", "models", "usage", "shown", "pictures")]
STAGES = {  # kind -> stage, an output of it, its command
    "check": ("check", "code/checked.json", "stages.check"),
    "fetch": ("fetch@digits", "data/digits/raw", "stages.prepare.fetch --dataset digits"),
    "prepare": ("prepare@digits", "data/digits/prepared", "stages.prepare --dataset digits"),
    "references": ("references@digits", "data/digits/references", "stages.evaluate.references --dataset digits"),
    "train": ("train@digits-vanilla", "data/digits/models/vanilla", "stages.train"),
    "evaluate": ("evaluate@digits-vanilla", "data/digits/shown/vanilla", "stages.evaluate"),
    "illustrate": ("illustrate@digits", "data/digits/pictures", "stages.draw.illustrate --dataset digits"),
    "judge": ("judge@digits", "metrics/digits/summary", "stages.judge --dataset digits"),
    "draw": ("draw@digits", "plots/digits/pictures", "stages.draw --dataset digits"),
    "ablate": ("ablate@digits-vanilla", "metrics/digits/ablations/vanilla.json", "stages.ablate"),
    "report": ("report", "REPORT.md", "stages.tell"),
}
CELL = ["--dataset", "digits", "--architecture", "vanilla"]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """One cell of the digits, run and committed, in a folder whose name no shell likes."""
    folder = clone(tmp_path_factory.mktemp("faults") / "zwei Wörter & 'mehr'")
    cut_down(folder, ["vanilla"])
    repro(folder)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "results")
    return folder


@pytest.fixture
def before(project):
    """All results as they were; where a test has left something else they are brought back."""
    found = content(project, *KEPT)
    assert len(found) > 30
    yield found
    if content(project, *KEPT) != found:
        git(project, "restore", "metrics", "plots", "REPORT.md")
        dvc(project, "checkout", "--force")


def running(folder, stage):
    """A process that runs one stage though nothing has changed."""
    return start(["dvc", "repro", "--force", "--single-item", stage], folder, ENVIRONMENT)


def in_the_middle(process, path, words):
    """Wait until the stage's own command has begun and has written something, or a second has passed."""

    def begins():
        return any(words in " ".join(_command(child)) for child in psutil.Process(process.pid).children(recursive=True))

    until(begins, 60, process)
    begun = time.monotonic()
    while time.monotonic() < begun + 1 and not path.exists():
        time.sleep(0.02)


def _command(process):
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


FAULTS = [
    ("check", signal.SIGKILL),
    ("fetch", signal.SIGKILL),
    ("prepare", signal.SIGTERM),
    ("references", signal.SIGKILL),
    ("train", signal.SIGKILL),
    ("train", signal.SIGTERM),
    ("train", signal.SIGINT),
    ("evaluate", signal.SIGINT),
    ("illustrate", signal.SIGTERM),
    ("judge", signal.SIGTERM),
    ("draw", signal.SIGKILL),
    ("ablate", signal.SIGTERM),
    ("report", signal.SIGINT),
]


@pytest.mark.parametrize(("kind", "number"), FAULTS, ids=lambda value: getattr(value, "name", value))
def test_a_stage_is_ended_from_outside(project, before, kind, number):
    stage, path, words = STAGES[kind]
    process = running(project, stage)
    in_the_middle(process, project / path, words)
    end(process, number)
    dvc(project, "repro", "--single-item", stage)
    assert content(project, *KEPT) == before


def test_what_a_stopped_stage_removed_comes_back_by_the_commands_that_it_names(project, before):
    process = running(project, STAGES["evaluate"][0])
    in_the_middle(process, project / STAGES["evaluate"][1], STAGES["evaluate"][2])
    end(process)
    assert content(project, *KEPT) != before
    git(project, "restore", "metrics", "plots", "REPORT.md")
    dvc(project, "checkout")
    assert content(project, *KEPT) == before


def stage_alone(folder, *arguments, **options):
    """What a stage's own command says, without DVC."""
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=folder, env=ENVIRONMENT, text=True, capture_output=True, **options
    )


def no_file_may_grow():
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))


@pytest.mark.parametrize("kind", ["prepare", "train", "evaluate", "draw"])
def test_the_disk_is_full(project, before, kind):
    """One line, which says so; then the next run."""
    stage, _, words = STAGES[kind]
    arguments = words.split() + (CELL if kind in ("train", "evaluate") else [])
    done = stage_alone(project, *arguments, preexec_fn=no_file_may_grow)
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    assert done.stderr.splitlines()[-1].startswith("error: the disk is full, or no file may be that long"), done.stderr
    dvc(project, "repro", "--single-item", stage)
    assert content(project, *KEPT) == before


def test_a_folder_that_may_not_be_written(project, before):
    folder = project / "data/digits/models"
    held = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    for path in (folder / "vanilla", folder):
        path.chmod(0o555)
    try:
        said, done = command(project, *held, sys.executable, "-m", "stages.train", *CELL)
    finally:
        for path in (folder, folder / "vanilla"):
            path.chmod(0o755)
    assert not done and "Traceback" not in said, said
    assert re.search(r"error: .*: Permission denied: let your user read and write there", said)
    dvc(project, "repro", "--single-item", "train@digits-vanilla")
    assert content(project, *KEPT) == before


LATER = """
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = syscall(SYS_clock_gettime, clock, now);
  if (!result && clock == CLOCK_REALTIME) now->tv_sec += 30L * 365 * 86400;
  return result;
}
"""


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
def test_another_clock_time_zone_and_locale(project, before, tmp_path):
    """Thirty years ahead, half a day east, in the C locale: what is made anew has the same bytes."""
    (tmp_path / "later.c").write_text(LATER)
    command(tmp_path, "gcc", "-shared", "-fPIC", "-o", "later.so", "later.c")
    own = {"LD_PRELOAD": str(tmp_path / "later.so"), "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "C"}
    said, _ = command(project, sys.executable, "-c", "import datetime; print(datetime.datetime.now().year)", **own)
    assert int(said) > 2050
    for kind in ("prepare", "train", "evaluate", "illustrate", "judge", "draw", "report"):
        _, output, words = STAGES[kind]
        output = project / output
        shutil.rmtree(output) if output.is_dir() else output.unlink()
        arguments = words.split() + (CELL if kind in ("train", "evaluate") else [])
        said, done = command(project, sys.executable, "-m", *arguments, **own)
        assert done, said
    assert content(project, *KEPT) == before


def turkish(folder):
    """Variables for commands in Turkish, where the small letter of I is no i; the locale is made, as few have it."""
    said, _ = command(folder, "localedef", "-i", "tr_TR", "-f", "UTF-8", str(folder / "tr_TR.UTF-8"))
    assert (folder / "tr_TR.UTF-8").exists(), said
    return {"LOCPATH": str(folder), "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}


def test_somebody_else_s_surroundings(project, before, tmp_path):
    """A worktree, no HOME, another language, and DVC set up to stage what it writes and to link files to its cache."""
    folder, settings = tmp_path / "a worktree", tmp_path / "settings"
    settings.mkdir()
    (settings / "config").write_text("[core]\n    autostage = true\n[cache]\n    type = symlink\n")
    git(project, "worktree", "add", "-q", "--detach", str(folder))
    own = turkish(tmp_path) | {"DVC_GLOBAL_CONFIG_DIR": str(settings)}
    for path in (folder / "metrics/digits", folder / "plots"):
        shutil.rmtree(path)
    homeless = ["env", "-u", "HOME", sys.executable, "-m"]
    try:
        said, done = command(folder, *homeless, "tools", "run", "--jobs", "2", **own)
        assert done and "train@digits-vanilla: ran" in said, said
        assert (folder / "data/digits/models/vanilla/seed-0.keras").is_symlink(), "the settings are not read"
        again = ["dvc", "repro", "--force", "--single-item", "check", "fetch@digits", "evaluate@digits-vanilla"]
        said, done = command(folder, *homeless, *again, **own)
        assert done, said
        assert content(folder, *KEPT) == before
        assert git(folder, "status", "--porcelain") == ""
        assert "up to date" in dvc(folder, "status", **own)
    finally:
        git(project, "worktree", "remove", "--force", str(folder))


def test_two_runs_at_once(project, before):
    """One of them works, the other waits or says that it may not; the results are whole."""
    stage = STAGES["train"][0]
    said = [process.communicate(timeout=120)[0] for process in [running(project, stage), running(project, stage)]]
    assert not any("Traceback" in text for text in said), said
    dvc(project, "repro", "--single-item", stage)
    assert content(project, *KEPT) == before


def test_a_damaged_file_of_the_cache(project, before):
    """DVC hands it out; the stage that reads it names it, and the commands that it names heal it."""
    path = project / "data/digits/models/vanilla/seed-0.keras"
    name = hashlib.md5(path.read_bytes()).hexdigest()
    cached = project / ".dvc/cache/files/md5" / name[:2] / name[2:]
    whole = cached.read_bytes()
    cached.chmod(0o644)
    cached.write_bytes(whole[:2000] + bytes(100) + whole[2100:])
    shutil.rmtree(path.parent)
    dvc(project, "checkout", "data/digits/models/vanilla")
    assert path.read_bytes() != whole
    said = dvc(project, "repro", "--force", "--single-item", "evaluate@digits-vanilla", check=False)
    assert "Traceback" not in said
    (heal,) = re.findall(r"error: data/digits/models/vanilla/seed-0\.keras is damaged .* To heal: `(.*)`", said)
    said, done = command(project, "bash", "-c", heal)
    assert done and path.read_bytes() == whole, said
    repro(project)
    assert content(project, *KEPT) == before
