"""Files that Git, GitHub and editors read about the repository."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import ROOT
from project import git
from ruamel.yaml import YAML


def test_the_citation_is_valid():
    tool = Path(sys.executable).parent / "check-jsonschema"
    arguments = ("--builtin-schema", "vendor.citation-file-format", ROOT / "CITATION.cff")
    done = subprocess.run([tool, *arguments], text=True, capture_output=True)
    assert done.returncode == 0, done.stdout
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[1]
    assert YAML(typ="safe").load(ROOT / "CITATION.cff")["version"] == version


@pytest.mark.parametrize(
    ("path", "attributes"),
    [
        ("dvc.lock", {"merge": "dvc-lock", "linguist-generated": "set", "eol": "lf"}),
        ("uv.lock", {"linguist-generated": "set"}),
        ("metrics/digits/scores/pca.json", {"linguist-generated": "set", "eol": "lf"}),
        ("code/train.json", {"linguist-generated": "set"}),
        ("plots/digits/pictures/cost.png", {"linguist-generated": "set", "text": "unset", "merge": "unset"}),
        ("docs/page.png", {"linguist-generated": "unspecified", "text": "unset", "diff": "unset"}),
        ("tools/diff.py", {"linguist-generated": "unspecified", "text": "auto", "eol": "lf"}),
    ],
)
def test_attributes(path, attributes):
    said = git(ROOT, "check-attr", "-a", path)
    found = dict(re.findall(r": ([\w-]+): (\S+)$", said, re.MULTILINE))
    assert {name: found.get(name, "unspecified") for name in attributes} == attributes


def test_every_line_ends_as_the_attributes_say():
    kinds = {line.split()[0] for line in git(ROOT, "ls-files", "--eol").splitlines()}
    assert kinds <= {"i/lf", "i/none", "i/-text"}


def test_hooks_check_what_make_lint_checks():
    (repository,) = YAML(typ="safe").load(ROOT / ".pre-commit-config.yaml")["repos"]
    hooks = {hook["entry"].removeprefix(".venv/bin/").removesuffix(" --force-exclude") for hook in repository["hooks"]}
    lint = re.search(r"^lint:.*\n\t@(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    assert hooks == {command.replace("--check ", "").removesuffix(" .") for command in lint.split(" && ")}
    assert "mypy" in hooks
