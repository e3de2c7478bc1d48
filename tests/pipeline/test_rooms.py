"""The rooms of stages/: which may import which, and which libraries, held against the code."""

import ast
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from helpers import ROOT

from stages.common.registry import names

IMPORTS = {
    "common": set(),
    "prepare": {"common"},
    "train": {"common"},
    "architectures": {"train"},
    "evaluate": {"common", "train"},
    "judge": {"common", "evaluate"},
    "draw": {"common"},
    "tell": {"common", "draw"},
    "page": {"common", "train", "evaluate", "draw"},
    "ablate": {"common", "train", "evaluate"},
    "published": {"common", "train", "evaluate"},
    "check": {"common", "prepare", "train", "evaluate", "judge", "draw", "ablate", "published"},
}
LOADS = {  # items that a room finds by name
    "prepare": {"prepare/datasets"},
    "train": {"architectures"},
    "evaluate": {"architectures", "evaluate/tasks"},
    "judge": {"evaluate/tasks"},
    "draw": {"draw/figures/single", "draw/figures/dataset"},
    "tell": {"draw/figures/dataset"},
    "page": {"architectures"},
    "published": {"architectures", "published/checks"},
    "check": {
        "architectures",
        "evaluate/tasks",
        "draw/figures/single",
        "draw/figures/dataset",
        "prepare/datasets",
        "published/checks",
    },
}
LIBRARIES = {  # heavy, or of few rooms alone: all others do without
    "tensorflow": {"train"},
    "keras": {"train", "architectures", "evaluate", "published", "page", "check"},
    "pydantic": {"common", "prepare", "train", "architectures", "evaluate", "judge", "published", "check"},
    "sklearn": {"prepare", "architectures", "evaluate", "published"},
    "skimage": {"prepare", "evaluate"},
    "scipy": {"evaluate", "judge", "draw"},
    "constriction": {"evaluate"},
    "PIL": {"prepare", "evaluate", "draw"},
    "matplotlib": {"draw"},
    "pandas": set(),
    "pooch": {"prepare"},
    "jinja2": {"tell", "page"},
    "ruamel": {"common", "check"},
    "threadpoolctl": {"train", "evaluate"},
    "dvc": set(),
}
ITEMS = (
    "architectures",
    "prepare/datasets",
    "evaluate/tasks",
    "draw/figures/single",
    "draw/figures/dataset",
    "published/checks",
)
USES = {"published/checks": ("evaluate/tasks",)}  # items of other kinds: a published figure is scored as tasks score


def files(folder):
    """Python files of a folder, without those of an environment that is set up in it."""
    return [path for path in sorted((ROOT / folder).rglob("*.py")) if not {"__pycache__", ".venv"} & set(path.parts)]


def imported(path: Path) -> set[str]:
    """Dotted names that a file imports, anywhere in it; of `from a import b` both a and a.b."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def loaded(path: Path) -> set[str]:
    """Kinds of items that a file loads by name."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return {call.args[0].value for call in calls if getattr(call.func, "id", "") == "load" and call.args}


def test_the_table_has_every_room():
    assert set(IMPORTS) == {path.name for path in (ROOT / "stages").iterdir() if path.is_dir()} - {"__pycache__"}


@pytest.mark.parametrize("room", IMPORTS)
def test_rooms_import_only_what_the_table_says(room):
    used = {"rooms": set(), "items": set(), "libraries": set()}
    for path in files(f"stages/{room}"):
        names = imported(path)
        rooms = {name.split(".")[1] for name in names if name.startswith("stages.")}
        assert rooms <= IMPORTS[room] | {room}, f"{path} imports {rooms - IMPORTS[room] - {room}}"
        assert loaded(path) <= LOADS.get(room, set()), f"{path} loads {loaded(path)}"
        assert not any(name.split(".")[0] in ("tools", "tests") for name in names), path
        libraries = {name.split(".")[0] for name in names} & set(LIBRARIES)
        forbidden = {name for name in libraries if room not in LIBRARIES[name]}
        assert not forbidden, f"{path} imports {forbidden}"
        used["rooms"] |= rooms - {room}
        used["items"] |= loaded(path)
        used["libraries"] |= libraries
    assert used["rooms"] == IMPORTS[room], "the table allows what nobody needs"
    assert used["items"] == LOADS.get(room, set())
    assert used["libraries"] == {name for name, rooms in LIBRARIES.items() if room in rooms}


