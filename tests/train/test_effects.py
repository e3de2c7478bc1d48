"""Every setting of training does something: with another value, four steps later, a model is another one."""

import copy
import hashlib
import itertools

import pytest
import tensorflow as tf
from helpers import blobs, types, words

from stages.check.blocks import keywords
from stages.common.registry import load, names
from stages.train import determinism
from stages.train.build import build
from stages.train.fit import fit, trainer_of
from stages.train.settings import Training, cell_of

pytestmark = pytest.mark.slow
SHAPE = (8, 8, 1)
SPEED = {"threads"}  # last bits of sums at most


@pytest.fixture(autouse=True)
def _without_graphs(monkeypatch):
    """Step by step: making a graph for four steps would be most of the work."""

    def loop(goes_on, body, start, **_):
        (step,) = start
        while goes_on(step):
            step = body(step)

    monkeypatch.setattr(tf, "while_loop", loop)
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture
def small(params):
    params["data"]["digits"] |= {"latent_size": 6, "width": 0.05, "epochs": 1, "batch_size": 8}
    params["data"]["digits"]["passes_per_epoch"] = 1
    return params


def trained(params, architecture):
    """A checksum of the weights and losses of a model after training."""
    cell = cell_of(params, "digits", architecture)
    determinism.reseed(0, cell.training.precision)
    model, images = build(cell, SHAPE), blobs(32, SHAPE)
    curves = fit(trainer_of(model, cell.training), images, images, cell.budget, cell.training, 0, "test")
    return hashlib.md5(repr([curves, [w.tolist() for w in model.get_weights()]]).encode()).hexdigest()


def others(value, kind):
    """Other values of a setting."""
    if isinstance(value, str):  # beside a single word stand numbers
        return [word for word in words(kind) if word != value] or [0.5]
    if isinstance(value, list):
        return [[2 * units for units in value]]
    return [value * 2 + 1] if isinstance(value, int) else [value * 3 + 0.5]


def variants(block, kinds):
    """The block with every combination of its words: a number may matter beside some of them alone."""
    choices = {name: words(kind) for name, kind in kinds.items() if words(kind)}
    for chosen in itertools.product(*choices.values()):
        yield block | dict(zip(choices, chosen, strict=True))


@pytest.mark.parametrize("architecture", names("architectures"))
def test_every_setting_of_an_architecture_has_an_effect(architecture, small):
    results, kinds = {}, types(keywords(load("architectures", architecture).build))
    assert trained(small, architecture) == trained(small, architecture)  # else any value would seem to have an effect

    def result(block):
        key = repr(sorted(block.items()))
        if key not in results:
            small["architecture"][architecture] = block
            results[key] = trained(small, architecture)
        return results[key]

    for name, kind in kinds.items():
        for block in variants(small["architecture"][architecture], kinds):
            changed = [block | {name: value} for value in others(block[name], kind)]
            if any(result(own) != result(block) for own in changed):
                break
        else:
            pytest.fail(f"{architecture}.{name} changes nothing")


CHANGED = {"learning_rate": 0.01, "warmup": 0.5, "clip_norm": 0.01, "patience": 1}  # numbers; words are all tried


@pytest.mark.parametrize("name", [name for name in Training.model_fields if name not in SPEED])
def test_every_setting_of_training_has_an_effect(name, small):
    before = small["training"] | {"schedule": "constant", "patience": 50}
    if name == "patience":  # a rate at which no epoch after the first is better
        small["data"]["digits"]["epochs"] = 8
        before |= {"learning_rate": 1.0, "clip_norm": 1e6}
    values = [CHANGED[name]] if name in CHANGED else others(before[name], types(Training)[name])
    assert values
    found = [trained(small | {"training": before | {name: value}}, "deep") for value in [before[name], *values]]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(("name", "value"), [("latent_size", 7), ("width", 0.1), ("epochs", 2), ("batch_size", 16)])
def test_what_training_reads_of_a_data_set_has_an_effect(name, value, small):
    changed = copy.deepcopy(small)
    changed["data"]["digits"][name] = value
    assert trained(changed, "deep") != trained(small, "deep")
