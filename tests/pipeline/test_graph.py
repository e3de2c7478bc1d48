"""dvc.yaml: every stage says what it does, and declares what it imports, reads and writes."""

import json
from pathlib import Path

import pytest
from dvc.repo import Repo
from helpers import ROOT

from stages.check.__main__ import CHECKED, digests
from stages.check.code import KINDS, code_of_all
from stages.check.source import read
from stages.common.params import read_params
from stages.common.registry import names


@pytest.fixture(scope="module")
def stages():
    return {stage.addressing: stage for stage in Repo(str(ROOT)).index.stages}


def code_of(stage) -> list[str]:
    """Files of code/ that a stage depends on."""
    return [dep.def_path for dep in stage.deps if dep.def_path.startswith("code/")]


def module_of(stage) -> Path:
    """The file that a stage runs."""
    path = ROOT / stage.cmd.split()[2].replace(".", "/")
    return path / "__main__.py" if path.is_dir() else path.with_suffix(".py")


def modules_of(stage) -> set[str]:
    """Modules and other files whose fingerprints a stage depends on."""
    return {name for path in code_of(stage) for name in json.loads((ROOT / path).read_text())}


def test_the_committed_fingerprints_are_those_of_the_code(monkeypatch):
    """`dvc repro check` was run after the last edit, and nothing else lies in code/."""
    monkeypatch.chdir(ROOT)
    committed = {
        path.relative_to("code").with_suffix("").as_posix(): json.loads(path.read_text())
        for path in Path("code").rglob("*.json")
    }
    params = read_params()
    assert committed.pop(CHECKED) == digests(params)
    assert committed == code_of_all(params)


def test_a_stage_depends_on_its_code_and_on_that_of_its_items(stages, params):
    for name, stage in stages.items():
        kind, _, cell = name.partition("@")
        if kind == "check":
            assert {"stages", "params.yaml"} == {dep.def_path for dep in stage.deps}
            continue
        expected = {f"code/{kind}.json"}
        if kind in ("fetch", "prepare"):
            expected |= {f"code/datasets/{cell}.json"}
        if "-" in cell:
            expected |= {f"code/architectures/{cell.partition('-')[2]}.json"}
        if kind == "replicate":
            block = params["published"][cell]
            expected |= {f"code/architectures/{block['architecture']}.json", f"code/checks/{block['check']}.json"}
        assert set(code_of(stage)) == expected, name


def test_who_asks_which_architectures_have_scores_depends_on_them(stages):
    asking = [name for name, stage in stages.items() if "architectures_of" in module_of(stage).read_text()]
    assert "export@digits" in asking
    for name in asking:
        dataset = name.partition("@")[2]
        assert f"metrics/{dataset}/scores" in {dep.def_path for dep in stages[name].deps}, name


def test_the_report_depends_on_what_architectures_say_of_themselves(stages):
    assert "stages/architectures" in {dep.def_path for dep in stages["report"].deps}


def test_every_kind_of_item_is_followed():
    """What `load` finds by name is in the fingerprints, of whatever kind it is."""
    for path in (ROOT / "stages").rglob("*.py"):
        calls = [node for node in read(path).references if hasattr(node, "args")]
        assert {call.args[0].value for call in calls} <= set(KINDS), path


def test_the_walk_finds_what_it_should(stages):
    assert {
        "stages.train.__main__",
        "stages.train.fit",
        "stages.train.networks",
        "stages.train.objectives.variational",
        "stages.train.determinism",
        "stages.architectures.variational",
        "stages.common.registry",
    } <= modules_of(stages["train@mnist-variational"])
    assert "stages.architectures.deep" not in modules_of(stages["train@mnist-variational"])
    assert "stages.evaluate.tasks.anomaly" in modules_of(stages["references@mnist"])
    assert "stages.architectures.deep" not in modules_of(stages["references@mnist"])
    assert "stages.architectures.deep" in modules_of(stages["export@mnist"])
    assert "stages.draw.figures.dataset.cost" in modules_of(stages["draw@mnist"])
    assert "stages.prepare.datasets.mnist" in modules_of(stages["fetch@fashion_mnist"])  # whose anomalies it is
    assert "stages.prepare.datasets.cifar10" not in modules_of(stages["fetch@mnist"])
    assert "stages.prepare.__main__" not in modules_of(stages["fetch@mnist"])
    assert {"stages/page/page.css", "stages/page/engine.js", "stages/page/page.html.j2"} <= modules_of(
        stages["page@digits"]
    )
    assert "stages/tell/dataset.md.j2" in modules_of(stages["describe@digits"])
    assert "stages/published/checks/pca.yaml" in modules_of(stages["published"])
    assert not any(name.endswith(".yaml") for name in modules_of(stages["replicate@pca_mnist"]))


def test_every_stage_says_what_it_does(stages):
    for name, stage in stages.items():
        assert stage.desc and stage.desc.endswith(".") and "\n" not in stage.desc, name


def test_the_top_of_stages_can_be_taken_in_at_a_glance():
    rooms = [path.name for path in (ROOT / "stages").iterdir() if path.is_dir() and path.name != "__pycache__"]
    assert len(rooms) <= 12, rooms


def test_empty_packages():
    """An __init__.py runs behind every import of its package: it must hold nothing."""
    assert all(not path.read_text().strip() for path in (ROOT / "stages").rglob("__init__.py"))


def test_all_cells_are_there(stages, params):
    for dataset in params["datasets"]:
        assert {
            f"{step}@{dataset}"
            for step in ("fetch", "prepare", "references", "illustrate", "judge", "draw", "describe", "export", "page")
        } <= set(stages)
        for architecture in params["architectures"]:
            assert {f"{step}@{dataset}-{architecture}" for step in ("tune", "train", "evaluate")} <= set(stages)
    ablated = {f"ablate@{d}-{a}" for d in params["ablated"]["datasets"] for a in params["ablated"]["architectures"]}
    assert ablated == {name for name in stages if name.startswith("ablate")}
    assert {f"replicate@{name}" for name in params["published"]} == {n for n in stages if n.startswith("replicate")}


def test_the_report_depends_on_what_it_says_of_training_on_damaged_images(stages, params):
    declared = {name for dep in stages["report"].deps for name in getattr(dep, "params", ())}
    noisy = {f"architecture.{name}" for name, block in params["architecture"].items() if "noise" in block}
    assert noisy == {name for name in declared if name.startswith("architecture.")}


def test_every_item_is_in_the_comparison(params):
    assert sorted(params["architectures"]) == names("architectures")
    built_in = {name: block for name, block in params["data"].items() if not block["folder"]}
    anomalies = {block["anomalies"] for block in built_in.values()}
    assert sorted({*params["datasets"], *anomalies} & {*built_in, *anomalies}) == names("prepare/datasets")
    assert sorted(params["tasks"]) == names("evaluate/tasks")
    assert sorted(params["figures"]["dataset"]) == names("draw/figures/dataset")
    assert sorted(params["figures"]["single"]) == names("draw/figures/single")
    assert sorted({block["check"] for block in params["published"].values()}) == names("published/checks")


def test_git_keeps_what_is_small(stages):
    """Metrics and comparing pictures are Git's; everything under data/ is DVC's."""
    for name, stage in stages.items():
        for out in stage.outs if name != "check" else ():
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
