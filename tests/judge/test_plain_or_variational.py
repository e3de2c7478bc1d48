"""Autoencoder or variational autoencoder, one on one."""

import pytest
from helpers import VERDICTS, data_set, metrics_file, result

from stages.judge.plain_or_variational import pairs


def test_networks_that_differ_in_the_latent_alone():
    results = {
        "digits": data_set(pca=0.02, deep=0.010, variational=0.005),
        "mnist": data_set(deep=0.010, variational=0.020, convolutional=0.010, convolutional_variational=0.010),
        "cifar10": data_set(deep=0.010, convolutional_variational=0.010),
    }
    found = {name: pairs(measured["metrics"], measured["tasks"], VERDICTS) for name, measured in results.items()}
    rows = [row for of_dataset in found.values() for row in of_dataset]
    cells = [(row["variational"], row["tasks"]["reconstruction"][""]) for row in rows]
    assert [(name, cell["verdict"]) for name, cell in cells] == [
        ("variational", "better"),
        ("variational", "worse"),
        ("convolutional_variational", "equivalent"),
    ]
    assert [cell["gain"] for _, cell in cells[:2]] == pytest.approx([0.5, -1])
    assert [cell["words"] for _, cell in cells[:2]] == ["+50 %, better", "-100 %, worse"]
    assert not found["cifar10"]


def test_one_seed_is_no_verdict():
    metrics = {name: metrics_file([mse]) for name, mse in (("deep", 0.01), ("variational", 0.005))}
    (row,) = pairs(metrics, result()["tasks"], VERDICTS)
    assert row["tasks"]["reconstruction"][""]["verdict"] == "one seed"
