"""Settings of published figures: mistakes are told in a line."""

import re

import pytest

from stages.check import cells
from stages.check.cells import check_claims, check_published
from stages.check.settings import check_lists
from stages.common import registry
from stages.common.stage import UserError


@pytest.mark.parametrize("value", [None, 3, "pca", []])
def test_entries_that_dvc_makes_stages_of(value, params):
    params["published"] = value
    with pytest.raises(UserError, match=r"published = .*: should be a block of checks, \{\} for none"):
        check_lists(params)


@pytest.mark.parametrize("value", [None, 3, [], {}, {"check": "pca", "dataset": "mnist"}, {"check": 3}])
def test_an_entry_without_a_name_for_dvc(value, params):
    params["published"]["pca_mnist"] = value
    with pytest.raises(UserError, match=r"published\.pca_mnist = .*: should be a block with check, dataset, architec"):
        check_lists(params)


def test_the_name_of_an_entry(params):
    params["published"]["a b"] = params["published"]["pca_mnist"]
    with pytest.raises(UserError, match="published has 'a b': names have letters"):
        check_lists(params)


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("pca_mnist", {"check": "pac"}, r"published\.pca_mnist\.check has 'pac'; stages/published/checks/ has bound, "),
        ("pca_mnist", {"dataset": "mnits"}, r"published\.pca_mnist\.dataset has 'mnits'"),
        ("pca_mnist", {"dataset": "digits"}, "pca knows figures of mnist pca, fashion_mnist pca, cifar10 pca alone"),
        ("bound", {"architecture": "deep"}, "bound knows figures of mnist convolutional_variational alone"),
        ("bound", {"epochs": 0}, r"published\.bound\.epochs = 0: should be greater than 0"),
        ("bound", {"epochs": 10**7}, r"published\.bound\.epochs = 10000000: should be 1,000,000 or less"),
        ("bound", {"seeds": [-1]}, r"published\.bound\.seeds"),
        ("bound", {"momentum": 1}, r"published\.bound\.momentum = 1: no such setting; published\.bound takes check, "),
        ("pca_mnist", {"seeds": [0]}, r"published\.pca_mnist\.seeds = \[0\]: no such setting"),
    ],
)
def test_mistakes(name, changes, said, params):
    params["published"][name] |= changes
    with pytest.raises(UserError, match=said):
        check_published(params)


CLAIM = """\
group:
  unit: MSE
  better: lower
  tolerance: 0.1
  protocol: theirs
  differs: nothing
  source: a paper
  claims:
    mnist-pca:
      error: 0.5
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "unit: MSE",
            "unti: MSE",
            "group should be a block with unit, better, tolerance, protocol, differs, source and",
        ),
        (CLAIM, "group: 3", "group should be a block with unit"),
        ("mnist-pca", "mnist", "claims of group should be <data set>-<architecture>: figures, by their names"),
        ("error: 0.5", "error: half", "claims of group should be"),
        ("\n      error: 0.5", " 0.5", "claims of group should be"),
        ("better: lower", "better: sideways", "group should have a number as tolerance, and better: lower, higher or"),
        ("tolerance: 0.1", "tolerance: small", "group should have a number as tolerance"),
        ("unit: MSE", "unit: [", "not valid YAML"),
    ],
)
def test_mistakes_in_what_was_published(old, new, said, tmp_path, monkeypatch):
    folder = tmp_path / "stages/published/checks"
    folder.mkdir(parents=True)
    monkeypatch.setattr(registry, "STAGES", tmp_path / "stages")
    monkeypatch.setattr(cells, "STAGES", tmp_path / "stages")
    (folder / "tried.py").touch()
    (folder / "tried.yaml").write_text(CLAIM)
    check_claims()
    (folder / "tried.yaml").write_text(CLAIM.replace(old, new))
    with pytest.raises(UserError, match=rf"stages/published/checks/tried\.yaml.*{re.escape(said)}"):
        check_claims()


def test_nothing_to_hold_against_is_allowed(params):
    check_published(params)
    params["published"] = {}
    check_lists(params)
    check_published(params)
