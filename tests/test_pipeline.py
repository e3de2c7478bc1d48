"""dvc.yaml: every stage declares what it imports, reads and writes."""

import ast
import json
import re
from pathlib import Path

import pytest
from conftest import ROOT
from dvc.repo import Repo

from stages.catalogue import names, read_params
from stages.style import spoken


@pytest.fixture(scope="module")
def stages():
    return {stage.addressing: stage for stage in Repo(str(ROOT)).index.stages}


def imports(path: Path) -> tuple[set[Path], set[str]]:
    """Files of stages/ that a file imports, anywhere in it, and the kinds of items that it loads by name."""
    files, kinds = set(), set()
    for node in ast.walk(ast.parse(path.read_text())):
        found = []
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "stages":
            found = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            found = [alias.name for alias in node.names if alias.name.split(".")[0] == "stages"]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "load" and node.args:
            kinds |= {node.args[0].value}
        files |= {file for name in found if (file := ROOT / f"{name.replace('.', '/')}.py").exists()}
    return files, kinds


def needed(stage) -> set[str]:
    """Every file of stages/ that running a stage reads, as paths from the root."""
    module = re.search(r"-m (stages\.\w+)", stage.cmd)[1]
    cell = dict(re.findall(r"--(\w+) (\w+)", stage.cmd))
    if "name" in cell:
        cell |= {k: v for k, v in read_params(ROOT / "params.yaml")["experiments"][cell["name"]].items() if k != "name"}
    todo, seen = {ROOT / f"{module.replace('.', '/')}.py"}, set()
    while todo:
        path = todo.pop()
        seen.add(path)
        files, kinds = imports(path)
        if "dataset" in cell and "architecture" not in cell:
            kinds.discard("architectures")  # settings.py loads one for cells alone
        for kind in kinds:
            one = cell.get({"datasets": "dataset", "architectures": "architecture"}.get(kind, ""))
            files |= {ROOT / "stages" / kind / f"{name}.py" for name in ([one] if one else names(kind))}
        todo |= files - seen
    return {str(path.relative_to(ROOT)) for path in seen}


def test_every_import_is_declared(stages):
    undeclared = {}
    for name, stage in stages.items():
        declared = [dep.def_path for dep in stage.deps]
        missing = {
            file for file in needed(stage) if not any(file == path or file.startswith(f"{path}/") for path in declared)
        }
        if missing:
            undeclared[name] = sorted(missing)
    assert not undeclared, "\n".join(f"{name}: {files}" for name, files in undeclared.items())


def test_the_walk_finds_what_it_should(stages):
    assert {
        "stages/train.py",
        "stages/architectures/variational.py",
        "stages/objectives.py",
        "stages/networks.py",
        "stages/runtime.py",
        "stages/settings.py",
    } <= needed(stages["train@mnist-variational"])
    assert "stages/architectures/deep.py" not in needed(stages["train@mnist-variational"])
    assert "stages/measures.py" in needed(stages["compare@mnist"])


def test_empty_packages():
    """DVC does not see an __init__.py behind an import: it must hold nothing."""
    assert all(not path.read_text().strip() for path in (ROOT / "stages").rglob("__init__.py"))


def test_all_cells_are_there(stages, params):
    for dataset in params["datasets"]:
        assert {f"fetch@{dataset}", f"prepare@{dataset}", f"compare@{dataset}"} <= set(stages)
        for architecture in params["architectures"]:
            cell = f"{dataset}-{architecture}"
            assert {f"train@{cell}", f"evaluate@{cell}", f"illustrate@{cell}"} <= set(stages)


def test_every_item_is_in_the_comparison(params):
    assert sorted(params["architectures"]) == names("architectures")
    outliers = {block["outliers"] for block in params["data"].values()}
    assert sorted({*params["datasets"], *outliers}) == names("datasets")
    assert sorted(params["tasks"]) == names("tasks")


def test_git_keeps_what_is_small(stages):
    """Metrics and comparing pictures are Git's; everything under data/ is DVC's."""
    for name, stage in stages.items():
        for out in stage.outs:
            assert out.use_cache == out.def_path.startswith("data/"), f"{name}: {out.def_path}"


def test_committed_metrics_are_whole(params):
    """Every cell: the seeds of params.yaml, the headline being the mean of the scores. The report names what lacks."""
    report = (ROOT / "REPORT.md").read_text()
    for dataset in params["datasets"]:
        missing = []
        for architecture in params["architectures"]:
            path = ROOT / "metrics" / dataset / f"{architecture}.json"
            if not path.exists():
                missing.append(spoken(architecture))
                continue
            content = json.loads(path.read_text())
            assert content["facts"]["seeds"] == params["data"][dataset]["seeds"]
            for task in params["tasks"]:
                for measure, mean in content[task].items():
                    values = content["scores"][task][measure]
                    assert mean == pytest.approx(sum(values) / len(values), rel=1e-5, abs=1e-5)
        section = report.split(f"\n## {spoken(dataset)}\n")[1].split("\n## ")[0]
        assert ("Not yet compared here" in section) == bool(missing)
        assert not missing or f"Not yet compared here: {', '.join(missing)}." in section


def test_no_posterior_has_collapsed(params):
    """Of every cell with a posterior at least a quarter of the latent is active, and its KL is not near zero."""
    found = 0
    for path in sorted((ROOT / "metrics").glob("*/*.json")):
        if path.parent.name in params["datasets"] and path.stem in params["architectures"]:
            content = json.loads(path.read_text())
            state = content["scores"]["health"]
            if "kl" in state:
                found += 1
                assert min(state["active_units"]) >= content["cost"]["latent_size"] / 4, path
                assert min(state["kl"]) > 1, path
    assert found


def test_the_report_names_every_cell(params):
    text = (ROOT / "REPORT.md").read_text()
    shown = re.findall(r"\]\((plots/[^)]+)\)", text)
    for picture in shown:
        assert (ROOT / picture).exists(), picture
    assert {f"plots/{d}/{name}.png" for d in params["datasets"] for name in params["figures"]["dataset"]} <= set(shown)
    for dataset in params["datasets"]:
        content = json.loads((ROOT / "metrics" / dataset / "pca.json").read_text())
        assert f"{content['reconstruction']['mse']:.4g}" in text
