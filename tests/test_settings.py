"""A mistake in params.yaml is one line that names key, value and what is allowed."""

import pytest

from stages.catalogue import UserError, load, names, read_params
from stages.validate import check_experiments, check_params, check_sweeps

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
    ("data.digits.latent_size", 2.5, ["data.digits.latent_size = 2.5", "integer"]),
    ("data.digits.seeds", [], ["data.digits.seeds = []", "at least 1"]),
    ("data.digits.epoch", 3, ["data.digits.epoch = 3", "no such setting", "epochs"]),
    ("datasets", ["digits", "mnits"], ["datasets has 'mnits'", "digits", "mnist"]),
    ("architectures", ["pca", "pca"], ["architectures = ['pca', 'pca']", "different names"]),
    ("split.test_fraction", 1.5, ["split.test_fraction = 1.5", "less than 0.5"]),
    ("figures.cell", ["latent"], ["figures.cell has 'latent'", "latent_space"]),
    ("data.digits.outliers", "moon", ["data.digits.outliers has 'moon'", "photographs"]),
    ("tasks.compression.bits", [0, 4], ["tasks.compression.bits.0 = 0", "greater than or equal to 1"]),
    ("tasks.anomaly.quantile", 95, ["tasks.anomaly.quantile = 95", "less than 1"]),
    ("tasks.denoise", {}, ["tasks has 'denoise'", "denoising"]),
    ("classifier.epochs", 0, ["classifier.epochs = 0", "greater than 0"]),
    ("seeds", [1], ["seeds = [1]", "no such setting"]),
]


@pytest.mark.parametrize(("key", "value", "said"), MISTAKES)
def test_mistakes(key, value, said, params):
    *path, last = key.split(".")
    block = params
    for part in path:
        block = block[part]
    block[last] = value
    with pytest.raises(UserError) as caught:
        check_params(params)
    message = str(caught.value)
    assert "\n" not in message
    for part in said:
        assert part in message, message


def test_the_committed_params_are_valid(params):
    check_params(params)
    check_experiments(params)
    check_sweeps(params)


def test_a_missing_key_and_a_missing_block(params):
    del params["training"]["optimizer"]
    with pytest.raises(UserError, match=r"training\.optimizer is missing"):
        check_params(params)
    params["training"] = None
    with pytest.raises(UserError, match="training"):
        check_params(params)


def test_an_experiment_changes_only_what_there_is(params):
    name = next(iter(params["experiments"]))
    params["experiments"][name]["changes"] = {"data.digits.latent": 3}
    with pytest.raises(UserError, match=r"data\.digits\.latent, which is no setting"):
        check_experiments(params)


def test_unknown_names_list_the_valid_ones():
    with pytest.raises(UserError, match=r"no 'vanila' in stages/architectures/; there are: .*vanilla"):
        load("architectures", "vanila")
    assert "digits" in names("datasets") and "__init__" not in names("datasets")


def test_unreadable_params(tmp_path):
    with pytest.raises(UserError, match="is missing"):
        read_params(tmp_path / "params.yaml")
    (tmp_path / "params.yaml").write_text("a: [1\nb: 2")
    with pytest.raises(UserError, match="not valid YAML"):
        read_params(tmp_path / "params.yaml")
    (tmp_path / "params.yaml").write_text("just text")
    with pytest.raises(UserError, match="should hold settings"):
        read_params(tmp_path / "params.yaml")


SWEPT = [
    ("values.optimizer", ["adam"], ["sweeps.values.optimizer", "besides adam"]),
    ("values.optimizer", ["sgd", "sgd"], ["different values"]),
    ("values.optimizer", ["adma"], ["training.optimizer = 'adma'", "'sgd'"]),
    ("values.latent_size", [0], ["latent_size = 0", "greater than 0"]),
    ("values.beta", [1], ["sweeps.values.beta", "no such setting"]),
    ("training.settings", ["momentum"], ["momentum"]),
    ("training.datasets", ["mnits"], ["sweeps.training.datasets has 'mnits'"]),
    ("training.architectures", [], ["sweeps.training.architectures", "at least 1"]),
]


@pytest.mark.parametrize(("key", "value", "said"), SWEPT)
def test_mistakes_in_sweeps(key, value, said, params):
    group, _, name = key.partition(".")
    params["sweeps"][group][name] = value
    with pytest.raises(UserError) as caught:
        check_sweeps(params)
    assert all(part in str(caught.value) for part in said), str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_sweep_varies_only_settings_of_all(params):
    params["sweeps"]["training"]["settings"] = ["hidden"]
    params["sweeps"]["values"] |= {"hidden": [[3]]}
    del params["sweeps"]["values"]["learning_rate"], params["sweeps"]["values"]["activation"]
    del params["sweeps"]["values"]["optimizer"], params["sweeps"]["values"]["reconstruction_loss"]
    with pytest.raises(UserError, match=r"'hidden', which stands neither in data\.digits nor in training"):
        check_sweeps(params)
