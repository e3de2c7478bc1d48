"""What the code takes from libraries: what they offer, but for names that are listed here, and nothing is patched."""

import ast

import pytest
from helpers import ROOT

from tools.run.steps import _make_cmd

MODULES = [path for folder in ("stages", "tools") for path in sorted((ROOT / folder).rglob("*.py"))]
# Name of a module and the private name that it imports; the reason stands beside the import.
PRIVATE = {("tools/run/steps.py", "dvc.stage.run._make_cmd")}
LIBRARIES = {"dvc", "dvc_data", "dvc_objects", "dask", "distributed"}


def imports(tree):
    """Full names of what a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def private(name):
    return name.startswith("_") and not name.startswith("__")


def owner(node):
    """The name at which a chain of attributes begins."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


@pytest.fixture(scope="module")
def trees():
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in MODULES}


def test_no_module_imports_mock(trees):
    assert not [path for path, tree in trees.items() if any("mock" in name.split(".") for name in imports(tree))]


def test_private_names_of_dvc_and_dask_are_listed(trees):
    imported, reached = set(), set()
    for path, tree in trees.items():
        names = [name for name in imports(tree) if name.partition(".")[0] in LIBRARIES]
        imported |= {(path, name) for name in names if any(map(private, name.split(".")))}
        attributes = [node for node in ast.walk(tree) if names and isinstance(node, ast.Attribute)]
        reached |= {(path, node.attr) for node in attributes if private(node.attr) and owner(node) != "self"}
    assert imported == PRIVATE
    assert not reached


def test_the_engine_sets_attributes_of_its_objects_alone(trees):
    """Nothing of a library is replaced while it runs."""
    for path, tree in trees.items():
        if path.startswith(("tools/run/", "tools/share")):
            stored = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
            stored = [node for node in stored if isinstance(node.ctx, ast.Store)]
            assert not [ast.unparse(node) for node in stored if owner(node) != "self"], path
            assert not [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "setattr"], path


@pytest.mark.parametrize(
    ("shell", "options"),
    [("/bin/sh", []), ("/bin/bash", ["--noprofile", "--norc"]), ("/bin/zsh", ["--no-rcs"])],
)
def test_the_private_name_is_what_it_was(shell, options):
    """DVC's command line for a shell, which reads no files of the user's."""
    assert _make_cmd(shell, "echo a") == [shell, *options, "-c", "echo a"]
