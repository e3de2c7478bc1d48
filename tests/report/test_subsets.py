"""Reports of a part: any architectures, any tasks, from the committed results of the digits."""

import re

import pytest
from helpers import ROOT

from stages.common.params import read_params
from stages.compare.results import read_results
from stages.report.__main__ import varied
from stages.report.decisions import decide
from stages.report.results import read_dataset
from stages.report.sizes import spectrum_says
from stages.report.text import page, report

PARAMS = read_params(ROOT / "params.yaml")
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


def ragged(text):
    """Lines of tables with more or fewer cells than their heading, or with text that would have ended one."""
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert tables
    ends = re.compile(r"(?<!\\)\|")  # of cells; \| is text
    rows = [(len(ends.findall(table.partition("\n")[0])), line) for table in tables for line in table.splitlines()]
    return [line for cells, line in rows if len(ends.findall(line)) != cells or r"\|" in line]


@pytest.mark.parametrize("part", PARTS)
def test_the_report_of_a_part_ranks_anew(part, monkeypatch, params):
    """The leader of a table taken out: another one leads, and nothing is said of what is not there."""
    architectures, tasks = PARTS[part]
    monkeypatch.chdir(ROOT)
    params["architectures"] = architectures
    params["tasks"] = {name: block for name, block in params["tasks"].items() if name in tasks}
    result = read_dataset("digits", params)
    assert set(result["tables"]) == set(params["tasks"])
    for rows in result["tables"].values():
        ranks = {row["architecture"]: row["rank"] for row in rows if row["kind"] == "architecture"}
        assert set(ranks) == set(architectures) - {"brand_new"} and min(ranks.values()) == 1
        # The mean leads; chances may differ from it by what draws differ.
        assert rows[0]["rank"] == 1 and rows[0]["p_within"] > max(row.get("p_within", 0) for row in rows) - 0.01
    decisions = {task: decide(rows) for task, rows in result["tables"].items()}
    text = report(
        params, {"digits": result}, {"digits": decisions}, [], {"digits": varied("digits", params, result)}, {}
    )
    own = page(params, "digits", result, decisions, spectrum_says(result, 16), params["figures"]["dataset"])
    assert own.count("<summary>") == len(params["tasks"]) + 1
    for task in PARAMS["tasks"]:
        assert (f"\n| {task} | [digits]" in text) == (f"\n## {task.capitalize()}\n" in own) == (task in tasks)
    for said in (text, own):
        assert ("Not yet compared here: brand new" in said) == ("brand_new" in architectures)
        assert "\n\n\n" not in said
        assert not ragged(said)


def test_figures_of_tasks_that_are_there(monkeypatch):
    """What is ranked for the figures is what the report ranks."""
    monkeypatch.chdir(ROOT)
    assert read_results("digits", PARAMS).summary == read_dataset("digits", PARAMS)["tables"]
