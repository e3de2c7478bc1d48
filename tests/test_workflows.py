"""The workflows: valid by GitHub's schema, free of known security mistakes, calling only what there is."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import ROOT

from tools.command import MODULES

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def checked(tool, *arguments):
    command = [str(Path(sys.executable).parent / tool), *arguments, *map(str, WORKFLOWS)]
    return subprocess.run(command, text=True, capture_output=True)


def test_schema():
    done = checked("check-jsonschema", "--builtin-schema", "vendor.github-workflows")
    assert done.returncode == 0, done.stdout


def test_security():
    done = checked("zizmor", "--offline", "--no-progress")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_steps_call_what_there_is(path):
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    called = re.findall(r"run: make ([\w-]+)", path.read_text())
    commands = re.findall(r"python3? -m tools(?:\.| )([\w-]+)", path.read_text())
    assert called or commands
    assert set(called) <= set(targets)
    assert set(commands) <= MODULES.keys()
