"""Reports of a part: any architectures, any tasks, from the committed results of the digits."""

import re
from pathlib import Path

import pytest
from helpers import ROOT

from stages.common.params import read_params
from stages.common.results import read_summary
from stages.judge import __main__ as judge
from stages.judge import ablations, across_datasets
from stages.tell import __main__ as report
from stages.tell import describe

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


@pytest.fixture
def project(tmp_path, monkeypatch):
    """The digits as they were measured, not judged."""
    monkeypatch.chdir(tmp_path)
    for name in ("scores", "references.json", "tuning", "ablations"):
        (tmp_path / "metrics/digits").mkdir(parents=True, exist_ok=True)
        (tmp_path / "metrics/digits" / name).symlink_to(ROOT / "metrics/digits" / name)
    (tmp_path / "metrics/recipe.json").symlink_to(ROOT / "metrics/recipe.json")
    pictures = tmp_path / "plots/digits/pictures"
    pictures.mkdir(parents=True)
    for name in PARAMS["figures"]["dataset"]:
        (pictures / f"{name}.png").touch()


@pytest.mark.parametrize("part", PARTS)
def test_the_report_of_a_part(part, project, monkeypatch, params):
    """The leader of a table taken out: another one leads, and nothing is said of what is not there."""
    architectures, tasks = PARTS[part]
    params["architectures"] = architectures
    params["tasks"] = {name: block for name, block in params["tasks"].items() if name in tasks}
    params["verdicts"]["draws"] = 2000
    measured = params | {"architectures": [name for name in architectures if name != "brand_new"]}
    monkeypatch.setattr(judge, "read_params", lambda: measured)
    for module in (ablations, across_datasets, describe, report):
        monkeypatch.setattr(module, "read_params", lambda: params)
    judge.main("digits")
    ablations.main("digits")
    across_datasets.main()
    describe.main("digits")
    report.main()
    summary = read_summary("digits")
    assert set(summary) == set(params["tasks"])
    for rows in (rows for cases in summary.values() for rows in cases.values()):
        ranks = {row["architecture"]: row["rank"] for row in rows if row["kind"] == "architecture"}
        assert set(ranks) <= set(measured["architectures"]) and min(ranks.values()) == 1
        # The mean leads; the chance of one whose draws spread less may be a little higher.
        assert rows[0]["rank"] == 1 and rows[0]["p_within"] > max(row.get("p_within", 0) for row in rows) - 0.05
    text, page = Path("REPORT.md").read_text(), Path("plots/digits/README.md").read_text()
    assert page.count("<summary>") == len(params["tasks"]) + 1
    for task in PARAMS["tasks"]:
        assert (
            (f"\n| [digits](plots/digits/README.md#{task})" in text)
            == (f"\n## {task.capitalize()}\n" in page)
            == (task in tasks)
        )
    assert ("Not yet compared here: brand new" in text) == ("brand_new" in architectures)
    for said in (text, page):
        assert "\n\n\n" not in said
        assert not ragged(said)
