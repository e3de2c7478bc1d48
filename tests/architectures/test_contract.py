"""What every architecture has to keep, whatever it is: the product of all architectures and image shapes."""

import subprocess
import sys
import zipfile

import keras
import numpy as np
import pytest
from helpers import ROOT, blobs, train
from keras import ops

from stages.check.blocks import keywords, parse
from stages.common.registry import load, names
from stages.evaluate.model_functions import functions_of
from stages.train import build as described
from stages.train import determinism
from stages.train.autoencoder import predict
from stages.train.build import options_of
from stages.train.saving import save
from stages.train.settings import NetworkSpec, cell_of
from stages.train.train_seeds import Images, runner

SHAPES = [(16, 16, 1), (13, 9, 3)]  # a plain one; an odd, oblong, coloured one


@pytest.fixture(params=names("architectures"))
def architecture(request):
    return request.param


def make(architecture, image_shape, params, latent_size=6, loss="squared_error", activation="relu", **changes):
    determinism.reseed(0)
    params["data"]["digits"]["width"] = 0.25
    options = options_of(cell_of(params, "digits", architecture)) | changes
    spec = NetworkSpec(image_shape, latent_size, activation, "sigmoid", loss)
    return load("architectures", architecture).build(spec, **options)


@pytest.mark.parametrize("image_shape", SHAPES)
def test_shapes_and_loss_terms(architecture, image_shape, params):
    model = make(architecture, image_shape, params)
    images = blobs(20, image_shape)
    functions = functions_of(model)
    assert functions.reconstruct(images).shape == images.shape
    np.testing.assert_array_equal(functions.reconstruct(images), np.clip(predict(model, images), 0, 1))
    if functions.encode is not None:
        latents = functions.encode(images)
        assert latents.shape == (20, model.decoder.input_shape[1])
        assert functions.code is not None or latents.shape == (20, 6)  # a discrete latent has a size of its own
        np.testing.assert_array_equal(functions.decode(latents), functions.reconstruct(images))
    if functions.code is not None:
        codes = functions.code(images)
        assert codes.shape[0] == 20
        assert codes.dtype == np.int32
        assert 0 <= codes.min() <= codes.max() < functions.codebook_size
    if model.generative:
        assert functions.sample(4, seed=0).shape == (4, *image_shape)
        np.testing.assert_array_equal(functions.sample(4, seed=1), functions.sample(4, seed=1))

    terms = model.loss_terms(ops.cast(images, "float32") / 255, training=False)
    assert list(terms) == list(model.weights_of_terms())
    assert all(values.shape == (20,) for values in terms.values())


def test_nats_are_summed_over_pixels(architecture, params):
    """Twice the pixels with the same errors are twice the nats: a mean would change what beta or a weight means."""
    model = make(architecture, (16, 16, 1), params)
    images, others = (blobs(8, (16, 16, 1), seed) / np.float32(255) for seed in (0, 1))
    once = ops.convert_to_numpy(model.reconstruction_error(images, others))
    doubled = (np.concatenate([array, array], axis=1) for array in (images, others))
    np.testing.assert_allclose(ops.convert_to_numpy(model.reconstruction_error(*doubled)), 2 * once, rtol=1e-4)


