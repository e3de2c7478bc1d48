"""Variants: what is trained for one architecture on one data set."""

import pytest

from stages.ablate.variants import setting_of, variants_of
from stages.architectures import pca


@pytest.fixture
def some(params):
    params["data"]["digits"]["latent_size"] = 16
    params["training"] |= {"optimizer": "adam", "learning_rate": 0.003}
    params["ablations"] = {
        "digits": {
            "latent_size": [2, 16, 32],
            "optimizer": ["sgd"],
            "short": {"data.digits.epochs": 1, "training.patience": 1},
            "wide": {"data.digits.width": 2.0, "architecture.deep.hidden": [512]},
        }
    }
    return params


def told(variants):
    return [(one.setting, one.value, one.compared, one.changes) for one in variants]


def test_one_thing_at_a_time_and_blocks(some):
    assert told(variants_of(some, "digits", "deep")) == [
        ("latent_size", 2, 16, {"data.digits.latent_size": 2}),
        ("latent_size", 32, 16, {"data.digits.latent_size": 32}),
        ("optimizer", "sgd", "adam", {"training.optimizer": "sgd"}),
        ("short", None, None, {"data.digits.epochs": 1, "training.patience": 1}),
        ("wide", None, None, {"data.digits.width": 2.0, "architecture.deep.hidden": [512]}),
    ]


def test_a_block_that_changes_another_architecture_is_skipped(some):
    assert "wide" not in [one.setting for one in variants_of(some, "digits", "vanilla")]
    some["ablations"]["digits"]["wide"]["architecture.vanilla.latent_activation"] = "relu"
    assert "wide" not in [one.setting for one in variants_of(some, "digits", "deep")]


def test_what_is_solved_is_not_trained_otherwise(some):
    assert pca.SOLVED
    assert [one.setting for one in variants_of(some, "digits", "pca", solved=True)][:2] == ["latent_size"] * 2
    assert "optimizer" not in [one.setting for one in variants_of(some, "digits", "pca", solved=True)]


def test_nothing_to_vary(some):
    assert variants_of(some, "mnist", "deep") == []
    some["ablations"] = {}
    assert variants_of(some, "digits", "deep") == []


def test_names_for_messages(some):
    names = [one.name for one in variants_of(some, "digits", "vanilla")]
    assert names == ["latent_size 2", "latent_size 32", "optimizer sgd", "short"]


def test_places_of_settings(params):
    assert setting_of(params, "digits", "deep", "latent_size") == ("data.digits.latent_size", 16)
    assert setting_of(params, "mnist", "deep", "optimizer") == ("training.optimizer", "adam")
    assert setting_of(params, "mnist", "variational", "beta") == ("architecture.variational.beta", 1.0)
    assert setting_of(params, "mnist", "deep", "beta") is None


def test_a_setting_of_some_architectures_is_varied_for_those(some):
    some["ablations"]["digits"] = {"beta": [0.3, 1.0]}
    assert told(variants_of(some, "digits", "variational")) == [
        ("beta", 0.3, 1.0, {"architecture.variational.beta": 0.3})
    ]
    assert variants_of(some, "digits", "deep") == []


def test_what_is_committed(params):
    found = variants_of(params, "digits", "convolutional")
    assert "full_widths" in [one.setting for one in found]
    assert len({(one.setting, str(one.value)) for one in found}) == len(found)
