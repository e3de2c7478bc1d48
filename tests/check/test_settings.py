"""A mistake in params.yaml is one line that names key, value and what is allowed."""

import copy
from contextlib import nullcontext

import pytest

from stages.check import data_sets, folders
from stages.check.ablations import check_ablations
from stages.check.cells import check_cells
from stages.check.folders import wrong_expression
from stages.check.names import check_architecture_names
from stages.check.settings import check_blocks, check_lists
from stages.common.stage import UserError
from stages.prepare.datasets import digits

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
    (
        "tasks.compression.rates",
        [0.2, 0.1, 0.3],
        ["tasks.compression.rates = [0.2, 0.1, 0.3]", "numbers that rise"],
    ),
    ("tasks.denoising.gaussian", [], ["tasks.denoising.gaussian = []", "at least 1"]),
    ("tasks.anomaly.quantile", 95, ["tasks.anomaly.quantile = 95", "less than 1"]),
    ("tasks.denoise", {}, ["tasks has 'denoise'", "denoising"]),
    ("verdicts.level", 0.3, ["verdicts.level = 0.3", "greater than 0.5"]),
    ("verdicts.draws", 10, ["verdicts.draws = 10", "1000 or more"]),
    ("verdicts.margins.denoising", 0, ["verdicts.margins.denoising = 0", "greater than 0"]),
    ("verdicts.margins.shift", 0.1, ["verdicts.margins has 'shift'", "denoising"]),
    ("verdicts.identity.shift", 0, ["verdicts.identity has 'shift'", "denoising"]),
    ("verdicts.identity.denoising", None, ["verdicts.identity.denoising", "number"]),
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
        ["stages/architectures/vector_quantized.py, line ", "a network of {'code_size'", "target_shape=(8, 8, 16)"],
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
    ("architecture.variational.decoder_scale", 1e-30, ["decoder_scale = 1e-30: should be 1e-09 or more"]),
    ("training.clip_norm", 1e300, ["training.clip_norm = 1e+300: should be 1,000,000 or less"]),
    ("training.clip_norm", 1e-30, ["training.clip_norm = 1e-30: should be 1e-09 or more"]),
    ("training.learning_rate", 1e-10, ["training.learning_rate = 1e-10: should be 1e-09 or more"]),
    ("tuning.learning_rate", [1e-10, 0.02], ["tuning.learning_rate.0 = 1e-10: should be 1e-09 or more"]),
    ("classifier.units", 1, ["classifier.units = 1: should be 2 or more"]),
    ("classifier.learning_rate", 2.0, ["classifier.learning_rate = 2.0: should be 1 or less"]),
    ("tasks.denoising.gaussian", [0.1, 0.1], ["tasks.denoising.gaussian = [0.1, 0.1]", "numbers that rise"]),
]
FOLDER = {"path": "/x", "fit": "crop", "group": None, "white": 65535, "images": 100, "channels": 1, "classes": 0}
FOLDER |= {"files": "0" * 64, "architectures": ["pca"], "minutes": None}
QUICK = ("pca", "deep", "vector_quantized", "residual")


def check_params(params):
    """All but ablations and published figures."""
    check_blocks(params)
    check_cells(params)


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
    folder = FOLDER | {"black": 10}
    params["data"]["photos"] = params["data"]["digits"] | {"folder": folder, "latent_size": 8, "batch_size": 20}
    params["datasets"], params["architectures"] = ["photos"], ["pca"]
    check_params(params)
    for key, value, said in (
        ("folder.fit", "stretch", "data.photos.folder.fit = 'stretch'"),
        ("folder.channels", 2, "data.photos.folder.channels = 2"),
        ("folder.files", "0", "data.photos.folder.files = '0'"),
        ("folder.images", 14, "split leaves 2 validation images of photos; 3 are needed"),
        ("folder.classes", 21, "split leaves 20 validation images of photos; 21 are needed"),
        ("folder.test", 3, "split leaves 3 test images of photos; 6 are needed"),
        ("folder.white", 10, "white should be above black"),
        ("latent_size", 61, "pca has 60 at most"),
        ("anomalies", "moon", "data.photos.anomalies has 'moon'"),
        ("anomalies", "/x\ny", "data.photos.anomalies = '/x\\ny': should be a path without line breaks"),
        ("folder.path", "/x\ny", "data.photos.folder.path = '/x\\ny': should be a path without line breaks"),
        ("folder.path", "~/photos", "data.photos.folder.path = '~/photos': should be a whole path"),
        ("folder.path", "/\0", "data.photos.folder.path = '/\\x00': should be a path without"),
        ("folder.group", "(a", "data.photos.folder.group = '(a': is no regular expression: missing )"),
        ("folder.group", "*", "data.photos.folder.group = '*': is no regular expression: nothing to repeat"),
    ):
        changed = copy.deepcopy(params)
        put(changed, f"data.photos.{key}", value)
        with pytest.raises(UserError) as caught:
            check_params(changed)
        assert said in str(caught.value), str(caught.value)


