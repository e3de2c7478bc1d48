"""Pages: short, their links, paths and commands there, nothing in them typed by hand or left out."""

import importlib
import re

import pytest
from helpers import ROOT
from ruamel.yaml import YAML

from stages.common.params import read_params
from tools import readme
from tools.command import MODULES, parser_of

FLAG = re.compile(r"(--[a-z][\w-]*)")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "data/README.md"]
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text() for path in PAGES}


def anchors(text):
    """The addresses of a page's headings, as GitHub makes them."""
    return {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in re.findall(r"^#+ (.+)$", text, re.M)}


@pytest.mark.parametrize("page", TEXTS)
def test_pages_are_short(page):
    assert TEXTS[page].count("\n") < {"README.md": 120, "CONTRIBUTING.md": 200}.get(page, 101)


def test_takeaways_are_those_of_the_report():
    """Where this fails, `make readme` writes them anew."""
    block, report = (
        readme.block_of("takeaways", (ROOT / path).read_text(), path) for path in ("README.md", "REPORT.md")
    )
    origin = "\n".join(line[0] for line in readme.ORIGIN.finditer(block))
    assert readme.takeaways(report).count("\n- ") > 3
    assert origin, "the lines of date and machine are missing: run `make readme`"
    assert block == f"{readme.takeaways(report)}\n\n{origin}", "the takeaways are stale: run `make readme`"


def test_no_result_is_typed_by_hand():
    """Outside of what tools write, no page names a date, a machine or a version of a library."""
    for page, text in TEXTS.items():
        if re.search(r"\nWritten by `python -m (tools |benchmarks`)", text):
            continue
        text = readme.BLOCKS["takeaways"].sub("", text)
        assert not re.search(r"\b20\d\d-\d\d|(TensorFlow|DVC) \d|\d cores", text), page


@pytest.mark.parametrize("page", TEXTS)
def test_links_exist(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", TEXTS[page]):
        if target.startswith(("https://", "../../actions/", "../../deployments/")):  # of the repository on GitHub
            continue
        path, _, anchor = target.partition("#")
        linked = (ROOT / page).parent / path if path else ROOT / page
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked.read_text()), target


@pytest.mark.parametrize("page", TEXTS)
def test_paths_exist(page):
    """Code and settings that a page names in full; what stands in <> differs, what an example adds is not there yet."""
    added = {
        "stages/architectures/dropout.py",
        "stages/evaluate/tasks/shift.py",
        "stages/draw/figures/dataset/validation.py",
        "stages/prepare/datasets/nines.py",
    }
    named = set(
        re.findall(r"`((?:stages|tools|benchmarks|tests|docs|notebooks|\.github|\.ci|\.dvc)/[\w./-]*)`", TEXTS[page])
    )
    for path in named - added - {".dvc/cache"}:
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("page", TEXTS)
def test_commands_exist(page):
    makefile, code = (ROOT / "Makefile").read_text(), "\n".join(_code(TEXTS[page]))
    for target in re.findall(r"\bmake ([a-z][\w-]*)", code):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for name, rest in re.findall(r"-m tools (\w[\w-]*)([^\n`]*)", code):
        assert name in MODULES.keys() | {"NAME"}, name
        known = parser_of(importlib.import_module(MODULES[name]).main, name).format_usage() if name in MODULES else rest
        assert set(re.findall(r" (--[a-z][\w-]*)", rest.partition("#")[0])) - {"--help"} <= set(FLAG.findall(known)), (
            name
        )
    assert "-m tools." not in code, "a command is called by its name, not as a module"
    stages = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]
    params = read_params(ROOT / "params.yaml")
    for stage, dataset, architecture in re.findall(r"\b([a-z_]+)@([\w*]+)(?:-([\w*]+))?", code):
        assert stage in stages, stage
        if stage == "replicate":
            assert dataset in params["published"], dataset
            continue
        assert dataset in {*params["datasets"], "nines", "*"}, dataset
        assert architecture in {"", "*", *params["architectures"]}, architecture


def _code(text):
    return re.findall(r"```(?:sh)?\n.*?\n```|`[^`\n]+`", text, re.DOTALL)


def test_every_fault_names_a_test_that_there_is():
    rows = [line for line in TEXTS["docs/faults.md"].splitlines() if line.startswith("| ") and "---" not in line]
    rows = [row for row in rows if not row.endswith("| test |")]
    assert len(rows) > 20
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row.split(" | ")[2])
        assert named, row
        for path, name in named:
            assert re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE), f"{path}::{name}"


def test_settings_are_all_described(params):
    text = TEXTS["docs/settings.md"]
    for name in (*params, *params["training"], *params["data"]["digits"]):
        assert f"`{name}`" in text or f"`{name}." in text or f"{name}.<" in text, name


def test_pictures_are_all_described(params):
    text = TEXTS["docs/reading-the-results.md"]
    for name in params["figures"]["dataset"]:
        assert f"{name}.png`" in text, name
    for name in params["figures"]["single"]:
        assert f"`{name}`" in text, name
