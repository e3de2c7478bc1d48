"""Arrays of the user as Keras, MedMNIST and PyTorch leave them; and those that are refused whole, in a line."""

import numpy as np
import pytest
from helpers import blobs
from own_folders import listed

from stages.common.stage import UserError
from stages.prepare import folder, listing
from stages.prepare.array_file import arrays_of

IMAGES, OTHERS = blobs(30, (8, 8, 1)), blobs(12, (8, 8, 1), 1)
LABELS = np.arange(30) % 3


def saved(path, **arrays):
    np.savez(path, **arrays)
    return arrays_of(path)


@pytest.mark.parametrize(
    "names",
    [
        ("x_train", "y_train", "x_test", "y_test"),
        ("train_images", "train_labels", "test_images", "test_labels"),
        ("X_train", "Y_train", "X_test", "Y_test"),
        ("train_data", "train_targets", "test_data", "test_targets"),
    ],
)
@pytest.mark.parametrize("one_hot", [False, True])
def test_keras_and_medmnist(tmp_path, names, one_hot):
    labels = np.eye(3)[LABELS] if one_hot else LABELS[:, None].astype(np.uint8)
    values = (IMAGES, labels, OTHERS, labels[:12])
    arrays = saved(tmp_path / "a.npz", **dict(zip(names, values, strict=True)))
    np.testing.assert_array_equal(arrays["images"], np.concatenate([IMAGES, OTHERS]))
    np.testing.assert_array_equal(arrays["labels"], np.concatenate([LABELS, LABELS[:12]]))
    assert arrays["splits"].tolist() == ["train"] * 30 + ["test"] * 12
    listed(tmp_path / "raw", tmp_path / "a.npz")
    images = listing.decoded(tmp_path / "raw", "images", 8)
    np.testing.assert_array_equal(images.train, IMAGES)
    np.testing.assert_array_equal(images.test, OTHERS)
    np.testing.assert_array_equal(images.test_labels, LABELS[:12])
    assert images.validation is None and images.classes == ("0", "1", "2")


def test_channels_may_come_first(tmp_path):
    colour = blobs(30, (8, 10, 3))
    np.testing.assert_array_equal(saved(tmp_path / "a.npz", images=np.moveaxis(colour, 3, 1))["images"], colour)
    np.testing.assert_array_equal(saved(tmp_path / "b.npz", x=np.moveaxis(IMAGES, 3, 1))["images"], IMAGES)
    np.testing.assert_array_equal(saved(tmp_path / "c.npz", images=colour[:, :3])["images"], colour[:, :3])
    np.save(tmp_path / "d.npy", np.moveaxis(colour, 3, 1) / 255)
    assert len([row for row in folder.look(tmp_path / "d.npy") if row["shape"] == [8, 10, 3]]) == 30


def test_labels_of_other_types(tmp_path):
    assert saved(tmp_path / "a.npz", images=IMAGES, labels=LABELS.astype(float))["labels"].tolist() == LABELS.tolist()
    assert saved(tmp_path / "b.npz", x=IMAGES, y=np.array(list("abc"))[LABELS])["labels"][2] == "c"
    assert saved(tmp_path / "c.npz", x=IMAGES, y=np.array([b"a", b"b", "ü".encode()])[LABELS])["labels"][2] == "ü"


def test_a_split_that_is_empty_is_none(tmp_path):
    arrays = saved(tmp_path / "a.npz", x_train=IMAGES, y_train=LABELS, x_test=np.zeros(0), y_test=np.zeros(0))
    assert "splits" not in arrays and len(arrays["images"]) == len(arrays["labels"]) == 30


FLOATS = IMAGES[..., 0].astype(np.float32)


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"images": FLOATS}, "not from 0 to 1, but to 255: divide by 255"),
        ({"images": FLOATS / 100 - 1}, "not from 0 to 1: scale"),
        ({"images": np.full_like(FLOATS, np.nan)}, r"not a number \(NaN\)"),
        ({"images": FLOATS.astype(int) - 5}, "negative"),
        ({"images": FLOATS.astype(int) * 1000}, "but above"),
        ({"images": np.repeat(IMAGES, 4, axis=3)}, r"have 4 channels.*keep images\[\.\.\., :3\]"),
        ({"images": np.repeat(IMAGES, 7, axis=3)}, r"should be images .*\(30, 8, 8, 7\)"),
        ({"images": IMAGES, "labels": np.ones((30, 3))}, "several for an image"),
        ({"images": IMAGES, "labels": LABELS[:5]}, "as many labels"),
        ({"x_test": IMAGES, "y_test": LABELS}, "should be images"),
        ({"images": np.array(3)}, "images is one value, not an array"),
        ({"images": IMAGES, "labels": np.array(3)}, "labels is one value, not an array"),
        ({"x_train": IMAGES, "x_test": np.array(3)}, "x_test is one value, not an array"),
        ({"images": IMAGES[:0]}, r"should be images .* they are \(0, 8, 8, 1\)"),
        ({"images": np.zeros((0, 1, 8, 8))}, r"should be images .* they are \(0, 1, 8, 8\)"),
        ({"x_train": IMAGES[:0], "x_test": IMAGES}, "should be images"),
        ({"images": np.full((30, 1, 8, 8), "a")}, r"should be images .* of numbers; they are \(30, 1, 8, 8\) <U1"),
        ({"images": np.zeros((30, 1, 8, 8), complex)}, "of numbers; they are .* complex128"),
        ({"images": IMAGES, "labels": LABELS * 1j}, "labels of complex128 should be names, or whole numbers"),
        ({"images": IMAGES, "labels": np.full(30, np.inf)}, "labels of float64 should be .* none of them missing"),
        ({"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES}, "train has images and labels, test images; it has"),
        ({"x_train": IMAGES, "x_test": IMAGES, "y_test": LABELS}, "train has images, test images and labels; it has"),
        ({"x_train": IMAGES, "y_train": LABELS, "y_test": LABELS}, "train has images and labels, test labels; it has"),
        ({"x_train": IMAGES, "x_val": OTHERS, "x_valid": OTHERS}, "x_val and x_valid are both images of validation"),
        ({"x_train": IMAGES, "train_images": OTHERS}, "x_train and train_images are both images of train: keep one"),
        ({"x_train": IMAGES, "x_test": IMAGES, "groups_train": LABELS}, "groups_train is neither images nor labels"),
    ],
)
def test_one_cause_in_one_line(tmp_path, arrays, said):
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(UserError, match=said) as caught:
        folder.count(tmp_path / "bad.npz")
    assert "\n" not in str(caught.value) and "bad.npz" in str(caught.value)


def test_images_of_several_sizes_are_no_array(tmp_path):
    np.save(tmp_path / "a.npy", np.array([IMAGES[0], IMAGES[0, :4]], dtype=object), allow_pickle=True)
    with pytest.raises(UserError, match="Python objects, such as images of several sizes"):
        arrays_of(tmp_path / "a.npy")


def test_a_few_bad_images_and_a_hair_above_one(tmp_path):
    shares = FLOATS / 255
    shares[3, 2, 2], shares[4, 1, 1], shares[5, 0, 0] = np.nan, 1.0001, -0.0001
    np.save(tmp_path / "a.npy", shares)
    rows = list(folder.look(tmp_path / "a.npy"))
    assert [row["name"] for row in rows if "error" in row] == ["3"] and "NaN" in rows[3]["error"]
