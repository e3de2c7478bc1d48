"""dvc.lock: how long a stage may be in it, and that it catches every kind of edit."""

import io
import re
import sys
from statistics import fmean

import pytest
from dvc.dependency import ParamsDependency
from dvc.repo import Repo
from dvc.stage.serialize import to_lockfile
from dvc_data.hashfile.hash_info import HashInfo
from dvc_data.hashfile.meta import Meta
from helpers import ROOT
from project import clone, command
from ruamel.yaml import YAML

# Lines of a stage: DVC writes the whole file anew after every one, the engine once.
MEAN, LONGEST = 45, 120


def lines_of(stage) -> int:
    """Lines that a stage takes in dvc.lock once it has been run; an output without a suffix is taken for a folder."""
    for item in (*stage.deps, *stage.outs):
        if isinstance(item, ParamsDependency):
            item.hash_info = item.get_hash()
        else:
            folder = "." not in item.def_path.rpartition("/")[2]
            item.hash_info = HashInfo("md5", "0" * 32 + ".dir" * folder)
            item.meta = Meta(size=1_000_000, nfiles=10 if folder else None)
    text = io.StringIO()
    YAML().dump({"stages": to_lockfile(stage)}, text)
    return text.getvalue().count("\n") - 1


def test_the_lock_stays_short():
    """With every stage of dvc.yaml run; counted by stage, so that a new architecture or data set breaks nothing."""
    stages = {stage.addressing: stage for stage in Repo(str(ROOT)).index.stages}
    lines = {name: lines_of(stage) for name, stage in stages.items()}
    said = f"{fmean(lines.values()):.1f} lines a stage, {sum(lines.values())} of all {len(lines)}"
    print(said)
    assert fmean(lines.values()) <= MEAN, said
    assert not {name: count for name, count in lines.items() if count > LONGEST}
    known = YAML(typ="safe").load(ROOT / "dvc.lock")["stages"]
    assert (ROOT / "dvc.lock").read_text().count("\n") <= 2 + sum(lines[name] for name in known), (
        "the count is too short"
    )


EDITS = {
    "a setting": (
        "params.yaml",
        "    strength: 0.3",
        "    strength: 0.4",
        "tune@digits-denoising",
        "architecture.denoising",
    ),
    "code": (
        "stages/evaluate/measures/image_quality.py",
        "SSIM_SIGMA = 1.5",
        "SSIM_SIGMA = 1.6",
        "check",
        "stages",
    ),
    "a command": (
        "dvc.yaml",
        "-m stages.judge --dataset",
        "-O -m stages.judge --dataset",
        "judge@digits",
        "changed command",
    ),
    "a metric by hand": (
        "metrics/digits/scores/pca.json",
        '"mse": 0',
        '"mse": 1',
        "evaluate@digits-pca",
        "metrics/digits/scores/pca.json",
    ),
}


def replace(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def stale(folder):
    """Stage -> what is wrong with it, as the check of the lock says."""
    said, fine = command(folder, sys.executable, "-m", "tools", "check-lock")
    found = dict(re.findall(r"^(\w+(?:@[\w-]+)?): (.+)$", said, re.MULTILINE))
    found.pop("error", None)
    assert fine == (not found), said
    return found


@pytest.mark.slow
def test_the_check_catches_every_kind_of_edit(tmp_path):
    """In a clone with an empty cache; what is named is new, and names the culprit."""
    project = clone(tmp_path / "clone")
    before = stale(project)
    for what, (path, old, new, stage, reason) in EDITS.items():
        replace(project / path, old, new)
        found = stale(project)
        assert stage not in before, f"{stage} is stale as committed: {before.get(stage)}"
        assert stage in found and reason in found[stage], what
        replace(project / path, new, old)
    assert stale(project) == before
