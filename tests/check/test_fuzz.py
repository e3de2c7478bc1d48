"""Settings at random: each is accepted, or refused in one short line; what is accepted trains and gives scores.

FUZZ=10000 pytest tests/check/test_fuzz.py
"""

import copy
import math
import os

import pytest
from helpers import FIXED, ROOT, make_data, types, with_references, words
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from stages.architectures import convolutional  # noqa: F401 - TensorFlow is loaded before the clock runs
from stages.check.ablations import check_ablations
from stages.check.blocks import keywords, parse
from stages.check.cells import check_cells, check_published
from stages.check.settings import check_blocks, check_lists
from stages.common.json_file import rounded
from stages.common.params import check_shape, parsed, read_params
from stages.common.registry import load, names
from stages.common.stage import UserError
from stages.evaluate.load_trained import load_trained
from stages.evaluate.model_functions import functions_of
from stages.evaluate.scores import metrics_of, scores_of
from stages.train.build import takes_part
from stages.train.settings import Training, cell_of
from stages.train.train_seeds import Images, train_seeds

EXAMPLES = int(os.environ.get("FUZZ", 40))
OPTIONS = {
    "deadline": None,
    "database": None,
    "derandomize": FIXED,
    "suppress_health_check": list(HealthCheck),
}
TEXT = (ROOT / "params.yaml").read_text()
PARAMS = read_params(ROOT / "params.yaml")
WORDS = st.sampled_from(
    ["", "adam", "digits", "mnist", "deep", "relu", "optimal", "a; b", "é", "..", "data.digits", "x" * 999]
)
NUMBERS = st.one_of(
    st.integers(-3, 300),
    st.sampled_from([2**31, 2**63, 10**9, 10**30, -(10**30), 10**400]),
    st.floats(),
    st.sampled_from([1e-300, 1e-6, 0.5, 1.0, 1e6, 3e38]),
)
LEAVES = st.one_of(NUMBERS, WORDS, st.none(), st.booleans())
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=6,
)
SIGNS = "[]{}&*!|>%@`'\"#,:?-~\n\t 0ax\x00\ud7ff"


def places(block, path=()):
    """Paths of all values of nested settings."""
    parts = block.items() if isinstance(block, dict) else enumerate(block) if isinstance(block, list) else ()
    for key, part in parts:
        yield (*path, key)
        yield from places(part, (*path, key))


def small(architecture):
    """The settings of one cell, so that a check builds one network."""
    params = copy.deepcopy(PARAMS)
    params["datasets"], params["architectures"] = ["digits"], [architecture]
    params["ablated"] = {"datasets": ["digits"], "architectures": [architecture]}
    params["published"] = {"bound": params["published"]["bound"]}
    params["ablations"] = {"digits": {"latent_size": [2], "both": {"training.patience": 2, "data.digits.width": 1.0}}}
    return params


@st.composite
def edited(draw):
    """Settings with up to three values replaced, added or taken out."""
    params = small(draw(st.sampled_from(names("architectures"))))
    for _ in range(draw(st.integers(1, 3))):
        *path, last = draw(st.sampled_from(list(places(params))))
        block = params
        for key in path:
            block = block[key]
        what = draw(st.sampled_from(["replace", "replace", "replace", "remove", "add"]))
        if what == "remove":
            del block[last]
        elif what == "add" and isinstance(block, dict):
            block[draw(WORDS)] = draw(VALUES)
        else:
            block[last] = draw(VALUES)
    return params


def accepted(params):
    """Whether settings pass; where they do not, why is one short line."""
    try:
        check_shape(params, "params.yaml")
        check_lists(params)
        check_blocks(params)
        check_cells(params)
        check_ablations(params)
        check_published(params)
    except UserError as error:
        assert "\n" not in str(error) and len(str(error)) < 700, str(error)
        assert "pydantic" not in str(error) and "Input" not in str(error), str(error)
        return False
    return True


@given(edited())
@settings(max_examples=EXAMPLES, **OPTIONS)
def test_any_settings_pass_or_are_refused_in_a_line(params):
    accepted(params)