@pytest.mark.parametrize(("images", "seeds", "wrong"), [(60, 4, True), (60, 5, False), (100, 2, False)])
def test_few_images_need_a_seed_for_each_split(images, seeds, wrong, params):
    """Or else a part of them is never tested, and all would be said to be."""
    folder = FOLDER | {"images": images}
    params["data"]["photos"] = params["data"]["digits"] | {
        "folder": folder,
        "seeds": list(range(seeds)),
        "batch_size": 8,
    }
    said = r"data\.photos\.seeds = \[0, 1, 2, 3\]: should be 5 or more: so few images are split 5 times"
    with pytest.raises(UserError, match=said) if wrong else nullcontext():
        data_sets.check_data(params, "photos")


@pytest.mark.parametrize("expression", ["(a+)+$", "(a|aa)+$", "^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_an_expression_that_does_not_end(expression, monkeypatch):
    monkeypatch.setattr(folders, "SECONDS", 1)
    assert "takes more than 1 s for a few names; no repetition within" in wrong_expression(expression, [])


def test_an_expression_that_a_name_of_the_folder_keeps_busy(monkeypatch, tmp_path):
    """Of letters that the expression does not have itself."""
    monkeypatch.setattr(folders, "SECONDS", 2)
    assert not wrong_expression("([^ -~]+)+$", ["ü" * 60])
    assert "takes more than 2 s" in wrong_expression("([^ -~]+)+$", ["ü" * 60, "ü" * 40 + "z"])
    (tmp_path / ("ü" * 40 + "z")).touch()
    block = FOLDER | {"path": str(tmp_path), "group": "([^ -~]+)+$"}
    with pytest.raises(UserError, match=r"data\.photos\.folder\.group = .*takes more than 2 s"):
        folders.check_folder("photos", block, "digits")


@pytest.mark.parametrize("expression", [r"^(\w+)-\d+", "patient[0-9]+", "", r"(.*)/(.*)\.png"])
def test_expressions_that_end(expression):
    assert not wrong_expression(expression, ["scan-1.png"])


@pytest.mark.parametrize("name", ["no", "Null", "1e5", "7", "_", "a-b", "x" * 51, "a b"])
def test_names_of_folders_that_mean_something_elsewhere(name, params):
    params["data"][name] = params["data"]["digits"] | {"folder": FOLDER}
    with pytest.raises(UserError, match=rf"data has '{name[:20]}.*: names have letters, digits, _ alone, begin with"):
        check_blocks(params)


def test_folders_that_are_one_where_capital_letters_count_for_nothing(params):
    params["data"] |= {name: params["data"]["digits"] | {"folder": FOLDER} for name in ("photos", "Photos")}
    with pytest.raises(UserError, match="data has 'photos' and 'Photos', one folder on some machines"):
        check_blocks(params)


@pytest.mark.parametrize("name", ["references", "mean_image", "scores", "jpeg"])
def test_architectures_that_are_named_like_something_else(name):
    with pytest.raises(UserError, match=f"architectures has '{name}', which is the name of a method, or of a file"):
        check_architecture_names(["pca", name])


def test_any_task_may_be_taken_out(params):
    params["datasets"], params["architectures"] = ["digits"], ["pca"]
    for task in list(params["tasks"]):
        check_params({**params, "tasks": {name: own for name, own in params["tasks"].items() if name != task}})


def test_networks_for_a_check_take_no_memory(params):
    params["datasets"], params["architectures"] = ["digits"], ["deep"]
    params["architecture"]["deep"]["hidden"] = [10**6] * 100  # 400 TB of weights
    with pytest.raises(UserError, match=r"deep on digits has \d{2,3},[\d,]+ weights"):
        check_params(params)
