"""Committed results: whole, of the seeds that params.yaml names, and the same in the report as in the metrics."""

import hashlib
import json
import re

import pytest
from helpers import ROOT
from ruamel.yaml import YAML

from stages.common.names import spoken
from tools import readme

REPORT = (ROOT / "REPORT.md").read_text()
LONGEST = 180  # lines of REPORT.md


@pytest.fixture
def params(params):
    """Settings with the data sets of this project alone: `make own` adds others, which Git need not keep."""
    return params | {"datasets": [name for name in params["datasets"] if not params["data"][name]["folder"]]}


def page(dataset, name="README"):
    return (ROOT / "plots" / dataset / f"{name}.md").read_text()


def cells(params, dataset):
    """Architecture -> metrics file, of those that have been measured."""
    paths = {name: ROOT / "metrics" / dataset / "scores" / f"{name}.json" for name in params["architectures"]}
    return {name: json.loads(path.read_text()) for name, path in paths.items() if path.exists()}


def compared_of(params):
    """The data sets whose comparison is there; of others some cells may have been measured."""
    return [dataset for dataset in params["datasets"] if (ROOT / "metrics" / dataset / "verdicts.json").exists()]


def test_metrics_are_whole(params):
    """Every cell: the seeds of params.yaml, the headline being the mean of the scores. The report names what lacks."""
    compared = compared_of(params)
    missing = [dataset for dataset in params["datasets"] if dataset not in compared]
    assert compared
    said = re.search(r"^Compared on .*; not yet compared: (.+)\.$", REPORT, re.MULTILINE)
    assert (said[1] if said else "") == ", ".join(map(spoken, missing))
    for dataset in params["datasets"]:
        for name, content in cells(params, dataset).items():
            assert content["facts"]["seeds"] == params["data"][dataset]["seeds"], name
            for task in content["scores"].keys() & params["tasks"].keys():
                for measure, mean in content[task].items():
                    values = content["scores"][task][measure]
                    assert mean == pytest.approx(sum(values) / len(values), rel=1e-5, abs=1e-5)
    for dataset in compared:
        measured = cells(params, dataset)
        lacking = [spoken(name) for name in sorted(params["architectures"]) if name not in measured]
        lacking = [] if params["data"][dataset]["folder"] else lacking
        (limits,) = re.findall(rf"^- {re.escape(spoken(dataset))}: \d+ seed.*$", REPORT, re.MULTILINE)
        assert limits.partition("Not yet compared here: ")[2] == (f"{', '.join(lacking)}." if lacking else "")


def test_the_recipe_reaches_the_floor(params):
    """A linear autoencoder's best is PCA, so `vanilla` comes within 2 % of it, or training it is at fault."""
    for dataset in params["datasets"]:
        measured = cells(params, dataset)
        if {"pca", "vanilla"} <= set(measured):
            floor, own = (measured[name]["reconstruction"]["mse"] for name in ("pca", "vanilla"))
            assert own <= 1.02 * floor, dataset


def test_every_architecture_had_the_same_trials(params):
    """And every cell that was trained has what tuning chose."""
    for dataset in params["datasets"]:
        for name in cells(params, dataset):
            tuning = json.loads((ROOT / "metrics" / dataset / "tuning" / f"{name}.json").read_text())
            assert len(tuning["trials"]) == (0 if name == "pca" else params["tuning"]["trials"]), (dataset, name)
            assert all(tuning["trials"][place]["ended"] == "complete" for place in tuning["chosen"])


def test_no_posterior_has_collapsed(params):
    """Of every cell with a posterior at least a quarter of the latent is active, and its KL is not near zero."""
    found = 0
    for dataset in params["datasets"]:
        for name, content in cells(params, dataset).items():
            state = content["scores"].get("latent_use", {})
            if "kl" in state:
                found += 1
                assert min(state["active_units"]) >= content["facts"]["latent_size"][0] / 4, (dataset, name)
                assert min(state["kl"]) > 1, (dataset, name)
    assert found


def linked(text, folder):
    """The files that a page links to or shows."""
    return {folder / path.partition("#")[0] for path in re.findall(r"\]\(([^)#][^)]*)\)", text)}


def test_the_report_is_short_and_its_links_lead_somewhere():
    assert REPORT.count("\n") <= LONGEST
    assert all(path.exists() for path in linked(REPORT, ROOT))


def test_every_architecture_has_a_section_with_its_pictures(params):
    folder = ROOT / "plots"
    text = (folder / "architectures.md").read_text()
    assert set(re.findall(r"^## (.+)$", text, re.MULTILINE)) >= {spoken(name) for name in params["architectures"]}
    assert all((folder / path).exists() for path in re.findall(r'<img src="([^"]+)"', text))


def test_every_page_shows_every_picture_and_cell(params):
    for dataset in compared_of(params):
        folder = ROOT / "plots" / dataset
        shown = linked(page(dataset), folder)
        assert all(path.exists() for path in shown)
        drawn = set(params["figures"]["dataset"]) - {"maps"}  # which need masks of defects
        assert {folder / "pictures" / f"{name}.png" for name in drawn} <= shown
        content = json.loads((ROOT / "metrics" / dataset / "scores/pca.json").read_text())
        assert f"{content['reconstruction']['mse']:.4g}" in page(dataset)
        if (folder / "ablations.md").exists():
            assert all(path.exists() for path in linked(page(dataset, "ablations"), folder))


def test_pages_and_report_say_the_same(params):
    """The line of a use, which is a case of a task, and data set in the report is the page's own."""
    for dataset in compared_of(params):
        own = re.findall(r"^\| \[\w+([^]]*)\]\(#(\w+)\) (\|.*)$", page(dataset), re.MULTILINE)
        start = rf"^\| \[[^]]+\]\(plots/{dataset}/README\.md#(\w+)\)((?:, [^|]*\S)?)"
        line = start + r" (\|(?: [^|]* \|){5} (?:yes|no|open) \|)$"
        found = re.findall(line, REPORT, re.MULTILINE)
        assert own and own == [(case, task, cells) for task, case, cells in found], dataset


def test_scores_in_the_readme_are_what_dvc_shows(monkeypatch):
    """`make readme` brings them."""
    monkeypatch.chdir(ROOT)
    found = readme.block_of("scores", (ROOT / "README.md").read_text())
    assert found == readme.scores() and found.count("\n| metrics/digits/scores/") == len(readme.SHOWN)


def test_references_that_git_keeps_are_those_of_the_lock():
    """Whole, and nothing else lies there: cells that others add are measured with the same classifier."""
    objects = {path.parent.name + path.name: path for path in (ROOT / "data/dvc-remote/files/md5").glob("*/*")}
    for name, path in objects.items():
        assert hashlib.md5(path.read_bytes()).hexdigest() == name.removesuffix(".dir")
    stages = YAML(typ="safe").load(ROOT / "dvc.lock")["stages"]
    made = {out["md5"] for name, stage in stages.items() if name.startswith("references@") for out in stage["outs"]}
    kept = {name for name in objects if name.endswith(".dir")}
    assert kept <= made
    listed = {entry["md5"] for name in kept for entry in json.loads(objects[name].read_text())}
    assert listed == set(objects) - kept
