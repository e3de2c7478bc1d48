"""Items are found by the names of their files."""

from types import ModuleType

import pytest

from stages.common import registry
from stages.common.registry import about, load, names
from stages.common.stage import UserError

KINDS = [
    "architectures",
    "prepare/datasets",
    "evaluate/tasks",
    "draw/figures/single",
    "draw/figures/dataset",
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_file_is_an_item_that_says_what_it_is(kind):
    found = names(kind)
    assert found == sorted(found) and found and "__init__" not in found
    for name in found:
        said = about(load(kind, name))
        assert said and said[0].isupper() and "\n" not in said and not said.endswith(".")
        assert said.count("(") == said.count(")") and not said.endswith("et al"), "cut in two"


def test_unknown_names_list_the_valid_ones():
    with pytest.raises(UserError, match=r"no 'vanila' in stages/architectures/; there are: .*vanilla"):
        load("architectures", "vanila")
    with pytest.raises(UserError, match=r"no '__init__' in stages/prepare/datasets/"):
        load("prepare/datasets", "__init__")


def test_about_is_the_first_sentence():
    module = ModuleType("item", "Noise of 0.5 and\nmore. Second sentence.")
    assert about(module) == "Noise of 0.5 and more"


def test_files_that_are_no_items(tmp_path, monkeypatch):
    """A name becomes part of commands."""
    monkeypatch.setattr(registry, "STAGES", tmp_path)
    (tmp_path / "architectures").mkdir()
    for name in ("deep", "a; b", "x-y", "__init__", "$(id)", "ümlaut", ".hidden"):
        (tmp_path / f"architectures/{name}.py").touch()
    assert names("architectures") == ["deep"]
