"""A mistake in the file of an item is one line: the file, the line in it, what is wrong and what is expected."""

import sys
from pathlib import Path

import pytest
from helpers import ROOT

from stages.architectures import convolutional  # noqa: F401 - TensorFlow is loaded before Keras' defaults are read
from stages.check import items
from stages.check.fingerprints import fingerprint
from stages.check.models import check_model
from stages.common import registry
from stages.common.stage import UserError
from stages.train.settings import cell_of

ARCHITECTURE = '''"""Dense layers."""

from keras import Model, layers

from stages.train.autoencoder import Autoencoder
from stages.train.networks import Hidden, dense_decoder, dense_encoder


def build(spec, *, hidden: Hidden):
    encoder = dense_encoder(spec, hidden)
    decoder = dense_decoder(spec, hidden)
    return Autoencoder(encoder, decoder, spec.reconstruction_loss)
'''
TASK = '''"""Shift."""

from stages.common.task import Task

TASK = Task("mse", "lower", "MSE", "relative", columns={"mse": "MSE"})


def method(*, pixels: int):
    return "moved"


def score(model, data, seed, *, pixels: int):
    return {"mse": 0.0}


def references(data, seeds, *, pixels: int):
    return [{} for _ in seeds]
'''
FIGURE = '"""A picture."""\n\nTASK = "reconstruction"\n\n\ndef draw(results):\n    return results\n'
SINGLE = '"""A picture."""\n\n\ndef draw(shown):\n    return shown\n'
DATA_SET = '''"""Images."""

from stages.prepare.formats import Published

PUBLISHED = Published(100, None, 1, 2)


def fetch(folder):
    pass


def decode(folder):
    pass
'''
CHECK = '"""A figure."""\n\n\ndef measure(subject, *, epochs: int):\n    return {}\n'
FILES = {
    "architectures": ARCHITECTURE,
    "evaluate/tasks": TASK,
    "draw/figures/dataset": FIGURE,
    "draw/figures/single": SINGLE,
    "prepare/datasets": DATA_SET,
    "published/checks": CHECK,
}
LAYER = """

class Twice(layers.Layer):
    def call(self, x):
        return 2 * x


"""
LAST = "    encoder = dense_encoder(spec, hidden)\n"


def with_layer(layer, classes=""):
    """The architecture with a layer behind its encoder."""
    text = ARCHITECTURE.replace(LAST, f'{LAST}    encoder = Model(encoder.input, {layer}(encoder.output), name="e")\n')
    return text.replace("\n\n\ndef build", f"{classes or chr(10) * 3}def build")


