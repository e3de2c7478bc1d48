"""Images in the size and the channels of another data set."""

import numpy as np
import pytest
from helpers import blobs

from stages.prepare.images import in_shape, resized


def test_resizing():
    images = blobs(3, (8, 8, 3))
    assert resized(images, 8) is images
    larger = resized(images, 16)
    assert larger.shape == (3, 16, 16, 3) and larger.dtype == np.uint8
    assert np.abs(resized(larger, 8).astype(int) - images).mean() < 6


@pytest.mark.parametrize("image_shape", [(16, 16, 1), (32, 32, 3), (28, 28, 1)])
def test_anomalies_take_the_shape_of_the_data_set(image_shape):
    for channels in (1, 3):
        images = in_shape(blobs(5, (20, 20, channels)), image_shape)
        assert images.shape == (5, *image_shape) and images.dtype == np.uint8
    grey = in_shape(blobs(5, (32, 32, 1)), (32, 32, 3))
    assert (grey[..., 0] == grey[..., 2]).all()
