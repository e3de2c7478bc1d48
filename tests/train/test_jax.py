"""JAX, the other backend of Keras: every architecture trains on it, which is the way to other accelerators."""

import sys

import pytest
from helpers import ROOT
from project import command

from stages.common.registry import names

pytestmark = pytest.mark.slow

# One process, as the backend is chosen when Keras is imported; the settings are those of the digits, but narrow.
TRAINED = """
import math

import keras
from helpers import blobs

from stages.common.params import read_params
from stages.common.registry import names
from stages.train import determinism

determinism.start(1)
from stages.train.build import build
from stages.train.fit import fit, trainer_of
from stages.train.settings import cell_of

assert keras.backend.backend() == "jax"
params = read_params()
params["data"]["digits"] |= {"width": 0.25, "epochs": 1, "passes_per_epoch": 1, "batch_size": 16}
train, validation = blobs(32, (12, 12, 1)), blobs(16, (12, 12, 1), seed=1)
for name in names("architectures"):
    determinism.reseed(0)
    cell = cell_of(params, "digits", name)
    model = build(cell, train.shape[1:])
    model.start_at_mean(train)
    before = model.get_weights()
    curves = fit(trainer_of(model, cell.training), train, validation, cell.budget, cell.training, 0, name)
    assert all(math.isfinite(value) for values in curves.values() for value in values), curves
    assert any((old != new).any() for old, new in zip(before, model.get_weights())), "no weight has moved"
    print("trained", name)
"""


def test_every_architecture_trains_on_jax():
    path = f"{ROOT}:{ROOT / 'tests'}"
    said, done = command(ROOT, sys.executable, "-c", TRAINED, KERAS_BACKEND="jax", PYTHONPATH=path)
    assert done, said
    assert [line.split()[1] for line in said.splitlines() if line.startswith("trained ")] == names("architectures")
