"""Committed results: whole, of the seeds that params.yaml names, and the same in the report as in the metrics."""

import json
import re

import pytest
from helpers import ROOT

from stages.compare.style import spoken

REPORT = (ROOT / "REPORT.md").read_text()


def cells(params, dataset):
    """Architecture -> metrics file, of those that have been measured."""
    paths = {name: ROOT / "metrics" / dataset / f"{name}.json" for name in params["architectures"]}
    return {name: json.loads(path.read_text()) for name, path in paths.items() if path.exists()}


def test_metrics_are_whole(params):
    """Every cell: the seeds of params.yaml, the headline being the mean of the scores. The report names what lacks."""
    compared = [dataset for dataset in params["datasets"] if (ROOT / "metrics/summary" / dataset).exists()]
    missing = [dataset for dataset in params["datasets"] if dataset not in compared]
    assert compared
    said = re.search(r"^Not yet compared: (.+?)\. `make reproduce`", REPORT, re.MULTILINE)
    assert (said[1] if said else "") == ", ".join(map(spoken, missing))
    for dataset in compared:
        measured = cells(params, dataset)
        for name, content in measured.items():
            assert content["facts"]["seeds"] == params["data"][dataset]["seeds"], name
            for task in params["tasks"]:
                for measure, mean in content[task].items():
                    values = content["scores"][task][measure]
                    assert mean == pytest.approx(sum(values) / len(values), rel=1e-5, abs=1e-5)
        section = REPORT.split(f"\n## {spoken(dataset)}\n")[1].split("\n## ")[0]
        lacking = [spoken(name) for name in params["architectures"] if name not in measured]
        assert ("Not yet compared here" in section) == bool(lacking)
        assert not lacking or f"Not yet compared here: {', '.join(lacking)}." in section


def test_no_posterior_has_collapsed(params):
    """Of every cell with a posterior at least a quarter of the latent is active, and its KL is not near zero."""
    found = 0
    for dataset in params["datasets"]:
        for name, content in cells(params, dataset).items():
            state = content["scores"]["latent_use"]
            if "kl" in state:
                found += 1
                assert min(state["active_units"]) >= content["cost"]["latent_size"] / 4, (dataset, name)
                assert min(state["kl"]) > 1, (dataset, name)
    assert found


def test_the_report_shows_every_picture_and_cell(params):
    shown = set(re.findall(r"\]\((plots/[^)]+)\)", REPORT))
    for picture in shown:
        assert (ROOT / picture).exists(), picture
    for dataset in params["datasets"]:
        if cells(params, dataset):
            assert {f"plots/{dataset}/{name}.png" for name in params["figures"]["dataset"]} <= shown
            content = json.loads((ROOT / "metrics" / dataset / "pca.json").read_text())
            assert f"{content['reconstruction']['mse']:.4g}" in REPORT


def test_takeaways_of_the_readme_are_those_of_the_report():
    """`make readme` brings them."""
    blocks = []
    for text in ((ROOT / "README.md").read_text(), REPORT):
        (found,) = re.findall(r"<!-- takeaways\b[^>]*-->\n(.*?)<!-- end of takeaways -->", text, re.DOTALL)
        blocks.append([line for line in found.splitlines() if line.startswith("- ")])
    assert blocks[0] == blocks[1] and len(blocks[0]) == 3
