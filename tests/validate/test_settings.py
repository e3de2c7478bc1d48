"""A mistake in params.yaml is one line that names key, value and what is allowed."""

import copy

import pytest

from stages.common.stage import UserError
from stages.prepare.datasets import digits
from stages.validate.ablations import check_ablations
from stages.validate.settings import check_lists, check_params

MISTAKES = [
    ("training.learning_rate", -1, ["training.learning_rate = -1", "greater than 0"]),
    ("training.learning_rate", "fast", ["training.learning_rate = 'fast'", "should be a number"]),
    ("training.optimizer", "adma", ["training.optimizer = 'adma'", "'adam'"]),
    ("training.momentum", 0.9, ["training.momentum = 0.9", "no such setting", "learning_rate"]),
    ("training.warmup", 2.0, ["training.warmup = 2.0", "should be 0.5 or less"]),
    ("architecture.sparse.weigth", 0.1, ["architecture.sparse.weigth = 0.1", "no such setting", "penalty, weight"]),
    ("architecture.sparse.penalty", "l2", ["architecture.sparse.penalty = 'l2'", "'l1' or 'kl'"]),
    ("architecture.deep.hidden", [256, 0], ["architecture.deep.hidden.1 = 0", "greater than 0"]),
    ("architecture.deep.hidden", 256, ["architecture.deep.hidden = 256", "list"]),
    ("architecture.variational.beta", -0.5, ["architecture.variational.beta = -0.5", "should be 0.0 or more"]),
    ("architecture.pca.hidden", [3], ["architecture.pca.hidden = [3]", "pca takes nothing: write {}"]),
    ("architecture.depe", {}, ["no 'depe' in stages/architectures/", "deep"]),
    ("data.digits.latent_size", 2.5, ["data.digits.latent_size = 2.5", "should be a whole number"]),
    ("data.digits.seeds", [0, 0, 1], ["data.digits.seeds = [0, 0, 1]", "should be a list of different values"]),
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
    ("tasks.compression.rates", [0.2, 0.1, 0.3], ["tasks.compression.rates = [0.2, 0.1, 0.3]", "are to rise"]),
    ("tasks.denoising.gaussian", [], ["tasks.denoising.gaussian = []", "at least 1"]),
    ("tasks.anomaly.quantile", 95, ["tasks.anomaly.quantile = 95", "less than 1"]),
    ("tasks.denoise", {}, ["tasks has 'denoise'", "denoising"]),
    ("verdicts.level", 0.3, ["verdicts.level = 0.3", "greater than 0.5"]),
    ("verdicts.draws", 10, ["verdicts.draws = 10", "1000 or more"]),
    ("verdicts.margins.denoising", 0, ["verdicts.margins.denoising = 0", "greater than 0"]),
    ("verdicts.margins.shift", 0.1, ["verdicts.margins has 'shift'", "denoising"]),
    ("verdicts.margins", {"denoising": 0.3}, ["verdicts.margins.", "is missing", "as good as the best"]),
    ("classifier.epochs", 0, ["classifier.epochs = 0", "greater than 0"]),
    ("seeds", [1], ["seeds = [1]", "no such block"]),
    ("tasks", ["anomaly"], ["tasks = ['anomaly']", "a block of settings"]),
    ("datasets", {"digits": {}}, ["datasets = {'digits': {}}", "a list of names"]),
    ("datasets", ["digits; rm -r data"], ["datasets has 'digits; rm -r data'"]),
    ("data", 3, ["data = 3", "a block of settings"]),
    ("data.digits.seeds", 1, ["data.digits.seeds = 1", "should be a list"]),
    ("data.digits", 3, ["data.digits = 3", "should be a block with folder, anomalies, image_size"]),
    ("architecture.deep", {"hidden": [4] * 101}, ["architecture.deep.hidden = [4, 4, 4", "a list of at most 100"]),
    ("architecture.deep.hidden", [10**9], ["architecture.deep.hidden.0 = 1000000000", "1,000,000 or less"]),
    ("architecture.deep.hidden", [10**6, 10**6], ["deep on digits has", "weights; 100,000,000 at most"]),
    ("architecture.deep", ["x" * 10**6] * 50, ["architecture.deep = ['xxx", "should be a block"]),
    (
        "architecture.variational.decoder_scale",
        "best",
        ["decoder_scale = 'best': should be a number or 'optimal'"],
    ),
    (
        "architecture.vector_quantized.decoder_filters",
        [32],
        ["vector_quantized on digits makes no network of {'code_size'"],
    ),
    ("architecture.residual.filters", [10**6] * 9, ["residual on digits has", "weights"]),
    ("architecture.contractive.weight", float("inf"), ["contractive.weight = inf", "a finite number"]),
    ("training.learning_rate", float("nan"), ["training.learning_rate = nan", "should be"]),
    ("training.learning_rate", 1e6, ["training.learning_rate = 1000000.0", "1.0 or less"]),
    ("training.learning_rate", True, ["training.learning_rate = True", "should be a number"]),
    ("training.patience", 10**400, ["training.patience = 1000", "should be"]),
    ("data.digits.epochs", 10**9, ["data.digits.epochs = 1000000000", "10000 or less"]),
    ("data.digits.latent_size", 257, ["data.digits.latent_size = 257", "pca has 256 at most"]),
    ("data.digits.batch_size", 647, ["data.digits.batch_size = 647", "half of the 1,293 training images"]),
    ("data.mnist.passes_per_epoch", 1000, ["passes_per_epoch = 1000", "4,000,000,000 pixels"]),
    ("data.digits.folder", {"path": "/x"}, ["data.digits.folder = {'path': '/x'}", "should be empty"]),
    ("data.digits.folder", "/x", ["data.digits.folder = '/x'", "should be"]),
    ("data.digits.anomalies", "/x", ["data.digits.anomalies has '/x'", "photographs"]),
    ("data.digits.anomalies", "digits", ["data.digits.anomalies = 'digits'", "another data set"]),
    ("data.cifar10.image_size", 256, ["data.cifar10.image_size = 256", "1,000,000,000 pixels"]),
    ("split.validation_fraction", 0.001, ["split leaves 2 validation images of digits; 20 are needed"]),
    ("split.test_fraction", 1e-9, ["split leaves 1 test images of digits"]),
    ("tasks.generation.images", 1, ["tasks.generation.images = 1", "from 20 to 100,000"]),
    ("tasks.anomaly.images", 1, ["tasks.anomaly.images = 1", "from 20"]),
    ("tasks.generation.images", 10**6, ["tasks.generation.images = 1000000", "100,000"]),
    ("tasks.denoising.gaussian", [0.1, 0.1], ["tasks.denoising.gaussian = [0.1, 0.1]", "different values"]),
]
QUICK = ("pca", "deep", "vector_quantized", "residual")


