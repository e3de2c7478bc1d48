"""Images in the size and the channels of another data set."""

import tracemalloc

import numpy as np
import pytest
from helpers import blobs

from stages.prepare.images import in_shape, resized, stretched


def test_resizing():
    images = blobs(3, (8, 8, 3))
    assert resized(images, 8) is images
    larger = resized(images, 16)
    assert larger.shape == (3, 16, 16, 3) and larger.dtype == np.uint8
    assert np.abs(resized(larger, 8).astype(int) - images).mean() < 6


@pytest.mark.parametrize("shape", [(8, 8, 1), (20, 31, 3), (16, 16, 3), (5, 40, 1)])
def test_one_image_alone_is_resized_the_same(shape):
    images = blobs(4, shape)
    images[-1, 0, 0], images[-1, 1, 1] = 0, 255  # a batch is clipped to the range of all its images
    np.testing.assert_array_equal(np.stack([stretched(image, 16) for image in images]), resized(images, 16))


def test_one_large_image_takes_little_memory():
    """Not hundreds of times its own."""
    image = np.zeros((1000, 800, 3), np.uint8)
    tracemalloc.start()
    assert stretched(image, 16).shape == (16, 16, 3)
    assert tracemalloc.get_traced_memory()[1] < 60 * image.nbytes
    tracemalloc.stop()


def test_many_images_that_become_large_take_little_memory():
    images = blobs(200, (16, 16, 3))
    together, alone = resized(images, 32), np.stack([stretched(image, 40) for image in images])
    tracemalloc.start()
    large = resized(images, 40)
    assert tracemalloc.get_traced_memory()[1] < 5 * alone.nbytes
    tracemalloc.stop()
    np.testing.assert_array_equal(large, alone)
    assert together.shape == (200, 32, 32, 3)


@pytest.mark.parametrize("image_shape", [(16, 16, 1), (32, 32, 3), (28, 28, 1)])
def test_anomalies_take_the_shape_of_the_data_set(image_shape):
    for channels in (1, 3):
        images = in_shape(blobs(5, (20, 20, channels)), image_shape)
        assert images.shape == (5, *image_shape) and images.dtype == np.uint8
    grey = in_shape(blobs(5, (32, 32, 1)), (32, 32, 3))
    assert (grey[..., 0] == grey[..., 2]).all()
