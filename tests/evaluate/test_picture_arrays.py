"""Shown arrays: what pictures need, and strips that are read back as they were written."""

import numpy as np
import pytest
from helpers import blobs, make_data, principal
from PIL import Image

from stages.draw.results import read_shown
from stages.evaluate.measures.anomaly_map import AT_THRESHOLD, as_grey
from stages.evaluate.measures.detectors import model_detectors
from stages.evaluate.measures.image_quality import mse
from stages.evaluate.picture_arrays import (
    classical,
    compared,
    located,
    noise_levels,
    noisy,
    single,
    write_arrays,
    write_strips,
)
from stages.evaluate.task_interface import Functions


@pytest.mark.parametrize("image_shape", [(12, 9, 1), (9, 12, 3)])
def test_strips_come_back_as_they_were(image_shape, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "plots/digits/shown/deep"
    written = {"original": blobs(7, image_shape), "mixture": blobs(4, image_shape, seed=1)}
    written["defect_map"] = blobs(3, (*image_shape[:2], 1))
    folder.mkdir(parents=True)
    (folder / "stale.png").write_bytes(b"from an earlier version")
    write_strips(folder, {})
    assert [path.name for path in folder.iterdir()] == [".gitkeep"], "Git keeps no empty folder"
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

    strips = compared(model, data, seed=0, levels=[0.1, 0.3])
    noise = {f"{what}_{level}" for what in ("noisy", "denoised") for level in (0.1, 0.3)}
    assert set(strips) == {"original", "reconstruction", "mixture"} | noise | ({"prior"} if prior else set())
    assert all(own.dtype == np.uint8 and own.shape == (5, *image_shape) for own in strips.values())
    np.testing.assert_array_equal(strips["original"], data.test[data.shown])
    errors = {name: mse(strips["original"] / 255, images / 255).mean() for name, images in strips.items()}
    assert errors["reconstruction"] < errors["denoised_0.1"] < errors["denoised_0.3"] < errors["noisy_0.3"]
    assert errors["noisy_0.1"] < errors["noisy_0.3"]

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


def test_without_a_latent():
    """Denoised images alone."""
    data = make_data()
    model = Functions(None, lambda images: images / np.float32(255))
    strips = compared(model, data, seed=0, levels=[0.2])
    assert set(strips) == {"original", "noisy_0.2", "denoised_0.2"}
    np.testing.assert_array_equal(strips["denoised_0.2"], strips["noisy_0.2"])
    arrays = single(model, data, None)
    assert set(arrays) == {"images", "noisy", "denoised"}
    np.testing.assert_array_equal(arrays["denoised"], strips["denoised_0.2"])


def test_a_latent_of_one_number():
    data = make_data()
    assert single(principal(data, k=1), data, None)["latents"].shape == (200, 2)


def test_classical_methods_denoise_the_same_images(tasks):
    """With the parameters that they have for each of the two levels."""
    data, levels = make_data(), noise_levels(tasks | {"denoising": {"gaussian": [0.1, 0.2, 0.3]}})
    assert levels == [0.1, 0.3] and noise_levels({}) == []
    chosen = {"damage": [["0.1", "0.2", "0.3"]], "parameters": [[[1], [3], [5]]]}
    found = classical(data, {"median": chosen}, levels)
    assert set(found) == {"median_0.1", "median_0.3"}
    np.testing.assert_array_equal(found["median_0.1"], noisy(data, 0.1)), "a median of one pixel"
    clean = data.test[data.shown] / 255
    assert mse(clean, found["median_0.3"] / 255).mean() < mse(clean, noisy(data, 0.3) / 255).mean()
    assert classical(data, {}, levels) == {}


def test_defects_are_shown_with_their_masks_and_maps():
    """Ten of those with a mask; in the map 128 is the threshold, whatever it is."""
    data = make_data((12, 9, 3), labelled=False)
    model, masks = principal(data), np.zeros((150, 12, 9), np.uint8)
    masks[50:, :4] = 1
    data = data._replace(anomaly_masks=masks, anomaly_kinds=np.full(150, "cut"))
    maps = model_detectors(model, data.validation, 0).maps(data.anomalies[50:])
    threshold = float(np.median(maps))
    found = located(model, data, 0, threshold)
    assert found["defect"].shape == (10, 12, 9, 3) and found["defect_mask"].shape == (10, 12, 9, 1)
    np.testing.assert_array_equal(found["defect"][[0, -1]], data.anomalies[[50, -1]])
    assert (found["defect_mask"][:, :4] == 255).all() and not found["defect_mask"][:, 4:].any()
    np.testing.assert_array_equal(found["defect_map"][0, ..., 0] >= AT_THRESHOLD, maps[0] >= np.float32(threshold))
    assert as_grey(np.array([0.0, 3.0, 6.0, 60.0]), 3.0).tolist() == [0, 128, 255, 255]
