"""Measurements, and the page that they are written to."""

import subprocess

import networkx as nx
import pytest
from project import git

from tools import measure_run
from tools.command import FailedError
from tools.run.progress import Progress


def test_the_page_has_what_was_asked_for_beside_what_it_had(tmp_path, monkeypatch):
    page = tmp_path / "speedup.md"
    page.write_text("# Speed-up\n\nold\n\n## b\n\nkept\n\n## c\n\nold\n")
    monkeypatch.setattr(measure_run, "PAGE", page)
    monkeypatch.setattr(measure_run, "MEASUREMENTS", {name: lambda *_, n=name: f"## {n}\n" for name in "abc"})
    measure_run.main("c", "a")
    text = page.read_text()
    assert text.startswith("# Speed-up") and text.endswith("\n\n## a\n\n## b\n\nkept\n\n## c\n") and "old" not in text


def test_a_sleeping_project_has_the_same_shape(tmp_path):
    graph = nx.DiGraph([(2, 1), (1, 0)])
    measure_run.sleeping(graph, 0, tmp_path / "project")
    text = (tmp_path / "project/dvc.yaml").read_text()
    assert text.count("cmd: sleep 0") == 3 and "- 1.txt" in text


def test_a_command_that_fails_says_why(tmp_path):
    with pytest.raises(FailedError, match="the reason"):
        measure_run.elapsed(["sh", "-c", "echo the reason; false"], tmp_path)


def test_the_digits_are_run_from_scratch_and_every_line_counts(tmp_path, monkeypatch, capsys):
    """Also that of a scored cell which says what is best so far."""
    progress = Progress(["train@a-b", "evaluate@a-b"])
    monkeypatch.setattr(progress.early, "known", lambda name: "; best so far: b" * name.startswith("evaluate"))
    for name in progress.names:
        progress.note(name, "ran", 2.5)
    lines = capsys.readouterr().out
    (tmp_path / ".dvc").mkdir()
    (tmp_path / "metrics").mkdir()
    for name in (".dvc/config", "dvc.lock", "metrics/a.json", "params.yaml"):
        (tmp_path / name).touch()
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "results"]):
        git(tmp_path, *command)

    def demo(folder, jobs, **settings):
        assert sorted(path.name for path in folder.iterdir()) == [".dvc", ".git", "params.yaml"]
        return subprocess.Popen(["echo", lines], **settings)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(measure_run, "demo", demo)
    monkeypatch.setattr(measure_run, "elapsed", lambda *_: (1.0, ""))
    assert "| 1 | 0 | 1.00 | 7 |" in measure_run.digits(None, tmp_path / "clones")
