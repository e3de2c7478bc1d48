"""Folders as dependencies: what editors, systems and Python leave in them reruns nothing."""

import shutil
import sys

import pytest
from helpers import ROOT
from project import append, dvc, repro

LEFT = (
    ".x.py.swp",
    ".DS_Store",
    "x.py~",
    "#x.py#",
    "x.py.orig",
    "__pycache__/x.cpython-313.pyc",
    ".idea/workspace.xml",
)
STAGE = """stages:
  one:
    cmd: python -m stages.room.deep
    deps:
    - stages
    outs:
    - out.txt
"""


@pytest.fixture
def toy(tmp_path):
    """A project of one stage that depends on rooms at several depths, with this project's .dvcignore, once run."""
    dvc(tmp_path, "init", "-q", "--no-scm")
    shutil.copy(ROOT / ".dvcignore", tmp_path)
    deep = tmp_path / "stages/room/deep"
    deep.mkdir(parents=True)
    for folder in (deep, deep.parent, deep.parents[1]):
        (folder / "__init__.py").touch()
        (folder / "x.py").write_text("WORD = 'out'\n")
    (deep / "__main__.py").write_text(
        "from stages import x\nfrom stages.room.deep.x import WORD\nopen('out.txt', 'w').write(WORD)\n"
    )
    (tmp_path / "dvc.yaml").write_text(STAGE)
    assert repro(tmp_path, PYTHONDONTWRITEBYTECODE="") == {"one"}
    return tmp_path


def rooms(toy):
    return [toy / "stages", toy / "stages/room", toy / "stages/room/deep"]


def test_leftovers_of_any_depth_rerun_nothing(toy):
    version = f"cpython-{sys.version_info.major}{sys.version_info.minor}"
    assert (toy / f"stages/__pycache__/x.{version}.pyc").exists(), "bytecode is written, as by everybody"
    for room in rooms(toy):
        for name in LEFT:
            (room / name).parent.mkdir(exist_ok=True)
            (room / name).write_text("left")
    assert "up to date" in dvc(toy, "status") and repro(toy, PYTHONDONTWRITEBYTECODE="") == set()


def test_an_edit_of_any_depth_reruns(toy):
    for room in rooms(toy):
        append(room / "x.py")
        assert "up to date" not in dvc(toy, "status")
        assert repro(toy) == {"one"}
    (toy / "stages/room/new.py").write_text("")
    assert repro(toy) == {"one"}
