"""The comparison of a pull request as it runs: the digits trained at both commits."""

import sys

import pytest
from project import clone, command, cut_down, edit, git

from tools import compare


@pytest.mark.slow
def test_two_branches(tmp_path):
    """From two branches whose committed results are the same to a report: the digits are trained at both."""
    project = clone(tmp_path / "project")
    git(project, "switch", "-q", "-C", "base")
    cut_down(project, ["pca", "vanilla"])
    git(project, "switch", "-q", "-c", "head")
    edit(project, architecture__vanilla__latent_activation="relu")
    git(project, "commit", "-q", "-a", "-m", "another activation of the latent")
    arguments = ("--base", "base", "--head", "head", "--jobs", "1")
    output, done = command(project, sys.executable, "-m", "tools", "compare", *arguments)
    assert done, output
    assert output.count("train@digits-vanilla: ran") == 2
    report = (project / "comparison/report.md").read_text()
    rows = [line for line in report.splitlines() if line.startswith("| digits")]
    assert any(row.startswith("| digits | vanilla | reconstruction |") for row in rows)
    assert not [row for row in rows if "| PCA |" in row], "what the change does not touch gives the same bits"
    assert "| architecture.vanilla.latent_activation | `linear` | `relu` |" in report
    assert "`plots/digits/pictures/tasks.png`" in report and compare.HOW in report
    page = (project / "comparison/report.html").read_text()
    assert page.count("data:image/png;base64,") >= 2 and "plots/digits/pictures/tasks.png" in page
    assert git(project, "status", "--porcelain") == "", "the project itself is left as it was"
