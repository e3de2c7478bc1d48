"""The engine beside `dvc repro`: two copies of a toy project, one for each, that have to stay the same to the byte."""

import os
import shutil
import signal
from contextlib import suppress
from itertools import accumulate
from pathlib import Path

import pytest
from dvc.exceptions import ReproductionError
from dvc.repo import Repo
from project import git
from ruamel.yaml import YAML
from toys import content, dvc, edit, project, write

from tools.command import run
from tools.run import command as engine
from tools.share import share

LETTERS = {f"letter@{name}" for name in "abc"}
AFTER = {"all", "report", "inside", "always"}


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """The commands that have run since it was last called."""
    path = tmp_path / "runs"
    path.touch()
    monkeypatch.setenv("RUNS", str(path))

    def take():
        names = path.read_text().split()
        path.write_text("")
        return sorted(names)

    return take


@pytest.fixture
def ours(monkeypatch, capsys):
    """Runs the engine in a folder. Says what it said, and at the end the error if it ended with one."""

    def start(folder, *arguments):
        monkeypatch.chdir(folder)
        capsys.readouterr()
        try:
            run(engine.main, "run", ["--jobs", "2", *arguments])
        except SystemExit:
            return "".join(capsys.readouterr())
        finally:
            signal.signal(signal.SIGINT, signal.default_int_handler)  # not heard any more where a run ends
        return capsys.readouterr().out

    return start


@pytest.fixture
def theirs(monkeypatch):
    """Runs `dvc repro --keep-going` in a folder."""

    def start(folder, *targets, **options):
        monkeypatch.chdir(folder)
        with Repo() as repo, suppress(ReproductionError):
            repo.reproduce(list(targets) or None, on_error="keep-going", **options)

    return start


@pytest.fixture
def same(tmp_path, runs, ours, theirs):
    """Makes a change to two copies of a project and runs either; the commands that have run.

    All is compared: which commands ran, the workspace, dvc.lock, .gitignore, the cache and the run cache.
    """
    copies = project(tmp_path / "ours"), tmp_path / "theirs"
    shutil.copytree(*copies)

    def act(change=lambda folder: None, *targets):
        for folder in copies:
            change(folder)
        ours(copies[0], *targets)
        ran = runs()
        theirs(copies[1], *targets)
        assert ran == runs()
        own, other = (content(folder) for folder in copies)
        assert own.keys() == other.keys()
        if targets:  # whose order in dvc.lock hangs on the seed of Python's hashes with `dvc repro`
            own["dvc.lock"], other["dvc.lock"] = (YAML(typ="safe").load(one["dvc.lock"]) for one in (own, other))
        assert not [path for path in own if own[path] != other[path]]
        return set(ran)

    return act


def test_the_same_as_dvc_repro_after_every_kind_of_change(same):
    assert same() == LETTERS | AFTER | {"clean", "count", "still"}
    assert same() == {"always"}
    assert same(write("params.yaml", "mark: 2\n")) == LETTERS | AFTER
    assert same(write("params.yaml", "mark: 1\n")) == {"report", "always"}, "the run cache has all others"
    assert same(edit("frozen: false", "frozen: true")) == {"always"}
    assert same(write("raw.txt", "# another comment\nsome text\n")) == {"clean", "always"}, "equal outputs end it"
    assert same(write("raw.txt", "other text\n")) == {"clean", "count", "always"} | LETTERS
    assert same(lambda folder: (folder / "all.txt").unlink()) == {"always"}, "the cache has it"
    assert same(lambda folder: (folder / "scores/a.json").write_text("7")) == {"always"}
    assert same(edit("name: [c, a, b]", "name: [d, c, a, b]")) == {"letter@d", "always"}
    assert same(edit("wc -c", "wc -m")) == {f"letter@{name}" for name in "abcd"} | {"always"}
    assert same(edit("frozen: true", "frozen: false")) == {"still", "always"}


