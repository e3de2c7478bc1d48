"""A trained model for use: what evaluation said of it holds, at any size of images, and nothing unsafe is loaded."""

import shutil

import keras
import numpy as np
import pytest
from helpers import blobs

from stages.common.stage import UserError
from stages.evaluate.measures.image_quality import mse
from stages.prepare.images import in_shape
from stages.train.autoencoder import predict
from tools.model import Model, load


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
    assert (model.codec is None) == (seed == 4)


def test_what_a_model_says(trained):
    model, images = load(trained.models / "pca"), trained.data.test
    answer = model.apply(images)
    expected = np.clip(predict(model.network, images), 0, 1)
    np.testing.assert_array_equal(answer.reconstructions, np.rint(expected * 255))
    np.testing.assert_array_equal(answer.latents, predict(model.network.encode, images))
    np.testing.assert_allclose(answer.scores, mse(images / np.float32(255), expected))
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
    model = Model(None, type("Network", (), {"encoder": type("Encoder", (), {"input_shape": (None, 16, 16, 1)})}), "")
    model = model._replace(fit=fit)
    ramp = np.linspace(0, 255, 50)[:, None, None] * np.ones((1, 30, 1))
    fitted = model.fitted(ramp.astype(np.uint8))
    assert fitted.shape == (16, 16, 1)
    restored = model.unfitted(fitted, (50, 30))
    assert restored.shape == (*given_back, 1)
    wanted = ramp[10:40] if fit == "crop" else ramp
    assert np.abs(restored[4:-4].astype(float) - wanted[4:-4]).max() < 6


@pytest.mark.parametrize(
    "images", [np.zeros((2, 16, 16, 1)), np.zeros((16, 16), np.uint8), np.zeros((0, 9, 9, 1), np.uint8)]
)
def test_other_arrays_are_refused(trained, images):
    with pytest.raises(ValueError, match="images are uint8"):
        load(trained.models / "pca").apply(images)


def test_what_was_fixed_for_another_file_is_not_taken(trained, tmp_path):
    """A model that was trained anew and not evaluated has no threshold, rather than a wrong one."""
    shutil.copytree(trained.folder / "data", tmp_path / "data")
    models = tmp_path / "data/models/digits/pca"
    shutil.copy(models / "seed-4.keras", models / "seed-0.keras")
    assert load(models).threshold == trained.scores["pca"]["anomaly"]["threshold"][1]
    assert load(models).codec is None
    shutil.copy(tmp_path / "data/models/digits/convolutional_denoising/seed-0.keras", models / "seed-0.keras")
    model = load(models)
    assert model.threshold is None and model.codec is None and model.apply(trained.data.test).anomalous is None


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
    (tmp_path / "data/applied/digits/pca.npz").write_bytes(b"PK")
    with pytest.raises(UserError, match=r"pca\.npz is damaged .* dvc repro evaluate@digits-pca"):
        load(tmp_path / "data/models/digits/pca")
