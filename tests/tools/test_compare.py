"""The comparison of a pull request: the digits run at both commits, the rest as committed."""

import base64
import json
import re

import pytest
from helpers import metrics_file
from project import git

from tools import compare, diff
from tools.command import FailedError
from tools.revisions import Revision


@pytest.fixture
def sides(history, tmp_path):
    """Both branches, where running the digits gave other results than are committed."""
    for branch, mse in (("main", 0.010), ("change", 0.007)):
        folder = tmp_path / "runs" / branch
        git(tmp_path, "worktree", "add", str(folder), "--detach", branch)
        (folder / "metrics/digits/scores/deep.json").write_text(json.dumps(metrics_file([mse, mse * 1.01, mse * 0.99])))
    return [Revision(branch, tmp_path / "runs" / branch) for branch in ("main", "change")]


def test_fresh_digits_against_committed_others(sides):
    text = diff.report(*sides, "https://example.org/raw")
    assert "| digits | deep | reconstruction | 0.01 | 0.007 | -30.0 % | better, real |" in text
    assert "| MNIST | deep | reconstruction | 0.004 | 0.005 | +25.0 % | worse on these test images; one seed |" in text
    assert f"From main ({sides[0].commit[:7]}) to change ({sides[1].commit[:7]})." in text


def test_only_pictures_that_are_committed_have_an_address(sides):
    """One that was drawn anew stands at no address: the committed one there would show something else."""
    (sides[1].folder / "plots/overview.png").write_bytes(b"anew")
    text = diff.report(*sides, "https://example.org/raw")
    assert f"![before](https://example.org/raw/{sides[0].commit}/plots/overview.png)" in text
    assert "![after]" not in text


def test_the_page_needs_no_other_file(sides):
    (sides[0].folder / "params.yaml").write_text("training:\n  activation: <script>\n")
    (sides[1].folder / "plots/new.png").write_bytes(b"three")
    text = compare.page(*sides)
    shown = [base64.b64decode(found) for found in re.findall(r'src="data:image/png;base64,([^"]+)"', text)]
    assert shown == [b"three", b"one", b"two"]  # plots/new.png has no before
    assert "before: not there" in text and "&lt;script&gt;" in text and "<script" not in text
    assert not re.search(r'(src|href)="(?!data:)', text)


def test_a_demo_that_fails_is_named(history, tmp_path):
    (tmp_path / "requirements.txt").write_text("numpy\n")
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".dvc/config").write_text("")
    (tmp_path / "Makefile").write_text("demo: .venv/ready\n\tfalse\n.venv/ready: requirements.txt\n\ttouch installed\n")
    git(tmp_path, "switch", "-q", "--detach")  # as in a workflow: the commit is on no branch
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "a demo that fails")
    head = Revision("HEAD")
    with pytest.raises(FailedError, match=f"`make demo` fails at HEAD \\({head.commit[:7]}\\)"):
        compare.run_digits(head, tmp_path / "run", 1)
    assert not (tmp_path / "run/installed").exists(), "the same packages are not installed again"