@pytest.mark.parametrize("architecture", [name for name in names("architectures") if name not in ("pca", "red_net")])
def test_output_has_the_range_of_the_images(architecture, params):
    """For squared error and cross-entropy alike; all but those that are linear whatever `output` says."""
    output = predict(make(architecture, (16, 16, 1), params), blobs(20, (16, 16, 1)))
    assert output.min() >= 0 and output.max() <= 1


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "binary_crossentropy"])
def test_training_lowers_the_loss_it_selects_by(architecture, loss, params):
    image_shape = (16, 16, 1)
    model = make(architecture, image_shape, params, loss=loss, activation="elu")
    images, validation = blobs(256, image_shape), blobs(64, image_shape, seed=1)
    model.start_at_mean(images)
    curves = train(model, images, validation, epochs=12 if loss == "squared_error" else 4, batch_size=16)

    weights = model.weights_of_terms()
    assert set(curves) == {split + term for split in ("", "val_") for term in ("loss", *weights)}
    total = sum(weight * np.array(curves[f"val_{term}"]) for term, weight in weights.items())
    np.testing.assert_allclose(total, curves["val_loss"], rtol=1e-4)
    if architecture != "pca":
        assert min(curves["val_loss"]) < curves["val_loss"][0]
    if loss == "squared_error":  # which the mean image minimises among constant answers
        error = np.mean((predict(model, validation) - validation / 255) ** 2)
        assert error < np.mean((images.mean(axis=0) / 255 - validation / 255) ** 2)


@pytest.fixture
def mixed_precision():
    determinism.reseed(0, "mixed_bfloat16")
    yield
    determinism.reseed(0)


@pytest.mark.usefixtures("mixed_precision")
def test_mixed_precision(architecture, params, tmp_path):
    """It trains, and once saved and loaded where float32 is the rule gives the same float32 numbers."""
    model = described.build(cell_of(params, "digits", architecture), (16, 16, 1))
    images = blobs(64, (16, 16, 1))
    curves = train(model, images, epochs=2, batch_size=16)
    assert np.isfinite([value for curve in curves.values() for value in curve]).all()
    save(model, tmp_path / "model.keras")
    determinism.reseed(0)
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(predict(loaded, images), predict(model, images))
    functions = functions_of(loaded)
    assert predict(loaded, images).dtype == np.float32
    assert functions.encode is None or functions.encode(images).dtype == np.float32
    if model.generative:
        assert np.isfinite(functions.sample(4, seed=0)).all()


@pytest.mark.parametrize("image_shape", SHAPES)
def test_saving(architecture, image_shape, params, tmp_path):
    """The same seed gives the same bytes, and these give the same model."""
    images = blobs(64, image_shape)
    for name in ("model.keras", "again.keras"):
        model = make(architecture, image_shape, params)
        if image_shape == SHAPES[0]:
            train(model, images, epochs=2)
        save(model, tmp_path / name)
    assert (tmp_path / "again.keras").read_bytes() == (tmp_path / "model.keras").read_bytes()
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(predict(loaded, images), predict(model, images))

    save(loaded, tmp_path / "again.keras")
    assert (tmp_path / "again.keras").read_bytes() == (tmp_path / "model.keras").read_bytes()

    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        described = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".json")]
    assert any("autoencoders>" in text for text in described)
    assert not [text for text in described for room in ("stages", "tools") if room in text], "it knows our modules"


LOADED = """
import sys
from pathlib import Path

import keras
import numpy as np

for name in sys.argv[1:]:
    for module in [module for module in sys.modules if module.startswith("stages.")]:
        del sys.modules[module]  # as if this were the first architecture of the program
    keras.saving.get_custom_objects().clear()
    __import__(f"stages.architectures.{name}")
    model = keras.models.load_model(f"{name}.keras")
    images = np.load("images.npy")
    np.testing.assert_allclose(np.asarray(model(images)), np.load(f"{name}.npy"), atol=1e-5, err_msg=name)
    print("loaded", name)
"""


def test_one_import_makes_a_model_loadable(params, tmp_path):
    """Another program imports the architecture's file and calls keras.models.load_model: nothing more."""
    images = blobs(5, (16, 16, 1))
    np.save(tmp_path / "images.npy", images)
    for name in names("architectures"):
        model = make(name, (16, 16, 1), params)
        save(model, tmp_path / f"{name}.keras")
        np.save(tmp_path / f"{name}.npy", predict(model, images))
    command = [sys.executable, "-c", LOADED, *names("architectures")]
    done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[1::2] == names("architectures")


