"""Autoencoder or variational autoencoder, one on one."""

import pytest
from helpers import VERDICTS, metrics_file, result

from stages.report.pairs import pairs, score


def data_set(**errors):
    return result({name: metrics_file([mse, 1.01 * mse, 0.99 * mse]) for name, mse in errors.items()})


def test_networks_that_differ_in_the_latent_alone():
    results = {
        "digits": data_set(pca=0.02, deep=0.010, variational=0.005),
        "mnist": data_set(deep=0.010, variational=0.020, convolutional=0.010, convolutional_variational=0.010),
        "cifar10": data_set(deep=0.010, convolutional_variational=0.010),
    }
    found = pairs(results, VERDICTS)
    cells = [(row["dataset"], row["variational"], row["tasks"]["reconstruction"]["verdict"]) for row in found]
    assert cells == [
        ("digits", "variational", "better"),
        ("mnist", "variational", "worse"),
        ("mnist", "convolutional_variational", "equivalent"),
    ]
    assert found[0]["tasks"]["reconstruction"]["gain"] == pytest.approx(0.5)
    assert found[1]["tasks"]["reconstruction"]["gain"] == pytest.approx(-1)
    assert score(found) == "better in 1, worse in 1, equivalent in 1 of 3 comparisons"


def test_one_seed_is_no_verdict():
    metrics = {name: metrics_file([mse]) for name, mse in (("deep", 0.01), ("variational", 0.005))}
    assert score(pairs({"digits": result(metrics)}, VERDICTS)) == "one seed in 1 of 1 comparisons"