def test_the_page_about_the_layout_has_the_same_table():
    rows = re.findall(r"^\| `(\w+)/` \|.*\| ?([\w, ]*) \|$", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    assert {room: set(re.findall(r"\w+", said)) for room, said in rows} == IMPORTS


def test_judge_alone_decides():
    """Pictures, pages and report read verdicts: none of them, nor the vocabulary that all share, imports what decides
    them, so no rule of a verdict is applied twice."""
    for room in ("common", "draw", "tell", "page"):
        for path in files(f"stages/{room}"):
            assert not any(name.startswith("stages.judge") for name in imported(path)), path


def test_nobody_imports_a_main():
    for path in files("stages") + files("tools"):
        assert not any(name.endswith("__main__") for name in imported(path)), path


def test_no_item_imports_another():
    items = {f"stages.{kind}.{name}".replace("/", ".") for kind in ITEMS for name in names(kind)}
    for kind in ITEMS:
        used = {f"stages.{other}.{name}".replace("/", ".") for other in USES.get(kind, ()) for name in names(other)}
        for name in names(kind):
            own = f"stages.{kind}.{name}".replace("/", ".")
            found = imported(ROOT / "stages" / kind / f"{name}.py") & items - used
            assert not found, f"{own} imports {found}"


def test_where_no_model_runs_tensorflow_is_not_loaded():
    """Every module of these rooms is imported: neither library comes with any of them."""
    paths = [path for room in ("common", "prepare", "judge", "draw", "tell") for path in files(f"stages/{room}")]
    modules = [str(path.relative_to(ROOT).with_suffix("")).replace("/", ".") for path in paths]
    assert {"stages.prepare.__main__", "stages.draw.illustrate", "stages.tell.__main__"} <= set(modules)
    code = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, *modules], cwd=ROOT, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    found = set(done.stdout.split())
    assert set(modules) <= found and not {"tensorflow", "keras"} & found


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


PROJECT, LOCK = (tomllib.loads((ROOT / name).read_text()) for name in ("pyproject.toml", "uv.lock"))
DECLARED = {  # group of packages -> name -> versions
    group: {canonical(name): versions for name, versions in (re.match(r"([\w.-]+)(.*)", it).groups() for it in them)}
    for group, them in {"": PROJECT["project"]["dependencies"], **PROJECT["dependency-groups"]}.items()
}
MAY_IMPORT = {
    "stages": [""],
    "tools": ["", "export"],
    "tests": ["", "dev", "export"],
    "benchmarks": ["", "benchmarks"],
}


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_every_package_that_is_imported_is_declared(folder):
    """What only tests and the notebook need is not set up for those who run the pipeline."""
    declared = {name for group in MAY_IMPORT[folder] for name in DECLARED[group]}
    distributions = packages_distributions()
    own = {"stages", "tools", "benchmarks", *(path.stem for path in (ROOT / "tests").glob("*.py"))}
    own |= {"dvc_data", "dvc_objects", "dvc_render"}  # of DVC
    own |= {"pillow_heif"}  # no part of the setup: docs/image-files.md says how to add it
    undeclared = {}
    for path in files(folder):
        for name in {name.split(".")[0] for name in imported(path)} - own - sys.stdlib_module_names:
            sources = {canonical(source) for source in distributions.get(name, [name])}
            if not sources & declared:
                undeclared.setdefault(" or ".join(sources), []).append(str(path.relative_to(ROOT)))
    assert not undeclared, f"pyproject.toml lacks {undeclared}"


def test_nothing_is_asked_for_twice():
    assert not DECLARED[""].keys() & DECLARED["dev"].keys()


def test_the_lock_is_that_of_pyproject():
    (found,) = (it["metadata"] for it in LOCK["package"] if it["name"] == PROJECT["project"]["name"])
    locked = {"": found["requires-dist"], **found["requires-dev"]}
    locked = {group: {it["name"]: it.get("specifier", "") for it in them} for group, them in locked.items()}
    assert locked == DECLARED, "renew it: uv lock"


def test_requirements_are_those_of_the_lock():
    """All that the project needs, directly or not, with versions and hashes, and nothing that only a group needs."""
    needs = defaultdict(list)
    for it in LOCK["package"]:
        for extra, them in {"": it.get("dependencies", []), **it.get("optional-dependencies", {})}.items():
            needs[it["name"], extra] += them
    needed, queue = set(), [(PROJECT["project"]["name"], "")]
    while queue:
        asked = queue.pop()
        if asked not in needed:
            needed.add(asked)
            queue += [(it["name"], extra) for it in needs[asked] for extra in ("", *it.get("extra", ()))]
    names = {name for name, _ in needed} - {PROJECT["project"]["name"]}
    locked = {
        (it["name"], it["version"], file["hash"])
        for it in LOCK["package"]
        if it["name"] in names
        for file in (*it.get("wheels", ()), *([it["sdist"]] if "sdist" in it else ()))
    }
    text = (ROOT / "requirements.txt").read_text()
    blocks = re.findall(r"^([\w-]+)==(\S+)(.*(?:\n    .*)*)", text, re.MULTILINE)
    exported = {(*block[:2], file) for block in blocks for file in re.findall(r"--hash=(\S+)", block[2])}
    assert exported == locked, "renew it: make requirements"


@pytest.mark.parametrize("folder", ["stages", "tools"])
def test_files_and_functions_are_short(folder):
    nodes = [(path, node) for path in files(folder) for node in ast.walk(ast.parse(path.read_text()))]
    functions = [(path, node) for path, node in nodes if isinstance(node, ast.FunctionDef)]
    assert not [path for path in files(folder) if path.read_text().count("\n") > 150]
    assert not [f"{path}: {node.name}" for path, node in functions if node.end_lineno - node.lineno >= 40]
