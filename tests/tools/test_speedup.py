"""Sections on speed-up, written from made-up measurements."""

import networkx as nx

from tools import speedup


def test_speed_up_and_where_it_bends():
    """A chain of two and eight more stages of a second; one worker has half a second of overhead for all ten."""
    graph = nx.DiGraph([(0, 1)])
    graph.add_nodes_from(range(10))
    text = speedup.sleep_section(graph, 1.0, {1: 10.5, 5: 2.5})
    assert "| 5 | 2.5 | 4.0 | 80% |" in text
    assert "longest chain of them 2 s" in text and "5.0 times as fast" in text
    assert "50 ms" in text and "about 20 workers" in text


def test_share_of_dvc_in_a_run(monkeypatch):
    """What one worker's run took beside its commands."""
    monkeypatch.setattr(speedup, "machine", lambda: "a processor")
    text = speedup.digits_section({1: (30.0, [10.0, 15.0]), 2: (20.0, [11.0, 16.0])})
    assert text.startswith("## Digits\n\nOn a processor.\n") and "2 stages" in text
    assert "| 2 | 20 | 1.50 | 27 |" in text
    assert "5.0 s with one worker" in text


def test_stages_that_are_not_up_to_date_are_named():
    assert "3 of them have not run" in speedup.idle_section(9, 3, 1.0, 9, 1.0)
    assert "have not run" not in speedup.idle_section(9, 0, 1.0, 9, 1.0)
