"""The reports for pull requests: what changed between two revisions, and whether results belong to the code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, cell

from stages.catalogue import UserError
from tools import check_lock, diff, revisions


def report(base="main", head="change", address=None):
    return diff.report(diff.Revision(base), diff.Revision(head), address)


def test_every_kind_of_change_is_told_apart(history):
    text = report()
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith(("| digits", "| MNIST"))]
    told = {(row[0].lstrip("| "), row[1]): row[-1].rstrip(" |") for row in rows}
    assert told == {
        ("digits", "deep"): "better, real",
        ("digits", "residual"): "new",
        ("digits", "sparse"): "within noise",
        ("digits", "vanilla"): "gone",
        ("MNIST", "deep"): "worse on these test images; one seed",
    }
    assert "| digits | deep | reconstruction | 0.01 | 0.008 | -20.0 % | better, real |" in text
    assert text.startswith("**1 better, 1 within noise, 1 worse with one seed, 1 new, 1 gone.** From main (")
    assert "| training.patience | `5` | `7` |" in text and "| training.momentum | (none) | `0.9` |" in text
    assert "plots/overview.png" in text and "health" not in text


def test_the_report_is_stable_and_works_both_ways(history):
    assert report() == report()
    back = report("change", "main")
    assert "| digits | deep | reconstruction | 0.008 | 0.01 | +25.0 % | worse, real |" in back


def test_pictures_have_the_address_of_their_commit(history):
    base, head = diff.Revision("main"), diff.Revision("change")
    text = report(address="https://example.org/raw/")
    assert f"![before](https://example.org/raw/{base.commit}/plots/overview.png)" in text
    assert f"![after](https://example.org/raw/{head.commit}/plots/overview.png)" in text


def test_nothing_changed_is_one_line(history):
    text = report("change", "change")
    assert text.count("\n") == 1 and text.startswith("No score, setting or picture changed")


def test_the_working_tree_is_a_revision(history, tmp_path):
    assert "No score" in diff.report(diff.Revision("change"), diff.Revision(None), None)
    (tmp_path / "metrics/digits/deep.json").write_text(json.dumps(cell([0.0020, 0.0021, 0.0019])))
    assert "better, real" in diff.report(diff.Revision("change"), diff.Revision(None), None)


def test_a_revision_that_is_not_there(history):
    with pytest.raises(UserError, match="'nowhere' is no revision"):
        diff.Revision("nowhere")


def test_an_experiment_is_a_revision(history):
    commit = diff.Revision("change").commit
    revisions.git("update-ref", f"refs/exps/ab/{'c' * 38}/heavier", commit)
    assert diff.Revision("heavier").commit == commit


def luck(random, mean, spread):
    """Scores of 96 architectures as `diff.changes` takes them: three seeds each, normal around a mean."""
    return {
        ("digits", f"a{i}", "reconstruction"): cell(random.normal(mean, spread, 3), 0)["scores"]["reconstruction"]
        for i in range(96)
    }


def test_false_alarms_are_rare():
    """Where only the seeds' luck changed, a table should call any score real in about 5 % of cases at most."""
    random = np.random.default_rng(0)
    tables = (diff.changes(luck(random, 0.01, 0.001), luck(random, 0.01, 0.001)) for _ in range(100))
    assert sum(any("real" in row.verdict for row in rows) for rows in tables) / 100 <= 0.1


def test_a_change_of_everything_is_seen():
    """A fifth better everywhere with a seeds' spread of 3 %: a table of many rows must not hide it."""
    random = np.random.default_rng(0)
    rows = diff.changes(luck(random, 0.01, 0.0003), luck(random, 0.008, 0.0003))
    assert np.mean([row.verdict == "better, real" for row in rows]) > 0.8


# The lock

STATUS = {
    "train@digits-deep": [
        {"changed deps": {"data/prepared/digits": "deleted"}},
        {"changed outs": {"data/models/digits/deep": "not in cache"}},
    ],
    "train@digits-sparse": [
        {"changed deps": {"params.yaml": {"architecture.sparse": "modified"}, "data/prepared/digits": "deleted"}}
    ],
    "evaluate@digits-deep": [
        {"changed deps": {"stages/measures.py": "modified"}},
        {"changed outs": {"metrics/digits/deep.json": "deleted"}},
    ],
    "compare@digits": ["changed command"],
}


def test_what_is_stale_and_what_is_only_absent():
    assert check_lock.stale(STATUS) == {
        "compare@digits": ["changed command"],
        "evaluate@digits-deep": ["dependency stages/measures.py: modified", "output metrics/digits/deep.json: deleted"],
        "train@digits-sparse": ["dependency params.yaml architecture.sparse: modified"],
    }


@pytest.fixture
def clone(tmp_path):
    """The committed project without any cached data."""
    folder = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(folder)], check=True)
    return folder


def status(folder):
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["dvc", "status", "--json"], cwd=folder, env=environment, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    return check_lock.stale(json.loads(done.stdout))


def replace(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


EDITS = {
    "a setting": (
        "params.yaml",
        "    strength: 0.3",
        "    strength: 0.4",
        "train@digits-denoising",
        "architecture.denoising",
    ),
    "code": ("stages/measures.py", "SSIM_SIGMA = 1.5", "SSIM_SIGMA = 1.6", "evaluate@mnist-pca", "stages/measures.py"),
    "a command": ("dvc.yaml", "-m stages.compare", "-O -m stages.compare", "compare@digits", "changed command"),
    "a metric by hand": (
        "metrics/digits/pca.json",
        '"mse": 0',
        '"mse": 1',
        "evaluate@digits-pca",
        "metrics/digits/pca.json",
    ),
}


@pytest.mark.slow
def test_the_lock_check_catches_every_kind_of_edit(clone):
    """In a clone with an empty cache; what is named is new, and names the culprit."""
    before = status(clone)
    for what, (path, old, new, stage, reason) in EDITS.items():
        replace(clone / path, old, new)
        found = status(clone)
        assert stage not in before, f"{stage} is stale as committed: {before.get(stage)}"
        assert stage in found and any(reason in text for text in found[stage]), what
        replace(clone / path, new, old)
        assert status(clone) == before