def test_the_same_as_dvc_repro_for_targets(same):
    assert same(lambda folder: None, "letter") == LETTERS | {"clean"}
    assert same(write("params.yaml", "mark: 2\n"), "letter@b") == {"letter@b"}
    assert same(lambda folder: None, "folder/dvc.yaml:nested") == {"letter@a", "letter@c", "all", "nested"}


def test_a_failure_ends_its_dependents_only(same):
    same()
    ran = same(edit("cat letters/a.txt letters/b.txt letters/c.txt > all.txt", "echo half > all.txt; false"))
    assert ran == {"all", "always"}
    assert same(edit("echo half > all.txt; false", "echo whole > all.txt")) == AFTER


@pytest.mark.parametrize("locked", [False, True])
def test_the_same_as_dvc_repro_from_a_remote(tmp_path, runs, ours, theirs, locked):
    """In new clones, with and without dvc.lock. The remote lacks one output, which is made anew."""
    first, storage = project(tmp_path / "first"), tmp_path / "storage"
    dvc(first, "remote", "add", "--default", "storage", str(storage))
    ours(first)
    if locked:
        git(first, "add", "-A")
    git(first, "commit", "-q", "-a", "-m", "a remote")
    with Repo() as repo:
        repo.push()
        share(repo)
        (lost,) = (Path(out.cache_path) for out in repo.index.outs if str(out) == "letters/b.txt")
    (storage / lost.relative_to(first / ".dvc/cache")).unlink()
    copies = tmp_path / "ours", tmp_path / "theirs"
    for folder in copies:
        git(tmp_path, "clone", "-q", str(first), str(folder))
    runs()
    ours(copies[0], "--remote", "storage")
    ran = runs()
    theirs(copies[1], pull=True)
    assert ran == runs()
    assert set(ran) == {"letter@b", "always"} | (set() if locked else {"report", "count"})
    own, other = (content(folder) for folder in copies)
    assert own == other


@pytest.fixture
def folder(tmp_path, runs):
    return project(tmp_path / "project")


def test_what_is_said(folder, ours):
    """The log of what fails in full, one line for all others, and what waits for what failed."""
    edit("wc -c", "echo the reason; false")(folder)
    said = ours(folder, "report")
    assert "clean: ran in 0." in said
    assert "letter@a: failed\nthe reason\nits command ended with 1" in said
    assert "1 ran, 3 failed, 2 not run as they need what failed" in said
    assert "error: failed: letter@a, letter@b, letter@c" in said
    assert "all: " not in said


def test_an_output_that_is_not_made_fails_its_stage(folder, ours):
    edit("mkdir clean && grep -v '#' raw.txt > clean/text.txt", "true")(folder)
    said = ours(folder, "clean")
    assert "clean: failed" in said and "output 'clean' does not exist" in said


@pytest.mark.parametrize(
    ("target", "reason"), [("trian", "Stage 'trian' not found"), ("letter@z", "Stage 'letter@z' not found")]
)
def test_a_target_that_is_not_there(folder, ours, target, reason):
    assert reason in ours(folder, target)


def test_a_project_that_another_command_of_dvc_has_locked(folder, ours):
    with Repo(str(folder)) as repo, repo.lock:
        assert "error: Unable to acquire lock" in ours(folder)


def test_stages_run_side_by_side_and_depth_first(tmp_path, runs, ours):
    """Two at a time, and a cell is scored before the next is trained."""
    pipeline = """
stages:
  train:
    matrix: {name: [a, b, c, d, e]}
    cmd: echo $DVC_STAGE >> $RUNS && mkdir ${item.name} && sleep 0.5 && echo end >> $RUNS
    outs: ["${item.name}"]
  score:
    matrix: {name: [a, b, c, d, e]}
    cmd: echo $DVC_STAGE >> $RUNS && mkdir score-${item.name} && sleep 0.5 && echo end >> $RUNS
    deps: ["${item.name}"]
    outs: ["score-${item.name}"]
"""
    folder = project(tmp_path / "project", pipeline)
    ours(folder)
    order = Path(os.environ["RUNS"]).read_text().split()
    running = list(accumulate(-1 if line == "end" else 1 for line in order))
    assert max(running) == 2, order
    assert order.index("score@a") < order.index("train@c")