def put(params, key, value):
    *path, last = key.split(".")
    for part in path:
        params = params[part]
    params[last] = value


@pytest.mark.parametrize(("key", "value", "said"), MISTAKES)
def test_mistakes(key, value, said, params):
    put(params, key, value)
    if key != "architectures":  # quick
        params["architectures"] = [name for name in QUICK if name in params["architecture"]]
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


@pytest.mark.parametrize("values", [None, 3, "digits", {}])
@pytest.mark.parametrize("where", ["datasets", "architectures", "ablated.datasets", "ablated.architectures"])
def test_lists_that_dvc_makes_stages_of(where, values, params):
    put(params, where, values)
    with pytest.raises(UserError, match=rf"{where} = .*: should be a list of names, \[\] for none"):
        check_lists(params)


def test_empty_lists_of_ablations_are_a_normal_state(params):
    params["ablated"], params["ablations"] = {"datasets": [], "architectures": []}, {}
    params["datasets"], params["architectures"] = ["digits"], ["pca"]
    check_lists(params)
    check_params(params)
    check_ablations(params)


def test_a_data_set_of_which_nothing_is_known(params, monkeypatch):
    """One without PUBLISHED, as of one's own."""
    monkeypatch.delattr(digits, "PUBLISHED")
    params["datasets"], params["split"]["test_fraction"] = ["digits"], 1e-9
    check_params(params)


def test_a_folder_of_ones_own(params):
    folder = {"path": "/x", "fit": "crop", "group": None, "white": 65535, "images": 100, "channels": 1, "classes": 0}
    folder |= {"files": "0" * 64, "architectures": ["pca"], "minutes": None}
    params["data"]["photos"] = params["data"]["digits"] | {"folder": folder, "latent_size": 8, "batch_size": 20}
    params["datasets"], params["architectures"] = ["photos"], ["pca"]
    check_params(params)
    for key, value, said in (
        ("folder.fit", "stretch", "data.photos.folder.fit = 'stretch'"),
        ("folder.channels", 2, "data.photos.folder.channels = 2"),
        ("folder.files", "0", "data.photos.folder.files = '0'"),
        ("folder.images", 50, "split leaves 10 train images of photos"),
        ("latent_size", 61, "pca has 60 at most"),
        ("anomalies", "moon", "data.photos.anomalies has 'moon'"),
    ):
        changed = copy.deepcopy(params)
        put(changed, f"data.photos.{key}", value)
        with pytest.raises(UserError) as caught:
            check_params(changed)
        assert said in str(caught.value), str(caught.value)


def test_any_task_may_be_taken_out(params):
    params["datasets"], params["architectures"] = ["digits"], ["pca"]
    for task in list(params["tasks"]):
        check_params({**params, "tasks": {name: own for name, own in params["tasks"].items() if name != task}})


def test_networks_for_a_check_take_no_memory(params):
    params["datasets"], params["architectures"] = ["digits"], ["deep"]
    params["architecture"]["deep"]["hidden"] = [10**6] * 100  # 400 TB of weights
    with pytest.raises(UserError, match=r"deep on digits has \d{2,3},[\d,]+ weights"):
        check_params(params)