def test_params_block_matches_the_signature(architecture, params):
    parse(keywords(load("architectures", architecture).build), params["architecture"][architecture], architecture)


def test_tasks(architecture, params):
    """They are tasks that there are; one that has no latent, as most tasks need, says for which it is."""
    tasks = [task for task in names("evaluate/tasks") if described.takes_part(architecture, task)]
    stated = getattr(load("architectures", architecture), "TASKS", tasks)
    assert tasks and set(tasks) == set(stated)
    assert make(architecture, (16, 16, 1), params).encoder is not None or tasks == ["denoising"]


def test_floats_and_bytes_are_the_same_images(architecture, params):
    model = make(architecture, (16, 16, 1), params)
    images = blobs(5, (16, 16, 1))
    np.testing.assert_allclose(predict(model, images / 255), predict(model, images), atol=1e-6)


@pytest.mark.parametrize("resampling", ["strides", "pooling"])
def test_full_widths_keep_feature_maps(resampling, params):
    model = make("convolutional", (28, 28, 1), params, latent="feature_maps", resampling=resampling)
    images = blobs(3, (28, 28, 1))
    assert predict(model.encode, images).shape[1] == model.decoder.input_shape[1]
    assert predict(model, images).shape == images.shape


def test_layer_sizes(params):
    """784-32-784 and 784-256-128-32-128-256-784, as params.yaml has them for MNIST."""
    for architecture, widths in {"vanilla": [32, 784], "deep": [256, 128, 32, 128, 256, 784]}.items():
        options = options_of(cell_of(params, "mnist", architecture))
        spec = NetworkSpec((28, 28, 1), 32, "relu", "sigmoid", "squared_error")
        model = load("architectures", architecture).build(spec, **options)
        dense = [x for part in (model.encoder, model.decoder) for x in part.layers if isinstance(x, keras.layers.Dense)]
        assert [layer.units for layer in dense] == widths


@pytest.mark.parametrize(
    "architecture",
    [name for name in names("architectures") if "hidden" in keywords(load("architectures", name).build).model_fields],
)
def test_no_hidden_layer_is_narrower_than_four_latents(architecture, params):
    """On all data sets, as params.yaml has them: the trunk is not to be the bottleneck."""
    for dataset in params["datasets"]:
        hidden = options_of(cell_of(params, dataset, architecture))["hidden"]
        assert hidden and all(units >= 4 * params["data"][dataset]["latent_size"] for units in hidden), dataset


@pytest.mark.slow
def test_nothing_explodes_when_wide_and_fast(architecture, params):
    """At twice the width and three times the learning rate, from both outputs: the loss ends below twice that of the
    mean image, where it starts. Units may die, and then one image is drawn for all, which may be a little worse."""
    for output in ("sigmoid", "linear"):
        determinism.reseed(0)
        params["data"]["digits"]["width"] = 2.0
        params["training"]["output"] = output
        model = described.build(cell_of(params, "digits", architecture), (16, 16, 1))
        images = blobs(512, (16, 16, 1))
        model.start_at_mean(images)
        (start,) = train(model, images, epochs=1, learning_rate=0.0)["val_loss"]
        *_, end = train(model, images, epochs=6, learning_rate=0.009)["val_loss"]
        assert end <= start + abs(start)


def test_a_seed_is_the_same_whatever_ran_before(architecture, params):
    """All runs of a cell share a graph, so nothing of one may reach the next."""
    params["data"]["digits"] |= {"width": 0.1, "batch_size": 16, "passes_per_epoch": 1}
    pictures = blobs(40, (16, 16, 1))
    images = Images(pictures, pictures[:10], pictures[:2])
    run = runner(cell_of(params, "digits", architecture))
    first, _, last = (run(images, seed, 2, "test")[0].get_weights() for seed in (1, 0, 1))
    for before, after in zip(first, last, strict=True):
        np.testing.assert_array_equal(before, after)
