"""Ablations: only what training reads, over values that are allowed and differ from what is compared."""

import pytest

from stages.check.ablations import check_ablations
from stages.common.stage import UserError

MISTAKES = [
    ("optimizer", ["sgd", "sgd"], ["ablations.digits.optimizer", "different values"]),
    ("optimizer", [], ["ablations.digits.optimizer = []", "list of values"]),
    ("optimizer", "sgd", ["ablations.digits.optimizer = 'sgd'", "list of values, or a block"]),
    ("optimizer", ["adma"], ["training.optimizer = 'adma'", "'sgd'"]),
    ("latent_size", [0], ["data.digits.latent_size = 0", "should be 1 or more"]),
    ("alpha", [1], ["ablations.digits has 'alpha'", "neither in data.digits nor in training nor in the block of an"]),
    ("beta", [-1.0], ["architecture.convolutional_variational.beta = -1.0", "should be 0.0 or more"]),
    ("target", [0.1], ["ablations.digits has 'target'", "nor in the block of an architecture that is ablated"]),
    ("image_size", [8], ["data.digits.image_size", "does not read"]),
    ("anomalies", ["mnist"], ["data.digits.anomalies", "does not read"]),
    ("folder", [{"path": "/x"}], ["data.digits.folder", "does not read"]),
    ("block", {"data.digits.folder": {"fit": "pad"}}, ["data.digits.folder", "does not read"]),
    ("block", {"split.seed": 1}, ["ablations.digits.block changes 'split.seed'", "does not read"]),
    ("block", {"tasks.anomaly.images": 9}, ["tasks.anomaly.images", "does not read"]),
    ("block", {"data.mnist.epochs": 9}, ["data.mnist.epochs", "does not read"]),
    ("block", {"data.digits.latent": 9}, ["'data.digits.latent' is no setting"]),
    ("block", {"architecture.deep.hidden": [0]}, ["architecture.deep.hidden.0 = 0", "greater than 0"]),
    ("block", {"training.optimizer": "adma"}, ["training.optimizer = 'adma'"]),
    ("block", {}, ["ablations.digits.block = {}", "a block of settings"]),
    ("block", {5: 1}, ["ablations.digits.block = {5: 1}", "name settings"]),
    ("block", {"architecture.residual.filters": [0]}, ["architecture.residual.filters.0 = 0", "greater than 0"]),
    ("block", {"architecture.resid.filters": [9]}, ["has 'resid'", "residual"]),
    ("seeds", [[3], [4]], ["ablations.digits.seeds", "seeds of the comparison"]),
    ("threads", [2], ["changes training.threads", "how fast, not how well"]),
    ("block", {"training.threads": 2}, ["changes training.threads", "how fast"]),
    ("block", {"architecture.sparse.weight": 1.0}, ["block", "run by no stage", "does not list sparse"]),
    (
        "block",
        {"architecture.deep.hidden": [9], "architecture.pca": {}},
        ["should change one architecture; a block for each of deep, pca"],
    ),
    ("a; b", [1], ["ablations.digits has 'a; b'", "letters, digits, _ alone"]),
    ("a\n| b", {"training.patience": 1}, ["ablations.digits has 'a\\n| b'"]),
    ("latent_size", [257], ["data.digits.latent_size = 257", "pca has 256 at most"]),
    ("batch_size", [10**5], ["data.digits.batch_size = 100000", "half of the 1,293 training images"]),
    ("batch_size", [10**6], ["data.digits.batch_size = 1000000", "should be 100000 or less"]),
    ("width", [100.0], ["on digits has", "weights; 100,000,000 at most"]),
    ("learning_rate", [float("inf")], ["training.learning_rate = inf", "finite"]),
]


@pytest.fixture
def params(params):
    """The settings as they stand, with ablations of two data sets alone."""
    params["ablated"]["datasets"] = ["digits", "mnist"]
    params["ablations"] = {name: params["ablations"][name] for name in ("digits", "mnist")}
    return params


@pytest.mark.parametrize(("setting", "values", "said"), MISTAKES)
def test_mistakes(setting, values, said, params):
    params["ablations"] = {"digits": {setting: values}, "mnist": {}}
    params["ablated"]["architectures"] += ["residual"]
    with pytest.raises(UserError) as caught:
        check_ablations(params)
    message = str(caught.value)
    assert "\n" not in message
    assert all(part in message for part in said), message


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("datasets", ["mnits"], "ablated.datasets has 'mnits'"),
        ("datasets", ["cifar10"], "ablated.datasets has 'cifar10', which has no block"),
        ("architectures", ["deep", "red_net"], "ablated.architectures has red_net, which is not for reconstruction"),
        ("architectures", ["deep", "deep"], "ablated.architectures = ['deep', 'deep']: should be a list of different"),
        ("architectures", ["depe"], "ablated.architectures has 'depe'"),
        ("settings", ["latent_size"], "ablated.settings = ['latent_size']: no such setting"),
    ],
)
def test_mistakes_in_what_is_ablated(key, value, said, params):
    params["ablated"][key] = value
    with pytest.raises(UserError) as caught:
        check_ablations(params)
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_ablations_that_no_stage_runs(params):
    params["ablations"]["cifar10"] = {"latent_size": [2]}
    with pytest.raises(UserError, match=r"ablations\.cifar10 is run by no stage: ablated\.datasets does not list it"):
        check_ablations(params)


def test_ablations_of_what_is_no_data_set(params):
    params["ablations"]["moon"] = {}
    with pytest.raises(UserError, match="ablations has 'moon'"):
        check_ablations(params)
    params["ablations"] = {"digits": ["latent_size"], "mnist": {}}
    with pytest.raises(UserError, match=r"ablations\.digits = \['latent_size'\]: should be a block"):
        check_ablations(params)


def test_nothing_to_ablate_is_allowed(params):
    params["ablated"] = {"datasets": [], "architectures": []}
    check_ablations(params)
    with pytest.raises(UserError, match="learning_rat"):
        check_ablations({**params, "ablations": {"digits": {"learning_rat": [1]}}})
    params["ablations"] = {}
    check_ablations(params)


@pytest.mark.parametrize("values", [["adam", "sgd"], ["adam"]])
def test_the_value_compared_may_be_listed(values, params):
    """It becomes that of an experiment with another setting, which must not be refused for it."""
    params["training"]["optimizer"] = "adam"
    params["ablations"] = {"digits": {"optimizer": values}, "mnist": {}}
    check_ablations(params)
