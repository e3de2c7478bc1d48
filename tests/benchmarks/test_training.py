"""Work that the ways of training are given, and what theirs is held against."""

import numpy as np
import pytest

from benchmarks import training
from benchmarks.operations import of_training


@pytest.mark.parametrize("data_set", ["mnist", "cifar10"])
def test_every_way_sees_whole_batches(params, data_set):
    for multiply_adds in (100_352, 480_000, 3_000_000, 12_000_000):
        job = training.job_of(params, data_set, "deep", multiply_adds)
        assert job["images"] % job["batch_size"] == job["validation"] % job["batch_size"] == 0
        assert 0 < job["validation"] < job["images"] <= training.MOST
        assert job["images"] * job["epochs"] * of_training(multiply_adds) > training.WORK / 2
        widths = [units * params["data"][data_set]["width"] for units in params["architecture"]["deep"]["hidden"]]
        assert job["options"] == {"hidden": widths}


def test_operations_of_a_dense_network():
    """784-64-784, a batch at a time: three matrix products of each layer, forward, for inputs and for weights."""
    layers = 2 * 784 * 64
    assert of_training(layers) == 3 * 2 * layers


def test_the_peak_is_that_of_one_thread(monkeypatch):
    """A slower product is a lower peak."""
    clock = iter(np.arange(0, 10, 0.5))
    monkeypatch.setattr(training.time, "monotonic", lambda: next(clock))
    assert training.product_peak(100) == 2 * 100**3 / 0.5