UNREADABLE = {
    "a syntax error": (ARCHITECTURE.replace("*, hidden", "*, , hidden"), ", line 9: Python cannot read this: invalid"),
    "tabs": (ARCHITECTURE.replace("    decoder", "\tdecoder"), ", line 11: Python cannot read this: inconsistent use"),
    "a bracket left open": (
        ARCHITECTURE.replace("hidden)\n    dec", "hidden\n    dec"),
        ", line 10: Python cannot read",
    ),
    "latin-1": (ARCHITECTURE.replace("Dense", "Über").encode("latin-1"), ", line 1: byte 0xdc is not UTF-8"),
    "a NUL byte": (ARCHITECTURE.replace("hidden)", "hidden\0)"), ", line 10: a NUL byte"),
}
IMPORTED = {
    "a missing package": (
        ARCHITECTURE.replace("from keras", "import torchvision3\nfrom keras"),
        ", line 3: its import raises ModuleNotFoundError: No module named 'torchvision3'; packages that may be",
    ),
    "a misspelled import": (
        ARCHITECTURE.replace("import Model", "import Modle"),
        ", line 3: its import raises ImportError: cannot import name 'Modle' from 'keras'",
    ),
    "a misspelled import of this project": (
        ARCHITECTURE.replace("import Hidden", "import Hiden"),
        ", line 6: its import raises ImportError: cannot import name 'Hiden'",
    ),
    "no `build`": (ARCHITECTURE.replace("build", "make"), ": there is no function build(spec, *, ...)"),
    "an empty file": ("", ": there is no function build(spec, *, ...)"),
    "a `build` that is no function": ("build = 3\n", ": there is no function build(spec, *, ...)"),
    "another signature": (
        ARCHITECTURE.replace("(spec, *, hidden", "(image_shape, latent_size, *, hidden"),
        ", line 9: build takes image_shape, latent_size, hidden; it should be build(spec, *, ...)",
    ),
    "settings without a star": (
        ARCHITECTURE.replace("spec, *, hidden", "spec, hidden"),
        ", line 9: build takes spec, hidden; it should be build(spec, *, ...)",
    ),
    "settings of any name": (
        ARCHITECTURE.replace("*, hidden: Hidden)", "**hidden)"),
        ", line 9: build takes spec, *hidden; it should be build(spec, *, ...)",
    ),
    "no annotation": (
        ARCHITECTURE.replace("hidden: Hidden", "hidden"),
        ", line 9: setting hidden of build has no type: write hidden: float, or another",
    ),
    "an annotation that is a misspelled text": (
        ARCHITECTURE.replace("hidden: Hidden", 'hidden: "Hiden"'),
        ", line 9: a type of build cannot be read: name 'Hiden' is not defined",
    ),
    "an annotation that pydantic does not know": (
        ARCHITECTURE.replace("hidden: Hidden", "hidden: Model"),
        ", line 9: pydantic cannot check a setting of build: Unable to generate pydantic-core schema for <class 'keras",
    ),
    "sys.exit": (
        ARCHITECTURE.replace("\n\n\ndef", "\nimport sys\nsys.exit(3)\n\n\ndef"),
        ", line 8: its import raises SystemExit: 3; a file may not end the program",
    ),
    "a division by zero": (
        ARCHITECTURE.replace("\n\n\ndef", "\nWIDTH = 1 / 0\n\n\ndef"),
        ", line 7: its import raises ZeroDivisionError: division by zero",
    ),
    "Keras' type of floats": (
        ARCHITECTURE.replace("\n\n\ndef", '\nimport keras\nkeras.config.set_floatx("float64")\n\n\ndef'),
        ": its import changes keras.config.floatx, which all others use: leave it as it is",
    ),
    "the working directory": (
        ARCHITECTURE.replace("\n\n\ndef", '\nimport os\nos.chdir("/")\n\n\ndef'),
        ": its import changes the working directory, which all others use",
    ),
    "a method of Adam": (
        ARCHITECTURE.replace("\n\n\ndef", "\nimport keras\nkeras.optimizers.Adam.update_step = print\n\n\ndef"),
        ": its import changes keras.src.optimizers.adam.Adam.update_step, which all others use",
    ),
    "the class Adam": (
        ARCHITECTURE.replace("\n\n\ndef", "\nimport keras\nkeras.optimizers.Adam = Model\n\n\ndef"),
        ": its import changes keras.optimizers.Adam, which all others use",
    ),
}
BUILT = {
    "a `build` that raises": (
        ARCHITECTURE.replace(LAST, "    encoder = dense_encoder(spec, hidden[7])\n"),
        ", line 10: a network of {'hidden': [16, 8]} on digits raises IndexError: list index out of range",
    ),
    "a setting that is no layer": (
        ARCHITECTURE.replace(LAST, "    encoder = dense_encoder(spec._replace(activation='rleu'), hidden)\n"),
        ", line 10: a network of {'hidden': [16, 8]} on digits raises ValueError: Could not interpret activation",
    ),
    "a `build` that returns nothing": (
        ARCHITECTURE.replace("return ", "", 1),
        ", line 9: build returns NoneType; an Autoencoder of stages/train/autoencoder.py is expected",
    ),
    "a plain model of Keras": (
        ARCHITECTURE.replace("Autoencoder(encoder, decoder, spec.reconstruction_loss)", "encoder"),
        ", line 9: build returns Functional; an Autoencoder of stages/train/autoencoder.py is expected",
    ),
    "a layer that is not registered": (
        with_layer("Twice()", LAYER),
        ": saving and loading, which needs @keras.saving.register_keras_serializable",
    ),
    "a Lambda layer": (
        with_layer("layers.Lambda(lambda x: 2 * x)"),
        ": saving and loading, which needs @keras.saving.register_keras_serializable",
    ),
    "a loss that raises": (
        ARCHITECTURE.replace(LAST, f"{LAST}    Autoencoder.penalties = None\n"),
        ": building a model changes stages.train.autoencoder.Autoencoder.penalties, which all others use",
    ),
}
OTHERS = {
    "a task with neither measure nor cases": (
        "evaluate/tasks",
        TASK.replace('"mse", "lower"', '"", "lower"'),
        ": TASK names no measure; then there are cases",
    ),
    "a task without TASK": ("evaluate/tasks", TASK.replace("TASK =", "TSAK ="), ": TASK is None; a Task of stages/com"),
    "a task that is better sideways": (
        "evaluate/tasks",
        TASK.replace('"lower"', '"sideways"'),
        ": better of TASK is 'sideways'; lower or higher",
    ),
    "a task whose measure is no column": (
        "evaluate/tasks",
        TASK.replace('{"mse": "MSE"}', "{}"),
        ": the first of TASK's columns should be its measure, 'mse'",
    ),
    "a task without references": (
        "evaluate/tasks",
        TASK.replace("references", "rivals"),
        ": there is no function references(data, seeds, *, ...)",
    ),
    "a task without a type": (
        "evaluate/tasks",
        TASK.replace("seed, *, pixels: int", "seed, *, pixels"),
        ", line 12: setting pixels of score has no type",
    ),
    "a task that cannot be imported": (
        "evaluate/tasks",
        "import kears\n",
        ", line 1: its import raises ModuleNotFound",
    ),
    "a figure of no task": (
        "draw/figures/dataset",
        FIGURE.replace('"reconstruction"', '"recon"'),
        ": TASK is 'recon'; there are anomaly",
    ),
    "a figure without draw": (
        "draw/figures/single",
        SINGLE.replace("draw", "paint"),
        ": there is no function draw(shown)",
    ),
    "a figure that takes more": (
        "draw/figures/dataset",
        FIGURE.replace("(results)", "(results, colour)"),
        ", line 6: draw takes results, colour; it should be draw(results)",
    ),
    "a data set without decode": (
        "prepare/datasets",
        DATA_SET.replace("decode", "read"),
        ": there is no function decode(folder)",
    ),
    "a data set of which nothing is known rightly": (
        "prepare/datasets",
        DATA_SET.replace("Published(100, None, 1, 2)", "100"),
        ": PUBLISHED is 100; Published of stages/prepare/formats.py is expected",
    ),
    "a published check without measure": (
        "published/checks",
        CHECK.replace("measure", "check"),
        ": there is no function measure(subject, *, ...)",
    ),
    "a published check that takes more": (
        "published/checks",
        CHECK.replace("subject, *,", "subject,"),
        ", line 4: measure takes subject, epochs; it should be measure(subject, *, ...)",
    ),
}


