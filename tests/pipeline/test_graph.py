"""dvc.yaml: every stage says what it does, and declares what it imports, reads and writes."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from dvc.repo import Repo
from helpers import ROOT

from stages.common.params import read_params
from stages.common.registry import names


@pytest.fixture(scope="module")
def stages():
    return {stage.addressing: stage for stage in Repo(str(ROOT)).index.stages}


def code_of(stage) -> list[str]:
    """Folders and files of code that a stage depends on."""
    return [dep.def_path for dep in stage.deps if dep.def_path.split("/")[0] == "stages"]


@cache
def imports(path: Path) -> tuple[frozenset[Path], frozenset[str]]:
    """Files of stages/ that a file imports, anywhere in it, and the kinds of items that it loads by name."""
    files, kinds = set(), set()
    for node in ast.walk(ast.parse(path.read_text())):
        found = []
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports by a relative path, which this walk does not follow"
            found = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "load" and node.args:
            assert isinstance(node.args[0], ast.Constant), f"{path} loads an item of a kind that only running it tells"
            kinds |= {node.args[0].value}
        for name in found:
            if name.split(".")[0] == "stages":
                file = (ROOT / name.replace(".", "/")).with_suffix(".py")
                files |= {file} if file.exists() else set()
    return frozenset(files), frozenset(kinds)


def needed(stage) -> set[str]:
    """Every file of stages/ that running a stage reads, as paths from the root."""
    place = ROOT / re.search(r"-m (stages[.\w]+)", stage.cmd)[1].replace(".", "/")
    start = place / "__main__.py" if place.is_dir() else place.with_suffix(".py")
    assert start.exists(), stage.cmd
    cell = dict(re.findall(r"--(\w+) (\w+)", stage.cmd))
    if "name" in cell:
        cell = read_params(ROOT / "params.yaml")["published"][cell["name"]]
    todo, seen = {start}, set()
    while todo:
        path = todo.pop()
        seen.add(path)
        files, kinds = imports(path)
        for kind in kinds:
            items = names(kind)
            if kind == "architectures" and "architecture" in cell:
                items = [cell["architecture"]]
            elif kind == "architectures" and cell and path != start:
                items = []  # a stage without any loads none by what it imports
            if kind == "published/checks" and cell:
                items = [cell["check"]]
            files = files | {ROOT / "stages" / kind / f"{name}.py" for name in items}
        todo |= files - seen
    return {str(path.relative_to(ROOT)) for path in seen}


def test_every_import_is_declared(stages):
    undeclared = {}
    for name, stage in stages.items():
        declared = code_of(stage)
        missing = {file for file in needed(stage) if not any(f"{file}/".startswith(f"{path}/") for path in declared)}
        if missing:
            undeclared[name] = sorted(missing)
    assert not undeclared, "\n".join(f"{name}: {files}" for name, files in undeclared.items())


def test_nothing_is_declared_that_is_not_imported(stages):
    """A folder of code in vain would rerun a stage for nothing."""
    idle = {}
    for name, stage in stages.items():
        files = needed(stage)
        in_vain = [path for path in code_of(stage) if not any(f"{file}/".startswith(f"{path}/") for file in files)]
        if in_vain:
            idle[name] = in_vain
    assert not idle


def test_the_walk_finds_what_it_should(stages):
    assert {
        "stages/train/__main__.py",
        "stages/train/fit.py",
        "stages/train/networks.py",
        "stages/train/objectives.py",
        "stages/train/determinism.py",
        "stages/architectures/variational.py",
        "stages/common/registry.py",
    } <= needed(stages["train@mnist-variational"])
    assert "stages/architectures/deep.py" not in needed(stages["train@mnist-variational"])
    assert "stages/evaluate/tasks/anomaly.py" in needed(stages["references@mnist"])
    assert "stages/architectures/deep.py" not in needed(stages["references@mnist"])
    assert "stages/architectures/deep.py" in needed(stages["export@mnist"])
    assert "stages/compare/figures/dataset/cost.py" in needed(stages["compare@mnist"])
    assert "stages/prepare/datasets/cifar10.py" in needed(stages["fetch@mnist"])
    assert "stages/prepare/split.py" not in needed(stages["fetch@mnist"])
    assert "stages/validate/blocks.py" in needed(stages["validate"])


def test_every_stage_says_what_it_does(stages):
    for name, stage in stages.items():
        assert stage.desc and stage.desc.endswith(".") and "\n" not in stage.desc, name


def test_stages_depend_on_few_rooms(stages):
    """Two to five folders or files of code, which stand at the door: rooms, not what is in them. One more for a check
    of a published figure, so that no check reruns another."""
    for name, stage in stages.items():
        code, most = code_of(stage), 6 if name.startswith("replicate@") else 5
        assert code == ["stages"] if name == "validate" else 2 <= len(code) <= most, f"{name}: {code}"
        assert all((ROOT / path).exists() for path in code), name


def test_the_top_of_stages_can_be_taken_in_at_a_glance():
    rooms = [path.name for path in (ROOT / "stages").iterdir() if path.is_dir() and path.name != "__pycache__"]
    assert len(rooms) <= 11, rooms


def test_empty_packages():
    """An __init__.py runs behind every import of its package: it must hold nothing."""
    assert all(not path.read_text().strip() for path in (ROOT / "stages").rglob("__init__.py"))


def test_all_cells_are_there(stages, params):
    for dataset in params["datasets"]:
        assert {
            f"{step}@{dataset}"
            for step in ("fetch", "prepare", "references", "illustrate", "compare", "export", "page")
        } <= set(stages)
        for architecture in params["architectures"]:
            assert {f"{step}@{dataset}-{architecture}" for step in ("tune", "train", "evaluate")} <= set(stages)
    ablated = {f"ablate@{d}-{a}" for d in params["ablated"]["datasets"] for a in params["ablated"]["architectures"]}
    assert ablated == {name for name in stages if name.startswith("ablate")}
    assert {f"replicate@{name}" for name in params["published"]} == {n for n in stages if n.startswith("replicate")}


def test_every_item_is_in_the_comparison(params):
    assert sorted(params["architectures"]) == names("architectures")
    built_in = {name: block for name, block in params["data"].items() if not block["folder"]}
    anomalies = {block["anomalies"] for block in built_in.values()}
    assert sorted({*params["datasets"], *anomalies} & {*built_in, *anomalies}) == names("prepare/datasets")
    assert sorted(params["tasks"]) == names("evaluate/tasks")
    assert sorted(params["figures"]["dataset"]) == names("compare/figures/dataset")
    assert sorted(params["figures"]["single"]) == names("compare/figures/single")
    assert sorted({block["check"] for block in params["published"].values()}) == names("published/checks")


def test_git_keeps_what_is_small(stages):
    """Metrics and comparing pictures are Git's; everything under data/ is DVC's."""
    for name, stage in stages.items():
        for out in stage.outs:
            assert out.use_cache == out.def_path.startswith("data/"), f"{name}: {out.def_path}"


def test_what_training_reads_of_the_data_is_in_one_folder(stages):
    """Labels and anomalies are beside it, so that changing those trains nothing."""
    for name, stage in stages.items():
        if name.startswith(("tune@", "train@")):
            data = [dep.def_path for dep in stage.deps if dep.def_path.startswith("data/")]
            assert [path.rpartition("/")[2] for path in data] == ["images"], name


def test_settings_that_stages_depend_on_are_there(stages, params):
    for name, stage in stages.items():
        for dep in stage.deps:
            for key in getattr(dep, "params", []):
                block = params
                for part in key.split("."):
                    assert part in block, f"{name}: {key}"
                    block = block[part]
