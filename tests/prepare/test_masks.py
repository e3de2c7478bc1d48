"""Masks of the user's anomalies: they lie on their images, at the size and by the cut of these."""

import io

import numpy as np
import pytest
from helpers import blobs
from own_folders import listed, put
from PIL import Image
from scipy.ndimage import label

from stages.common.stage import UserError
from stages.prepare import listing
from stages.prepare.masks import drawn, masks_of
from stages.prepare.reader import decode

SIDE = 32


@pytest.fixture
def product(tmp_path):
    """In the layout of MVTec AD: bright squares and their masks, of dents none but the first."""
    source = tmp_path / "product"
    put(source / "train/good", blobs(20, (SIDE, SIDE, 1), 0))
    put(source / "test/good", blobs(6, (SIDE, SIDE, 1), 1))
    random = np.random.default_rng(0)
    for name, count in (("cut", 5), ("dent", 2)):
        masks = np.zeros((count, SIDE, SIDE, 1), np.uint8)
        for mask in masks:
            y, x = 2 * random.integers(0, SIDE // 2 - 2, 2)  # whole pixels at half the size too
            mask[y : y + 4, x : x + 4] = 255
        put(source / "test" / name, masks // 255 * 200)
        put(source / "ground_truth" / name, masks[: 1 if name == "dent" else count])
    return source


@pytest.mark.parametrize(("size", "asked"), [(SIDE, {}), (16, {}), (16, {"whole": SIDE})])
def test_they_lie_on_their_images(product, tmp_path, size, asked):
    listed(tmp_path / "raw", product, product, **asked)
    images = listing.decoded(tmp_path / "raw", "anomalous", size)
    masks = masks_of(tmp_path / "raw", images.indices, size)
    assert masks.shape == images.train.shape[:3] and masks.dtype == np.uint8 and set(np.unique(masks)) == {0, 1}
    known = images.indices < 6
    np.testing.assert_array_equal(masks[known], (images.train[known, ..., 0] > 100).astype(np.uint8))
    assert not masks[~known].any() and images.train[~known].any()
    np.testing.assert_array_equal(
        masks_of(tmp_path / "raw", images.indices[images.indices > 2], size), masks[images.indices > 2]
    )


def test_without_masks_there_are_none(product, tmp_path):
    for path in product.glob("ground_truth/*/*"):
        path.unlink()
    listed(tmp_path / "raw", product, product)
    assert masks_of(tmp_path / "raw", np.arange(7), SIDE) is None


def test_a_mask_that_cannot_be_read_is_said(product, tmp_path, capsys):
    (product / "ground_truth/cut/001.png").write_bytes(b"no image")
    listed(tmp_path / "raw", product, product)
    masks = masks_of(tmp_path / "raw", np.arange(7), SIDE)
    assert masks[:, 0].shape == (7, SIDE) and not masks[1].any() and masks[0].any()
    said = capsys.readouterr().out
    assert said.startswith("ground_truth/cut/001.png is left out: a mask that ") and said.count("\n") == 1
    for path in product.glob("ground_truth/*/*"):
        path.write_bytes(b"no image")
    listed(tmp_path / "raw", product, product)
    assert masks_of(tmp_path / "raw", np.arange(7), SIDE) is None


@pytest.mark.parametrize("gone", [True, False])
def test_a_mask_that_has_changed_is_refused(product, tmp_path, gone):
    listed(tmp_path / "raw", product, product)
    mask = product / "ground_truth/cut/001.png"
    mask.unlink() if gone else put(mask.parent, np.ones((1, SIDE, SIDE, 1), np.uint8), first=1)
    with pytest.raises(UserError, match=r"^ground_truth/cut/001.png of .* has changed since `make own` looked at it"):
        masks_of(tmp_path / "raw", np.arange(7), SIDE)


def test_several_masks_of_an_image_are_all_of_it(product, tmp_path):
    (product / "ground_truth/dent/000.png").unlink()
    for i, place in enumerate((2, 20)):
        mask = np.zeros((1, SIDE, SIDE, 1), np.uint8)
        mask[0, place : place + 3] = 255
        put(product / "ground_truth/dent/000", mask, first=i)
    listed(tmp_path / "raw", product, product)
    mask = masks_of(tmp_path / "raw", np.arange(7), SIDE)[5]
    assert np.flatnonzero(mask.all(axis=1)).tolist() == [2, 3, 4, 20, 21, 22]


def mask_of(values, kind="PNG"):
    stream = io.BytesIO()
    Image.fromarray(values).save(stream, kind)
    return decode(stream.getvalue())


@pytest.mark.parametrize("fit", ["crop", "pad"])
@pytest.mark.parametrize("white", [1, 255, 65_535])
def test_what_is_not_black_is_of_the_defect_and_thin_lines_stay(white, fit):
    """Beside a large defect of another value, too."""
    values = np.zeros((256, 256), np.uint16 if white > 255 else np.uint8)
    values[100] = white
    small = drawn(mask_of(values), 32, fit)
    assert small.shape == (32, 32, 1) and np.flatnonzero(small.all(axis=1)[:, 0]).tolist() == [12]
    values[:64] = 2
    assert np.flatnonzero(drawn(mask_of(values), 32, fit).all(axis=1)[:, 0]).tolist() == [*range(8), 12]
    assert not drawn(mask_of(np.zeros((9, 9, 3), np.uint8)), 8, fit).any()


@pytest.mark.parametrize("size", [24, 32, 38, 64])
def test_no_pixel_is_lost_and_a_line_stays_in_one_piece(size):
    for i in range(38):
        values = np.zeros((38, 38), np.uint8)
        values[i, 2 * i % 38] = 1
        assert 1 <= drawn(mask_of(values), size, "pad").sum() <= 4
    assert label(drawn(mask_of(np.eye(38, dtype=np.uint8)), size, "crop")[..., 0], np.ones((3, 3)))[1] == 1


def test_a_mask_in_a_lossy_format_is_where_it_is_bright():
    values = np.zeros((64, 64), np.uint8)
    values[19:45, 19:45] = 255
    mask = mask_of(values, "JPEG")
    assert (mask.values[values == 0] > 0).any()
    np.testing.assert_array_equal(drawn(mask, 64, "crop")[..., 0], values > 0)


def test_pictures_in_colour_serve_as_masks():
    red = np.zeros((16, 16, 3), np.uint8)
    red[4:8, 4:8, 0] = 255
    assert drawn(mask_of(red), 16, "pad").sum() == 16
