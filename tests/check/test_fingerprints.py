"""What a stage executes and reads, and what its fingerprints say when that changes."""

import ast
import json
import re
import subprocess
import sys

import pytest
from helpers import ROOT

from stages.check.fingerprints import BESIDE, closure, fingerprint, fingerprints, written
from stages.check.source import read
from stages.common.stage import UserError

TREE = {
    "stages/__init__.py": "",
    "stages/common/__init__.py": "",
    "stages/common/registry.py": """
        import importlib
        from pathlib import Path
        STAGES = Path(__file__).parents[1]
        def load(kind, name):
            return importlib.import_module(f"stages.{kind.replace('/', '.')}.{name}")
        """,
    "stages/common/numbers.py": "ONE = 1",
    "stages/common/unused.py": "",
    "stages/train/__init__.py": "",
    "stages/train/__main__.py": """
        import json, stages.train.fit as fit
        from stages.train import late, options
        def main():
            from stages.common.numbers import ONE
            from stages.common.registry import load
            return load("architectures", "deep").build(ONE), load("train/losses", "absolute")
        main()
        """,
    "stages/train/fit.py": """
        from typing import TYPE_CHECKING
        import typing
        if TYPE_CHECKING:
            from stages.train.types import Type
        else:
            from stages.train.runtime import Type
        if typing.TYPE_CHECKING:
            import stages.train.types
        """,
    "stages/train/late.py": "import stages.train.fit  # a circle\nimport stages.train.late",
    "stages/train/options.py": "try:\n    import stages.train.speed\nexcept ImportError:\n    pass",
    "stages/train/runtime.py": "Type = int",
    "stages/train/speed.py": "",
    "stages/train/types.py": "raise RuntimeError",
    "stages/train/losses/__init__.py": "",
    "stages/train/losses/absolute.py": "",
    "stages/architectures/__init__.py": "",
    "stages/architectures/deep.py": "from stages.train.layers import *\ndef build(size): return size",
    "stages/architectures/other.py": "",
    "stages/train/layers.py": '"""Not stages/train/page.css."""',
    "stages/page/__main__.py": 'from stages.page.text import name\nopen(f"{name}.css")',
    "stages/page/text.py": 'name = "page"',
    "stages/page/page.css": "p { }",
    "stages/page/.page.css": "",
    "stages/page/page.css.swp": "",
    "stages/page/notes.md": "",
    "stages/page/parts/macros.j2": "{{ x }}",
}
ITEMS = {"architectures": ["deep"], "train/losses": ["absolute"]}


