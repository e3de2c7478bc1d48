"""Measurements, and the page that they are written to."""

import networkx as nx
import pytest

from tools import measure_run
from tools.command import FailedError


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
