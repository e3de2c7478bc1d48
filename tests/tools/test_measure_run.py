"""The page of measurements, written from made-up ones."""

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


def test_speed_up_and_where_it_bends():
    """A chain of two and eight more stages of a second; one worker has half a second of overhead for all ten."""
    graph = nx.DiGraph([(0, 1)])
    graph.add_nodes_from(range(10))
    text = measure_run.sleep_section(graph, 1.0, {1: 10.5, 5: 2.5})
    assert "| 5 | 2.5 | 4.0 | 80% |" in text
    assert "longest chain of them 2 s" in text and "5.0 times as fast" in text
    assert "50 ms" in text and "about 20 workers" in text


def test_share_of_dvc_in_a_run():
    """What one worker's run took beside its commands."""
    text = measure_run.digits_section({1: (30.0, [10.0, 15.0]), 2: (20.0, [11.0, 16.0])})
    assert "2 stages" in text
    assert "| 2 | 20 | 1.50 | 27 |" in text
    assert "5.0 s with one worker" in text


def test_stages_that_are_not_up_to_date_are_named():
    assert "3 of them have not run" in measure_run.idle_section(9, 3, 1.0, 9, 1.0)
    assert "have not run" not in measure_run.idle_section(9, 0, 1.0, 9, 1.0)


def test_a_sleeping_project_has_the_same_shape(tmp_path):
    graph = nx.DiGraph([(2, 1), (1, 0)])
    measure_run.sleeping(graph, 0, tmp_path / "project")
    text = (tmp_path / "project/dvc.yaml").read_text()
    assert text.count("cmd: sleep 0") == 3 and "- 1.txt" in text


def test_a_command_that_fails_says_why(tmp_path):
    with pytest.raises(FailedError, match="the reason"):
        measure_run.elapsed(["sh", "-c", "echo the reason; false"], tmp_path)