@pytest.fixture
def write(tmp_path):
    """A function that writes a file of the tree, less its common indentation."""

    def write(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(re.sub(r"\n {8}", "\n", content))

    for name, content in TREE.items():
        write(name, content)
    return write


def test_what_is_executed(write, tmp_path):
    """The oracle is Python: what it has imported in the end."""
    code = "import runpy, sys; runpy.run_module('stages.train'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    loaded = {name for name in done.stdout.split() if name.startswith("stages") and name != "stages.train"}
    packages = {name for name in loaded if (tmp_path / name.replace(".", "/")).is_dir()}
    assert set(fingerprints(["stages.train"], ITEMS, tmp_path)) == loaded - packages | {"stages.train.__main__"}
    assert {"stages.architectures.deep", "stages.train.layers", "stages.train.speed"} <= loaded


def test_items_that_are_not_followed(write, tmp_path):
    without = fingerprints(["stages.train"], {}, tmp_path)
    everything = fingerprints(["stages.train"], ITEMS, tmp_path)
    items = {"stages.architectures.deep", "stages.train.layers", "stages.train.losses.absolute"}
    assert set(everything) - set(without) == items
    assert set(fingerprints(["stages.architectures.deep"], ITEMS, tmp_path)) == items - {"stages.train.losses.absolute"}
    both = fingerprints(["stages.train", "stages.architectures.deep"], {}, tmp_path)
    assert set(both) == set(everything) - {"stages.train.losses.absolute"}


def test_files_beside_modules(write, tmp_path):
    names = ["stages.page.__main__", "stages.page.text", "stages/page/page.css", "stages/page/parts/macros.j2"]
    assert list(fingerprints(["stages.page"], {}, tmp_path)) == names
    assert list(fingerprints(["stages.page.text"], {}, tmp_path)) == ["stages.page.text"]
    assert list(fingerprints(["stages.train.layers"], {}, tmp_path)) == ["stages.train.layers"], (
        "a docstring reads none"
    )


@pytest.mark.parametrize(
    "name, content, changed",
    [
        ("stages/common/numbers.py", '"""Numbers."""\n\nONE = 1  # and only', []),
        ("stages/common/numbers.py", "ONE = 2", ["stages.common.numbers"]),
        ("stages/train/types.py", "import nothing", []),
        ("stages/architectures/other.py", "x = 1", []),
        (
            "stages/architectures/deep.py",
            "def build(size): return size",
            ["stages.architectures.deep", "stages.train.layers"],
        ),
        ("stages/train/speed.py", "import stages.common.unused", ["stages.common.unused", "stages.train.speed"]),
        ("stages/page/page.css", "p { }\n", ["stages/page/page.css"]),
        ("stages/page/notes.md", "more", []),
    ],
)
def test_a_diff_names_the_modules(write, tmp_path, name, content, changed):
    start = ["stages.train", "stages.page"]
    before = written(fingerprints(start, ITEMS, tmp_path))
    write(name, content)
    after = written(fingerprints(start, ITEMS, tmp_path))
    lines = {line.rstrip(",") for line in before.split("\n")} ^ {line.rstrip(",") for line in after.split("\n")}
    assert sorted({line.split('"')[1] for line in lines}) == changed


def test_fingerprints(write, tmp_path):
    """SHA-256 of the bytes `ONE = 1` and `p { }`, from sha256sum."""
    assert fingerprint(tmp_path / "stages/common/numbers.py") == "704a8c2e64a140a4"
    assert fingerprint(tmp_path / "stages/page/page.css") == "d87e42502bf2a397"
    content = fingerprints(["stages.common.numbers"], {}, tmp_path)
    assert written(content) == '{\n "stages.common.numbers": "704a8c2e64a140a4"\n}\n'
    everything = fingerprints(["stages.train", "stages.page"], ITEMS, tmp_path)
    assert json.loads(written(everything)) == everything and list(everything) == sorted(everything)


@pytest.mark.parametrize(
    "content, error",
    [
        ("import os\nfrom .fit import x", "line 2: a relative import, which is not followed; write `from stages. ...`"),
        ("from . import fit", "line 1: a relative import"),
        ("def f(kind):\n    return load(kind, 'deep')", "line 2: the kind of item is known only once this runs"),
        ("load(kind='architectures', name='deep')", "line 1: the kind of item is known only once this runs"),
        ("registry.load(f'{x}', 'deep')", "line 1: the kind of item is known only once this runs"),
        ("import stages.train.fitting", "line 1: there is no module stages.train.fitting"),
        ("from stages.train import fitting", "line 1: there is no module stages.train.fitting"),
        ("from stages.training import fit", "line 1: there is no module stages.training"),
        ("\n\nload('architectures', name)", "line 3: there is no module stages.architectures.shallow"),
        ("\nx = (", "line 2: Python cannot read this: '(' was never closed"),
    ],
)
def test_what_cannot_be_followed(write, tmp_path, content, error):
    write("stages/train/late.py", content)
    with pytest.raises(UserError) as raised:
        closure(["stages.train.late"], {"architectures": ["shallow"]}, tmp_path)
    assert str(raised.value).startswith(f"{tmp_path / 'stages/train/late.py'}, {error}")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("start", ["stages.trian", "stages.common"])
def test_starts_that_are_not_there(write, tmp_path, start):
    with pytest.raises(UserError, match=rf"^python -m {start}: there is no module {start}"):
        closure([start], {}, tmp_path)


def test_calls_that_load_no_items(write, tmp_path):
    write("stages/train/late.py", "np.load(path)\njson.load(file)\nregistry.load('architectures', name)\nload")
    assert tmp_path / "stages/architectures/deep.py" in closure(["stages.train.late"], ITEMS, tmp_path)


def modules() -> list[str]:
    paths = (path for path in (ROOT / "stages").rglob("*.py") if path.name != "__init__.py")
    return [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]


def test_no_file_of_stages_is_forgotten():
    """Every file beside the modules is in the fingerprints of one that reads it, and is of a kind that can be."""
    files = {path for path in (ROOT / "stages").rglob("[!.]*") if path.is_file() and path.suffix != ".pyc"}
    assert {path.suffix for path in files} <= {".py", *BESIDE}
    assert set(closure(modules(), {}, ROOT)) == {path for path in files if path.name != "__init__.py"}


def test_modules_are_imported_as_the_walk_expects():
    """One module imports by a name that only running it tells, which is the registry; nobody renames its `load`."""
    hidden = {"importlib", "runpy", "pkgutil"}
    for name in modules():
        path = ROOT.joinpath(*name.split(".")).with_suffix(".py")
        for node in read(path).references:
            if not isinstance(node, ast.Call):
                named = {alias.name.partition(".")[0] for alias in node.names} | {getattr(node, "module", None)}
                assert path.name == "registry.py" or not named & hidden, name
                assert not any(alias.name == "load" and alias.asname for alias in node.names), name


def test_what_items_say_of_themselves_counts_where_it_is_written_into_results(tmp_path):
    """The first sentence of an item's docstring, and for a stage whose code imports `about` alone."""
    item = tmp_path / "stages/evaluate/tasks/bars.py"
    quoting = "from stages.common.registry import about, load\nabout(load('evaluate/tasks', 'bars'))"
    files = {
        "stages/common/registry.py": "def load(kind, name): ...\ndef about(module): ...",
        "stages/quoting.py": quoting,
        "stages/silent.py": quoting.replace("about, load", "load").replace("about(", "print("),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    item.parent.mkdir(parents=True)

    def both(docstring):
        item.write_text(f'"""{docstring}"""\n\nBARS = 1\n')
        name, items = "stages.evaluate.tasks.bars", {"evaluate/tasks": ["bars"]}
        return [fingerprints([start], items, tmp_path)[name] for start in ("stages.quoting", "stages.silent")]

    quoted, silent = both("Bars: how many. All of them are counted.")
    assert both("Bars: how many. None is counted.\n\n    More.") == [quoted, silent]
    other, same = both("Bars: how thick. All of them are counted.")
    assert other != quoted and same == silent
