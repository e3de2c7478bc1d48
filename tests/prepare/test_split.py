"""Splits: a published test split stays, the rest is drawn once and for all; and the images that pictures show."""

import numpy as np
import pytest
from helpers import blobs

from stages.common.stage import UserError
from stages.prepare.formats import Images
from stages.prepare.settings import Split
from stages.prepare.split import least_of, shown, sizes, split, summary, sums

SETTINGS = Split(validation_fraction=0.1, test_fraction=0.2, seed=0)


def test_a_published_test_split_stays():
    train, test = blobs(100, (8, 8, 1)), blobs(30, (8, 8, 1), seed=1)
    labels = np.arange(100) % 5
    arrays = split(Images(train, labels, test, labels[:30], tuple("abcde")), SETTINGS)
    np.testing.assert_array_equal(arrays["test"], test)
    assert len(arrays["train"]) == 90 and len(arrays["validation"]) == 10
    assert np.bincount(arrays["validation_labels"]).tolist() == [2] * 5
    together = np.concatenate([arrays["train"], arrays["validation"]])
    assert sorted(x.tobytes() for x in together) == sorted(x.tobytes() for x in train)


def test_splits_without_labels_or_published_test_are_disjoint_and_fixed():
    train = blobs(100, (8, 8, 1))
    images = Images(train, None, None, None, None)
    arrays = split(images, SETTINGS)
    assert [len(arrays[name]) for name in ("train", "validation", "test")] == [72, 8, 20]
    assert len({x.tobytes() for name in ("train", "validation", "test") for x in arrays[name]}) == 100
    again = split(images, SETTINGS)
    np.testing.assert_array_equal(arrays["test"], again["test"])
    other = split(images, SETTINGS.model_copy(update={"seed": 1}))
    assert not np.array_equal(arrays["test"], other["test"])
    assert shown(arrays).tolist() == list(range(10))
    assert summary(arrays, None)["train"]["images_by_class"] is None


def test_shown_images_hold_each_class_once():
    labels = np.array([2, 2, 0, 1, 0])
    assert shown({"test": np.zeros(5), "test_labels": labels}).tolist() == [2, 3, 0]


@pytest.mark.parametrize("published", [True, False])
@pytest.mark.parametrize("count", [97, 100, 1797])
@pytest.mark.parametrize("fraction", [0.1, 0.15, 1 / 3])
def test_sizes_are_known_beforehand(published, count, fraction):
    images = np.zeros((count, 1, 1, 1), np.uint8)
    test = np.zeros((30, 1, 1, 1), np.uint8) if published else None
    settings = Split(validation_fraction=fraction, test_fraction=0.2, seed=0)
    arrays = split(Images(images, None, test, None, None), settings)
    assert sizes(count, 30 if published else None, settings) == {name: len(own) for name, own in arrays.items()}


def test_too_few_images_to_split():
    images, labels = blobs(10, (8, 8, 1)), np.arange(10) % 5
    with pytest.raises(UserError, match="2 of 10 images cannot be cut for test") as caught:
        split(Images(images, labels, None, None, None), SETTINGS)
    assert "\n" not in str(caught.value)


def test_sums_tell_arrays_apart():
    images = blobs(3, (4, 4, 1))
    changed = images.copy()
    changed[1, 2, 2] ^= 1
    assert sums({"a": images}) == sums({"a": images.copy()}) and sums({"a": images}) != sums({"a": changed})


@pytest.mark.parametrize(("images", "expected"), [(20, [14, 6, 7]), (50, [40, 10, 7]), (100, [80, 20, 7])])
def test_small_folders_that_bring_a_split_give_a_fifth_to_the_other(images, expected):
    held = blobs(7, (8, 8, 1), seed=1)
    arrays = split(Images(blobs(images, (8, 8, 1)), test=held), SETTINGS, least_of(images))
    assert [len(arrays[name]) for name in ("train", "validation", "test")] == expected
    assert list(sizes(images, 7, SETTINGS, least_of(images)).values()) == expected


def test_a_published_validation_split_stays():
    train, held = blobs(100, (8, 8, 1)), blobs(15, (8, 8, 1), seed=1)
    arrays = split(Images(train, validation=held), SETTINGS, least_of(100))
    np.testing.assert_array_equal(arrays["validation"], held)
    assert len(arrays["train"]) == 80 and len(arrays["test"]) == 20
    both = split(Images(train, test=held[:7], validation=held), SETTINGS, least_of(100))
    np.testing.assert_array_equal(both["train"], train)
    assert sizes(100, 7, SETTINGS, least_of(100), 15) == {name: len(own) for name, own in both.items()}
    with pytest.raises(UserError, match="the test split has 5 images, 6 are needed"):
        split(Images(train, test=held[:5]), SETTINGS, least_of(100))
