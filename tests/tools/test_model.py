"""A trained model for use: what evaluation said of it holds, at any size of images, and nothing unsafe is loaded."""

import re
import shutil

import keras
import numpy as np
import pytest
from helpers import ROOT, blobs
from PIL import Image
from ruamel.yaml import YAML

from stages.common.stage import UserError
from stages.evaluate.measures.image_quality import mse
from stages.prepare.images import in_shape
from stages.train.autoencoder import predict
from tools import apply, compress
from tools.answers import Model
from tools.compress import numbers_of
from tools.image_files import batches
from tools.model import load


@pytest.mark.parametrize("architecture", ["pca", "convolutional_denoising", "vector_quantized"])
@pytest.mark.parametrize("seed", [0, 4])
def test_verdicts_are_those_of_evaluation(trained, architecture, seed):
    path = trained.models / architecture
    model = load(path if seed == 0 else path / "seed-4.keras")
    scores = trained.scores[architecture]["anomaly"]
    place = [0, 4].index(seed)
    far = scores["anomalies"][place].index("other data set")
    assert np.mean(model.apply(trained.data.anomalies).anomalous) == scores["detected_by_anomaly"][place][far]
    assert model.threshold == scores["threshold"][place]
    stream = trained.scores[architecture]["compression"]["stream_bits"][place]
    assert model.codec.bits(numbers_of(model, trained.data.test)) == stream


def test_what_a_model_says(trained):
    model, images = load(trained.models / "pca"), trained.data.test
    answer = model.apply(images)
    expected = np.clip(predict(model.network, images), 0, 1)
    np.testing.assert_array_equal(answer.reconstructions, np.rint(expected * 255))
    np.testing.assert_array_equal(answer.latents, predict(model.network.encode, images))
    np.testing.assert_allclose(answer.errors, mse(images / np.float32(255), expected))
    np.testing.assert_array_equal(answer.scores, model.score.of(answer.errors, answer.latents))
    assert answer.reconstructions.dtype == np.uint8
    assert answer.anomalous.tolist() == (answer.scores > model.threshold).tolist()


def test_any_size_and_back(trained):
    """Colours become grey as in prepare; the answer has the size of the question and the channels of the model."""
    model, images = load(trained.models / "pca"), blobs(6, (40, 30, 3))
    answer = model.apply(images)
    assert answer.reconstructions.shape == (6, 40, 30, 1)
    small = in_shape(images, (16, 16, 1))
    np.testing.assert_array_equal(answer.scores, model.apply(small).scores)


@pytest.mark.parametrize(("fit", "given_back"), [("crop", (30, 30)), ("pad", (50, 30)), (None, (50, 30))])
def test_what_fits_an_image_is_undone(fit, given_back):
    """A smooth image comes back where it was, whichever way it became square; of a crop the square alone."""
    model = Model(None, type("Network", (), {"image_shape": (16, 16, 1)}), "")
    model = model._replace(fit=fit)
    ramp = np.linspace(0, 255, 50)[:, None, None] * np.ones((1, 30, 1))
    fitted = model.fitted(ramp.astype(np.uint8))
    assert fitted.shape == (16, 16, 1)
    restored = model.unfitted(fitted, (50, 30))
    assert restored.shape == (*given_back, 1)
    wanted = ramp[10:40] if fit == "crop" else ramp
    assert np.abs(restored[4:-4].astype(float) - wanted[4:-4]).max() < 6


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("fit", ["crop", "pad", None])
def test_the_recipe_in_the_docs_prepares_files_as_models_do(fit, channels, tmp_path):
    """For programs that run an exported model."""
    text = (ROOT / "docs/onnx.md").read_text()
    (code,) = [part for part in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "def prepared" in part]
    recipe = {}
    exec(code, recipe)
    model = Model(None, type("Network", (), {"image_shape": (16, 16, channels)}), "", fit=fit)
    for i, shape in enumerate([(40, 31, 3), (17, 50, 1), (40, 31, 4), (16, 16, 3)][0 if fit else -1 :]):
        Image.fromarray(blobs(1, shape, i)[0].squeeze()).save(tmp_path / "a.png")
        ((found,),) = batches(tmp_path / "a.png", model)
        np.testing.assert_array_equal(
            recipe["prepared"](tmp_path / "a.png", 16, channels, fit or "stretch"), found.image
        )


@pytest.fixture
def of_patches(trained, tmp_path, params):
    """The folder of a model that sees patches of 16 pixels of images of 48."""
    for kind in ("models", "usage"):
        shutil.copytree(trained.folder / f"data/digits/{kind}/pca", tmp_path / f"data/digits/{kind}/pca")
    params["data"]["digits"]["folder"] = {"fit": "pad", "whole": 48}
    YAML().dump(params, tmp_path / "params.yaml")
    return tmp_path / "data/digits/models/pca"