def refused(function, *arguments):
    """The line that says why."""
    with pytest.raises(UserError) as caught:
        function(*arguments)
    line = str(caught.value)
    assert "\n" not in line and len(line) < 700, line
    return line


@pytest.mark.parametrize("mistake", UNREADABLE)
def test_files_that_are_not_python(mistake, tmp_path):
    content, said = UNREADABLE[mistake]
    path = tmp_path / "tried.py"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert refused(fingerprint, path).startswith(f"{path}{said}")


@pytest.mark.parametrize("mistake", IMPORTED)
def test_files_without_what_their_kind_needs(mistake, write):
    content, said = IMPORTED[mistake]
    write("architectures", content)
    here, floats = Path.cwd(), sys.modules["keras"].config.floatx()
    line = refused(items.item, "architectures", "tried")
    assert line.startswith(f"stages/architectures/tried.py{said}"), line
    assert (Path.cwd(), sys.modules["keras"].config.floatx()) == (here, floats)


def tried(params):
    """A model of the new architecture, for digits."""
    params["architecture"]["tried"] = {"hidden": [16, 8]}
    check_model(cell_of(params, "digits", "tried"), (16, 16, 1))


@pytest.mark.parametrize("mistake", BUILT)
def test_models_that_cannot_be_trained_or_loaded(mistake, write, params):
    content, said = BUILT[mistake]
    write("architectures", content)
    line = refused(tried, params)
    assert line.startswith(f"stages/architectures/tried.py{said}"), line


@pytest.mark.parametrize("mistake", OTHERS)
def test_other_kinds_of_items(mistake, write):
    kind, content, said = OTHERS[mistake]
    write(kind, content)
    assert refused(items.item, kind, "tried").startswith(f"stages/{kind}/tried.py{said}")


@pytest.mark.parametrize("kind", FILES)
def test_what_is_right_passes(kind, write, params):
    write(kind, FILES[kind])
    assert items.item(kind, "tried").__name__ == f"stages.{kind.replace('/', '.')}.tried"
    if kind == "architectures":
        tried(params)


@pytest.mark.parametrize("scale", [1e-30, 1e-7])
def test_a_loss_that_nothing_can_lower(scale, params):
    params["architecture"]["variational"]["decoder_scale"] = scale
    with pytest.raises(
        UserError, match=r"architecture\.variational = .*`reconstruction` of the loss begins at .* nats"
    ):
        check_model(cell_of(params, "digits", "variational"), (16, 16, 1))


def test_a_layer_that_is_registered_passes(write, params):
    registered = '\n\n@keras.saving.register_keras_serializable(package="autoencoders")\nclass Twice'
    text = with_layer("Twice()", LAYER.replace("\n\nclass Twice", registered))
    write("architectures", text.replace("from keras import", "import keras\nfrom keras import"))
    tried(params)


@pytest.mark.parametrize("kind", FILES)
def test_the_items_of_the_project_pass(kind):
    found = registry.names(kind)
    assert found and [items.item(kind, name) for name in found]


def test_all_kinds_are_here():
    assert set(FILES) == set(items.LOADERS) == set(items.FUNCTIONS)
    assert {path.name for path in (ROOT / "stages/architectures").glob("*.py")} > {"deep.py"}
