"""Reports of a part: any architectures, any tasks, from the committed results of the digits."""

import pytest
from helpers import ROOT

from stages.common.params import read_params
from stages.compare.results import read_results
from stages.report.decisions import read_dataset
from stages.report.text import render

PARAMS = read_params(ROOT / "params.yaml")
NONE = {"settings": {}, "blocks": []}
PARTS = {
    **{
        f"without {name}": (list(set(PARAMS["architectures"]) - {name}), PARAMS["tasks"])
        for name in ("pca", "residual")
    },
    **{f"without {task}": (PARAMS["architectures"], set(PARAMS["tasks"]) - {task}) for task in PARAMS["tasks"]},
    **{f"{task} alone": (PARAMS["architectures"], {task}) for task in PARAMS["tasks"]},
    "one architecture": (["deep"], PARAMS["tasks"]),
    "an architecture that is new": ([*PARAMS["architectures"], "brand_new"], PARAMS["tasks"]),
}


@pytest.mark.parametrize("part", PARTS)
def test_the_report_of_a_part_ranks_anew(part, monkeypatch, params):
    """The leader of a table taken out: another one leads, and nothing is said of what is not there."""
    architectures, tasks = PARTS[part]
    monkeypatch.chdir(ROOT)
    params["architectures"] = architectures
    params["tasks"] = {name: block for name, block in params["tasks"].items() if name in tasks}
    params["architecture"] |= {"brand_new": {}}
    result = read_dataset("digits", architectures, list(params["tasks"]))
    assert set(result["tables"]) == set(params["tasks"])
    for rows in result["tables"].values():
        ranks = {row["architecture"]: row["rank"] for row in rows if row["kind"] == "architecture"}
        assert set(ranks) == set(architectures) - {"brand_new"} and min(ranks.values()) == 1
        assert rows[0]["versus_best"] == "itself"
    text = render(params, {"digits": result}, [], NONE)
    assert text.count("<summary>") == len(params["tasks"]) + 1
    assert ("Not yet compared here: brand new" in text) == ("brand_new" in architectures)


def test_figures_of_tasks_that_are_there(monkeypatch):
    """What is ranked for the figures is what the report ranks."""
    monkeypatch.chdir(ROOT)
    shown = read_results("digits", PARAMS["architectures"]).summary
    assert shown == read_dataset("digits", PARAMS["architectures"], list(PARAMS["tasks"]))["tables"]
