"""The picture of the stages: up to date, and with the arrows that DVC itself finds."""

import re

import networkx as nx
from dvc.repo import Repo
from helpers import ROOT
from ruamel.yaml import YAML

from tools.dag import PICTURE, drawn, needs, placed, rows

STAGES = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]
GRAPH = needs({name: stage.get("do", stage) for name, stage in STAGES.items()})


def test_the_picture_is_that_of_dvc_yaml():
    assert (ROOT / PICTURE).read_text() == drawn(STAGES), "`python -m tools dag` draws it anew"


def test_every_stage_is_in_it_once():
    names = re.findall(r'<text x="[^>]*>(\w+)</text>', drawn(STAGES))
    assert names == list(STAGES)


def test_arrows_are_those_of_dvc_without_what_follows_from_others():
    edges = {(kind_of(stage), kind_of(other)) for stage, other in Repo(str(ROOT)).index.graph.edges}
    whole = nx.DiGraph([(kind, other) for kind, other in edges if kind != other])
    assert set(whole) == set(GRAPH) == set(STAGES)
    mine = nx.DiGraph([(name, other) for name, others in GRAPH.items() for other in others])
    assert set(mine.edges) == set(nx.transitive_reduction(whole).edges)


def kind_of(stage):
    return stage.addressing.partition("@")[0]


def test_no_box_lies_on_another_and_all_arrows_lead_down():
    lines, links = rows(GRAPH)
    at = placed(lines, links)
    assert len(set(at.values())) == len(at) and set(GRAPH) <= set(at)
    assert all(at[upper][1] < at[lower][1] for upper, lower in links)
