"""Code that stages run, one JSON file for each stage and item: module -> fingerprint.

A stage of dvc.yaml depends on code/<stage>.json, and a cell also on the file of its item, so that it reruns when what
they do has changed, and not for a comment.
"""

import re
from pathlib import Path

from ruamel.yaml import YAML

from stages.check.fingerprints import fingerprints, written
from stages.common.registry import names

CODE = Path("code")
ITEMS = {"architectures": "architectures", "prepare/datasets": "datasets", "published/checks": "checks"}  # -> folder
KINDS = (*ITEMS, "evaluate/tasks", "draw/figures/dataset", "draw/figures/single")  # of all that `load` finds by name


def code_of_stage(stage: dict) -> dict[str, str]:
    """Fingerprints of all that a stage may run; items whose files it depends on one by one are left to those."""
    start = re.search(r"python -m (stages[.\w]*)", stage["cmd"])[1]
    apart = [kind for kind, folder in ITEMS.items() if any(dep.startswith(f"code/{folder}/") for dep in stage["deps"])]
    return fingerprints([start], {kind: names(kind) for kind in KINDS if kind not in apart})


def code_of_dataset(name: str, block: dict) -> dict[str, str]:
    """Fingerprints of what reads a data set and its anomalies; nothing of a folder, which `prepare` itself reads."""
    built_in = {name, block["anomalies"]} & {*names("prepare/datasets")}
    return fingerprints([f"stages.prepare.datasets.{source}" for source in built_in], {})


def code_of_all(params: dict) -> dict[str, dict[str, str]]:
    """Path below code/, without suffix -> fingerprints, of every stage of dvc.yaml and every item."""
    stages = YAML(typ="safe").load(Path("dvc.yaml"))["stages"]
    files = {name: code_of_stage(stage.get("do", stage)) for name, stage in stages.items() if name != "check"}
    files |= {f"datasets/{name}": code_of_dataset(name, block) for name, block in params["data"].items()}
    for kind in ("architectures", "published/checks"):
        modules = {name: f"stages.{kind.replace('/', '.')}.{name}" for name in names(kind)}
        files |= {f"{ITEMS[kind]}/{name}": fingerprints([module], {}) for name, module in modules.items()}
    return files


def write(files: dict[str, dict]) -> None:
    """Write them to code/. What is as it was is left alone, what belongs to no stage or item any more goes."""
    texts = {CODE / f"{name}.json": written(content) for name, content in files.items()}
    for path in {*CODE.rglob("*.json")} - texts.keys():
        path.unlink()
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
