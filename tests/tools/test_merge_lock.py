"""Two branches that both changed dvc.lock, merged by Git itself."""

import re
import subprocess
import sys

import pytest
from helpers import ROOT
from project import git
from ruamel.yaml import YAML

from tools.merge_lock import merged, stages


def lock(**stages):
    """A dvc.lock of stages with one sum each; `_at_` is the @ in a name."""
    blocks = [
        f"  {name.replace('_at_', '@')}:\n    cmd: {name}\n    outs:\n    - path: data/{name}\n      md5: {md5}\n"
        for name, md5 in stages.items()
    ]
    return "schema: '2.0'\nstages:\n" + "".join(blocks)


BASE = lock(check="a", train_at_x="b", report="c")
CASES = {
    "another stage on each side": (
        lock(check="a", train_at_x="B", report="c"),
        lock(check="a", train_at_x="b", report="C"),
    ),
    "neighbours": (lock(check="A", train_at_x="b", report="c"), lock(check="a", train_at_x="B", report="c")),
    "the same on both sides": (
        lock(check="A", train_at_x="b", report="c"),
        lock(check="A", train_at_x="b", report="c"),
    ),
    "a new one on each side": (
        lock(check="a", train_at_x="b", train_at_y="d", report="c"),
        lock(check="a", train_at_x="b", train_at_z="e", report="c"),
    ),
    "one less, another changed": (lock(train_at_x="b", report="c"), lock(check="a", train_at_x="b", report="C")),
}
MERGED = {
    "another stage on each side": lock(check="a", train_at_x="B", report="C"),
    "neighbours": lock(check="A", train_at_x="B", report="c"),
    "the same on both sides": lock(check="A", train_at_x="b", report="c"),
    "a new one on each side": lock(check="a", train_at_x="b", train_at_z="e", train_at_y="d", report="c"),
    "one less, another changed": lock(train_at_x="b", report="C"),
}


@pytest.fixture
def merge(tmp_path):
    """A function that merges two versions of dvc.lock with Git, as `make setup` has set it up; whether that worked."""
    recipe = re.search(r"git config merge\.dvc-lock\.driver '([^']+)'", (ROOT / "Makefile").read_text())[1]
    driver = recipe.replace(".venv/bin/python", f"env PYTHONPATH={ROOT} {sys.executable}")
    assert driver != recipe

    def commit(text):
        (tmp_path / "dvc.lock").write_text(text)
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-q", "--allow-empty", "-m", "results")

    def merged_by_git(base, ours, theirs, configured=True):
        git(tmp_path, "init", "-q", "-b", "main")
        (tmp_path / ".gitattributes").write_text((ROOT / ".gitattributes").read_text())
        if configured:
            git(tmp_path, "config", "merge.dvc-lock.driver", driver)
        commit(base)
        git(tmp_path, "switch", "-q", "-c", "other")
        commit(theirs)
        git(tmp_path, "switch", "-q", "main")
        commit(ours)
        try:
            git(tmp_path, "merge", "-q", "-m", "both", "other")
        except subprocess.CalledProcessError as error:
            return (tmp_path / "dvc.lock").read_text(), error.stdout + error.stderr
        return (tmp_path / "dvc.lock").read_text(), ""

    return merged_by_git


@pytest.mark.parametrize("case", CASES)
def test_no_conflict_where_the_stages_differ(case, merge):
    text, said = merge(BASE, *CASES[case])
    assert not said and text == MERGED[case]
    assert set(YAML(typ="safe").load(text)["stages"]) == set(stages(text)) - {""}


def test_without_the_driver_lines_in_one_place_conflict(merge):
    _, said = merge(BASE, *CASES["a new one on each side"], configured=False)
    assert "CONFLICT" in said


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (lock(check="a", train_at_x="1", report="C"), lock(check="A", train_at_x="2", report="c")),
        (lock(check="a", report="C"), lock(check="A", train_at_x="2", report="c")),
    ],
)
def test_a_conflict_where_the_same_stage_differs(merge, ours, theirs):
    text, said = merge(BASE, ours, theirs)
    assert "CONFLICT" in said and "both sides ran train@x: keep one, then `dvc repro`" in said
    assert text.count("<<<<<<< ours") == 1 and text.count(">>>>>>> theirs") == 1
    kept = re.sub(r"<<<<<<< ours\n.*?=======\n(.*?)>>>>>>> theirs\n", r"\1", text, flags=re.DOTALL)
    assert stages(kept) == stages(lock(check="A", train_at_x="2", report="C"))


def test_the_spelling_of_earlier_clones_merges_as_well(tmp_path):
    """Doing nothing would drop the other side without a word."""
    ours, theirs = CASES["another stage on each side"]
    for name, text in {"base": BASE, "ours": ours, "theirs": theirs}.items():
        (tmp_path / name).write_text(text)
    paths = [str(tmp_path / name) for name in ("base", "ours", "theirs")]
    subprocess.run([sys.executable, "-m", "tools.merge_lock", *paths], cwd=ROOT, check=True)
    assert (tmp_path / "ours").read_text() == lock(check="a", train_at_x="B", report="C")


def test_the_lock_as_it_stands_comes_back():
    text = (ROOT / "dvc.lock").read_text()
    assert "".join(stages(text).values()) == text
    assert set(stages(text)) - {""} == set(YAML(typ="safe").load(text)["stages"])
    assert merged(text, text, text) == (text, [])
