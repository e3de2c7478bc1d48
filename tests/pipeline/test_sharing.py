"""`make reproduce` on a cut-down copy of the project, and its results handed to a second clone through a remote."""

import re
import subprocess
import sys

import pytest
from project import clone, command, content, cut_down, dvc, git, make
from ruamel.yaml import YAML

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A clone where all has been run, two cells at a time, and the results were pushed; beside it a second clone."""
    parent = tmp_path_factory.mktemp("clones")
    folder = clone(parent / "first")
    cut_down(folder, ["pca", "vanilla"])
    dvc(folder, "remote", "add", "--default", "storage", str(parent / "storage"))
    git(folder, "commit", "-q", "-a", "-m", "a remote that all share")
    subprocess.run(["git", "clone", "-q", str(folder), str(parent / "second")], check=True)
    output, done = make(folder, "reproduce", "JOBS=2")
    assert done, output
    assert "train@digits-vanilla: ran" in output
    output, done = command(folder, sys.executable, "-m", "tools", "share")
    assert done and "shared" in output, output
    return folder


def test_side_by_side_leaves_nothing_to_do(first):
    assert "Running stage" not in dvc(first, "repro")
    assert (first / "metrics/digits/ablations/vanilla.json").exists()


def test_a_second_clone_trains_nothing(first):
    """It has the commit alone: no lock, no metrics, no cache. All comes from the remote, the same."""
    second = first.parent / "second"
    assert not (second / "metrics/digits").exists()
    output = dvc(second, "repro", "--pull")
    # DVC remembers no run of a stage whose output persists, or whose plain output Git keeps; neither trains anything.
    judged = {"recipe", "judge@digits", "judge_ablations@digits", "judge_across"}
    pages = judged | {"describe@digits", "describe_ablations@digits", "published", "report"}
    assert set(re.findall(r"Running stage '([^']+)'", output)) == {"check", "fetch@digits"} | pages
    cached = set(re.findall(r"Stage '([^']+)' is cached - skipping run", output))
    assert {"train@digits-vanilla", "references@digits", "ablate@digits-vanilla"} <= cached
    assert content(second, "data/digits") == content(first, "data/digits")
    locks = [YAML(typ="safe").load(clone / "dvc.lock") for clone in (first, second)]
    assert locks[0] == locks[1]  # but for the order, which is that of running


def test_a_cell_that_fails_fails_the_command(first):
    """Its own words are shown; other cells are still tried, what needs a failed one is not."""
    (first / "stages/train/__main__.py").write_text("raise ValueError('broken')\n")
    output, done = make(first, "reproduce", "JOBS=1")
    assert not done and output.count("ValueError: broken") == 2
    assert "train@digits-pca: failed" in output and "train@digits-vanilla: failed" in output
    assert "evaluate@" not in output and "judge@digits" not in output