@given(st.data())
@settings(max_examples=EXAMPLES, **OPTIONS)
def test_any_text_is_read_or_refused_in_a_line(data):
    """A file with some characters replaced: a slip of the hand."""
    start = data.draw(st.integers(0, len(TEXT)))
    length, slip = data.draw(st.integers(0, 9)), data.draw(st.text(SIGNS, max_size=9))
    try:
        params = parsed(TEXT[:start] + slip + TEXT[start + length :], "params.yaml")
        check_lists(params)
        parse(Training, params.get("training"), "training")
    except UserError as error:
        assert "\n" not in str(error) and len(str(error)) < 700, str(error)


@st.composite
def cells(draw):
    """Settings of one cell that are meant well, small enough to be trained in a second."""
    architecture = draw(st.sampled_from(names("architectures")))
    params = small(architecture)
    params["tuning"]["trials"] = 0  # else a learning rate has to lie where tuning looks for it
    block = params["architecture"][architecture]
    for name, kind in types(keywords(load("architectures", architecture).build)).items():
        value = block[name]
        if isinstance(value, list):
            block[name] = draw(st.lists(st.integers(1, 24), min_size=1, max_size=3))
        elif isinstance(value, str):
            block[name] = draw(st.sampled_from(words(kind)))
        elif isinstance(value, int):
            block[name] = draw(st.integers(1, 20))
        else:
            block[name] = draw(st.sampled_from([0.0, 1e-6, 0.05, 0.5, 1.0, 30.0, 1e6]))
    for name, kind in types(Training).items():
        if words(kind):
            params["training"][name] = draw(st.sampled_from(words(kind)))
    params["training"]["learning_rate"] = draw(st.sampled_from([1e-9, 1e-4, 0.003, 0.1, 1.0]))
    params["training"]["warmup"] = draw(st.sampled_from([0.0, 0.05, 0.5]))
    params["data"]["digits"] |= {
        "image_size": 12,
        "latent_size": draw(st.integers(1, 144)),
        "width": draw(st.sampled_from([0.01, 1.0, 2.0])),
        "batch_size": draw(st.sampled_from([32, 200])),
        "epochs": draw(st.integers(1, 2)),
        "passes_per_epoch": 1,
        "seeds": [draw(st.integers(0, 10**9 - 1))],
    }
    return params


TASKS = {name: options | ({"images": 20} if "images" in options else {}) for name, options in PARAMS["tasks"].items()}
HEADLINES = {name: load("evaluate/tasks", name).TASK.headline for name in TASKS}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A folder, and bars with the scores of classical methods."""
    return tmp_path_factory.mktemp("cells"), with_references(make_data(), TASKS)


def numbers(value):
    """All numbers of nested scores; None where there is none."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [number for part in parts for number in numbers(part)] or ([] if isinstance(value, dict | list) else [value])


@pytest.mark.slow
@given(params=cells())
@settings(max_examples=max(10, EXAMPLES // 100), **OPTIONS)
def test_what_is_accepted_trains_and_gives_scores(prepared, params):
    """Or training stops with a UserError that says which loss is not finite, which is no example of scores."""
    folder, data = prepared
    assume(accepted(params))
    architecture, out = params["architectures"][0], folder / "models"
    images = Images(data.train, data.validation, data.test[data.shown])
    out.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        try:
            train_seeds(cell_of(params, "digits", architecture), [images], out)
        except UserError as error:
            assert "became" in str(error), str(error)
            assume(False)
        models, _, training = load_trained(out, architecture)
        functions = {seed: functions_of(model, data.train, data.validation) for seed, model in models.items()}
        tasks = {name: options for name, options in TASKS.items() if takes_part(architecture, name)}
        by_seed = {seed: scores_of(model, data, seed, tasks) for seed, model in functions.items()}
        metrics = rounded(metrics_of(next(iter(models.values())), by_seed, data, training, {}, HEADLINES))
    lost = [task for task, own in metrics["scores"].items() if None in numbers(own)]
    assert not lost and all(
        math.isfinite(value) for curve in training["curves"].values() for value in numbers(curve)
    ), lost
