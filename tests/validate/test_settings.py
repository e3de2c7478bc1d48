"""A mistake in params.yaml is one line that names key, value and what is allowed."""

import pytest

from stages.common.stage import UserError
from stages.validate.settings import check_ablations, check_params

MISTAKES = [
    ("training.learning_rate", -1, ["training.learning_rate = -1", "greater than 0"]),
    ("training.learning_rate", "fast", ["training.learning_rate = 'fast'", "valid number"]),
    ("training.optimizer", "adma", ["training.optimizer = 'adma'", "'adam'"]),
    ("training.momentum", 0.9, ["training.momentum = 0.9", "no such setting", "learning_rate"]),
    ("training.warmup", 2.0, ["training.warmup = 2.0", "less than or equal to 0.5"]),
    ("architecture.sparse.weigth", 0.1, ["architecture.sparse.weigth = 0.1", "no such setting", "penalty, weight"]),
    ("architecture.sparse.penalty", "l2", ["architecture.sparse.penalty = 'l2'", "'l1' or 'kl'"]),
    ("architecture.deep.hidden", [256, 0], ["architecture.deep.hidden.1 = 0", "greater than 0"]),
    ("architecture.deep.hidden", 256, ["architecture.deep.hidden = 256", "list"]),
    ("architecture.variational.beta", -0.5, ["architecture.variational.beta = -0.5", "greater than or equal to 0"]),
    ("architecture.pca.hidden", [3], ["architecture.pca = {'hidden': [3]}", "takes no settings"]),
    ("architecture.depe", {}, ["no 'depe' in stages/architectures/", "deep"]),
    ("data.digits.latent_size", 2.5, ["data.digits.latent_size = 2.5", "integer"]),
    ("data.digits.seeds", [0, 0, 1], ["data.digits.seeds = [0, 0, 1]", "each should be there once"]),
    ("data.digits.seeds", [10**9], ["data.digits.seeds.0 = 1000000000", "less than 1000000000"]),
    ("data.digits.seeds", [], ["data.digits.seeds = []", "at least 1"]),
    ("data.digits.epoch", 3, ["data.digits.epoch = 3", "no such setting", "epochs"]),
    ("datasets", ["digits", "mnits"], ["datasets has 'mnits'", "digits", "mnist"]),
    ("datasets", ["photographs"], ["datasets has 'photographs'", "no block of settings"]),
    ("datasets", [], ["datasets = []", "different names"]),
    ("architectures", ["pca", "pca"], ["architectures = ['pca', 'pca']", "different names"]),
    ("split.test_fraction", 1.5, ["split.test_fraction = 1.5", "less than 0.5"]),
    ("figures.single", ["latent"], ["figures.single has 'latent'", "latent_space"]),
    ("figures.dataset", [], ["figures.dataset = []", "at least 1"]),
    ("figures.cell", ["latent_space"], ["figures.cell", "no such setting", "single, dataset"]),
    ("data.digits.anomalies", "moon", ["data.digits.anomalies has 'moon'", "photographs"]),
    ("tasks.compression.bits", [0, 4], ["tasks.compression.bits.0 = 0", "greater than or equal to 1"]),
    ("tasks.anomaly.quantile", 95, ["tasks.anomaly.quantile = 95", "less than 1"]),
    ("tasks.denoise", {}, ["tasks has 'denoise'", "denoising"]),
    ("classifier.epochs", 0, ["classifier.epochs = 0", "greater than 0"]),
    ("seeds", [1], ["seeds = [1]", "no such setting"]),
    ("tasks", ["anomaly"], ["tasks = ['anomaly']", "a block of settings"]),
    ("datasets", {"digits": {}}, ["datasets = {'digits': {}}", "a list of names"]),
]


def put(params, key, value):
    *path, last = key.split(".")
    for part in path:
        params = params[part]
    params[last] = value


@pytest.mark.parametrize(("key", "value", "said"), MISTAKES)
def test_mistakes(key, value, said, params):
    put(params, key, value)
    with pytest.raises(UserError) as caught:
        check_params(params)
    message = str(caught.value)
    assert "\n" not in message
    for part in said:
        assert part in message, message


def test_the_committed_params_are_valid(params):
    check_params(params)
    check_ablations(params)


def test_a_missing_key_and_a_missing_block(params):
    del params["training"]["optimizer"]
    with pytest.raises(UserError, match=r"training\.optimizer is missing"):
        check_params(params)
    params["training"] = None
    with pytest.raises(UserError, match="training"):
        check_params(params)
    del params["training"]
    with pytest.raises(UserError, match="training is missing"):
        check_params(params)
