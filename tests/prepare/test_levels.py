"""Black and white of a set: by what its images have in common, not by a hot pixel."""

import numpy as np
import pytest

from stages.prepare.levels import black_and_white, levels
from stages.prepare.reader import Picture

RANDOM = np.random.default_rng(0)


def picture(values, alpha=None):
    return Picture(values.astype(np.uint16)[..., None], "PNG", "I;16", 16, alpha=alpha)


def frames(low, high, count=30):
    return [RANDOM.integers(low, high + 1, (32, 32)) for _ in range(count)]


def of_set(images):
    return black_and_white(np.array([levels(picture(image)) for image in images]))[:2]


def test_white_is_of_as_many_bits_as_there_are():
    assert of_set(frames(0, 4095)) == (0, 4095) and of_set(frames(0, 900)) == (0, 1023)
    assert of_set(frames(0, 65_535)) == (0, 65_535) and of_set(frames(0, 60)) == (0, 255)


@pytest.mark.parametrize("where", [np.s_[5, 5], np.s_[:, 7], np.s_[9, :]], ids=["pixel", "column", "row"])
@pytest.mark.parametrize("count", [1, 30])
def test_hot_pixels_and_lines_flatten_nothing(where, count):
    images = frames(0, 1000)
    for image in images[:count]:
        image[where] = 65_535
    assert of_set(images) == (0, 1023)


def test_one_bright_image_of_many_flattens_nothing():
    images = frames(0, 1000)
    images[3][:] = 60_000
    assert of_set(images) == (0, 1023)
    images[4][:16] = 60_000
    assert of_set(images) == (0, 65_535), "two of thirty are no accident"


def test_details_of_two_pixels_count():
    images = frames(0, 100)
    for image in images:
        image[3:5, 3:5] = 4000
    assert of_set(images) == (0, 4095)


def test_thermal_images_get_a_black():
    images = frames(28_000, 30_000)
    images[0][4, 4], images[1][4, 4] = 0, 65_535
    black, white = of_set(images)
    assert 27_000 < black < 28_000 and 30_000 < white < 31_000


def test_what_is_transparent_does_not_count():
    values, alpha = np.full((8, 8), 100), np.full((8, 8, 1), 65_535, np.uint16)
    values[:4], alpha[:4] = 50_000, 0
    assert levels(picture(values, alpha)) == (100, 100)


def test_eight_bits_have_no_levels():
    assert levels(Picture(np.zeros((4, 4, 1), np.uint8), "PNG", "L", 8)) is None
    assert black_and_white(np.zeros((0, 2)))[:2] == (0, 65_535)
    assert levels(picture(np.array([[5, 9]]))) == (5, 9)
