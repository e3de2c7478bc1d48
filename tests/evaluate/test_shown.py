"""Shown arrays: what pictures need, and strips that are read back as they were written."""

import numpy as np
import pytest
from helpers import blobs, make_data, principal
from PIL import Image

from stages.compare.results import read_shown
from stages.evaluate.measures.image_quality import mse
from stages.evaluate.shown import compared, single, write_arrays, write_strips


@pytest.mark.parametrize("image_shape", [(12, 9, 1), (9, 12, 3)])
def test_strips_come_back_as_they_were(image_shape, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "plots/shown/digits/deep"
    written = {"original": blobs(7, image_shape), "mixture": blobs(4, image_shape, seed=1)}
    folder.mkdir(parents=True)
    (folder / "stale.png").write_bytes(b"from an earlier version")
    write_strips(folder, written)
    read = read_shown("digits", "deep", list(image_shape))
    assert set(read) == set(written)
    for name, images in written.items():
        np.testing.assert_array_equal(read[name], images)
        assert Image.open(folder / f"{name}.png").size == (len(images) * image_shape[1], image_shape[0])


def test_arrays_come_back_as_they_were(tmp_path):
    written = {"latents": np.arange(6.0).reshape(3, 2), "classes": np.array(["a", "b"]), "explained": np.array(0.5)}
    write_arrays(tmp_path / "shown", written)
    assert sorted(path.stem for path in (tmp_path / "shown").iterdir()) == sorted(written)
    for name, array in written.items():
        np.testing.assert_array_equal(np.load(tmp_path / f"shown/{name}.npy"), array)


@pytest.mark.parametrize("prior", [True, False])
@pytest.mark.parametrize(("image_shape", "labelled"), [((12, 9, 1), True), ((9, 12, 3), False)])
def test_what_is_shown(prior, image_shape, labelled):
    data = make_data(image_shape, labelled)._replace(classes=["across", "along"] if labelled else None)
    model = principal(data)
    model = model._replace(sample=model.sample_mixture) if prior else model

    strips = compared(model, data, seed=0)
    assert set(strips) == {"original", "reconstruction", "noisy", "denoised", "mixture"} | (
        {"prior"} if prior else set()
    )
    assert all(own.dtype == np.uint8 and own.shape == (5, *image_shape) for own in strips.values())
    np.testing.assert_array_equal(strips["original"], data.test[data.shown])
    errors = {name: mse(strips["original"] / 255, strips[name] / 255).mean() for name in ("reconstruction", "denoised")}
    assert errors["reconstruction"] < errors["denoised"] < mse(strips["original"] / 255, strips["noisy"] / 255).mean()

    before = np.zeros((5, *image_shape), np.float32)
    arrays = single(model, data, before)
    assert ("labels" in arrays) == ("classes" in arrays) == labelled
    assert ("samples" in arrays) == ("interpolation" in arrays) == prior
    assert arrays["latents"].shape == (200, 2) and 0 < arrays["explained"] <= 1
    assert arrays["best_errors"].max() < arrays["worst_errors"].min()
    assert (np.diff(arrays["worst_errors"]) <= 0).all() and (np.diff(arrays["best_errors"]) >= 0).all()
    for end in ("worst", "best"):
        found = mse(arrays[f"{end}_images"] / np.float32(255), arrays[f"{end}_reconstructions"])
        np.testing.assert_allclose(found, arrays[f"{end}_errors"])
    if prior:
        ends = model.decode(model.encode(data.test[data.shown[:2]]))
        np.testing.assert_allclose(arrays["interpolation"][[0, -1]], ends, atol=1e-5)


def test_a_latent_of_one_number():
    data = make_data()
    assert single(principal(data, k=1), data, None)["latents"].shape == (200, 2)