def test_a_model_of_patches_looks_at_whole_images(of_patches, trained):
    """Its answers are those to the patches, put together; the highest score is that of the image."""
    images, patches = np.zeros((2, 48, 48, 1), np.uint8), trained.data.test[:18]
    for i, (y, x) in enumerate(np.ndindex(3, 3)):
        images[:, 16 * y : 16 * y + 16, 16 * x : 16 * x + 16] = patches[[i, i + 9]]
    model, plain = load(of_patches), load(trained.models / "pca")
    assert model.whole == 48 and model.fitted(images[0]).shape == (48, 48, 1)
    whole, answer = model.look(images), plain.look(patches)
    np.testing.assert_allclose(whole.scores, answer.scores.reshape(2, 9).max(axis=1), rtol=1e-4)
    np.testing.assert_allclose(whole.errors, answer.errors.reshape(2, 9).mean(axis=1), rtol=1e-4)
    np.testing.assert_allclose(whole.maps[1, 16:32, 32:], answer.maps[14], rtol=1e-3)
    np.testing.assert_allclose(whole.reconstructions[0, 32:, :16], answer.reconstructions[6], atol=1)
    assert whole.latents is None and (whole.anomalous == (whole.scores > model.threshold)).all()
    assert model.apply(np.zeros((1, 100, 60, 3), np.uint8)).reconstructions.shape == (1, 100, 60, 1)


def test_files_of_a_model_of_patches(of_patches, tmp_path):
    """Maps are as large as the image; what is of one patch alone is refused."""
    np.save(tmp_path / "in.npy", blobs(2, (96, 96, 1)))
    source, out = str(tmp_path / "in.npy"), str(tmp_path / "out")
    apply.main(str(of_patches), source, maps=out, scores=str(tmp_path / "s.csv"), map_threshold=1e-6)
    assert [Image.open(path).size for path in sorted((tmp_path / "out/map").iterdir())] == [(96, 96)] * 2
    for refused in (
        lambda: apply.main(str(of_patches), source, latents=str(tmp_path / "l.csv")),
        lambda: compress.main(str(of_patches), source, str(tmp_path / "a.aec")),
        lambda: load(of_patches).check_whole(),
    ):
        with pytest.raises(UserError, match=r"^digits/pca/seed-0\.keras sees patches of 16 pixels, .* of 48"):
            refused()


@pytest.mark.parametrize(
    "images", [np.zeros((2, 16, 16, 1)), np.zeros((16, 16), np.uint8), np.zeros((0, 9, 9, 1), np.uint8)]
)
def test_other_arrays_are_refused(trained, images):
    with pytest.raises(ValueError, match="images are uint8"):
        load(trained.models / "pca").apply(images)


def test_what_was_fixed_for_another_file_is_not_taken(trained, tmp_path):
    """A model that was trained anew and not evaluated has no score, rather than a wrong one."""
    shutil.copytree(trained.folder / "data", tmp_path / "data")
    models = tmp_path / "data/digits/models/pca"
    shutil.copy(models / "seed-4.keras", models / "seed-0.keras")
    assert load(models).threshold == trained.scores["pca"]["anomaly"]["threshold"][1]
    shutil.copy(tmp_path / "data/digits/models/convolutional_denoising/seed-0.keras", models / "seed-0.keras")
    model = load(models)
    answer = model.apply(trained.data.test)
    assert model.threshold is None and model.codec is None and answer.scores is None and answer.anomalous is None


def test_a_file_anywhere(trained, tmp_path):
    """It can be applied; verdicts need what lies beside it."""
    shutil.copy(trained.models / "vector_quantized/seed-0.keras", tmp_path / "mine.keras")
    model = load(tmp_path / "mine.keras")
    assert model.threshold is None and model.image_shape == (16, 16, 1)


def test_nothing_but_models_of_this_project_is_loaded(tmp_path):
    """No code that a file holds is run."""
    inputs = keras.Input((4,))
    for name, layer in {"lambda": keras.layers.Lambda(lambda x: x + 1), "dense": keras.layers.Dense(2)}.items():
        keras.Model(inputs, layer(inputs)).save(tmp_path / f"{name}.keras")
    (tmp_path / "text.keras").write_text("no model")
    for name, said in {
        "lambda": "no model that can be loaded",
        "dense": "no model of this project",
        "text": "no model that can be loaded",
        "missing": "no model that can be loaded",
    }.items():
        with pytest.raises(UserError, match=f"{name}.keras .*{said}") as caught:
            load(tmp_path / f"{name}.keras")
        assert "\n" not in str(caught.value)
    with pytest.raises(UserError, match=r"training\.json is missing"):
        load(tmp_path)


def test_a_damaged_file_of_evaluation_is_named(trained, tmp_path):
    shutil.copytree(trained.folder / "data", tmp_path / "data")
    (tmp_path / "data/digits/usage/pca/seed-0/threshold.npy").write_bytes(b"PK")
    with pytest.raises(UserError, match=r"usage/pca/seed-0 is damaged .* dvc repro evaluate@digits-pca"):
        load(tmp_path / "data/digits/models/pca")
