"""Codecs on sheets: images come back from their places, and a header counts once."""

import io

import numpy as np
import pytest
from helpers import blobs
from PIL import Image

from stages.evaluate.measures.codecs import CODECS, coded, images_of, sheet_of


@pytest.mark.parametrize(("n", "shape"), [(7, (9, 14, 3)), (16, (8, 8, 1)), (1, (5, 5, 1))])
def test_images_come_back_from_their_sheet(n, shape):
    images = np.random.default_rng(0).integers(0, 256, (n, *shape)).astype(np.uint8)
    np.testing.assert_array_equal(images_of(sheet_of(images), images.shape), images)
    np.testing.assert_array_equal(coded(images, "PNG")[1], images)


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("channels", [1, 3])
def test_codecs_give_back_more_for_more_bits(name, channels):
    codec, options, qualities = CODECS[name]
    images = blobs(30, (16, 16, channels))
    results = [coded(images, codec, quality=quality, **options) for quality in (qualities[0], qualities[-1])]
    (few, bad), (many, good) = results
    assert few < many and np.mean((bad - images.astype(float)) ** 2) > np.mean((good - images.astype(float)) ** 2)
    assert np.mean((good - images.astype(float)) ** 2) < 50
    assert coded(images, codec, quality=qualities[0], **options)[0] == few, "the same every time"


def test_a_sheet_saves_the_headers():
    images = blobs(50, (16, 16, 1))
    alone = 0
    for image in images:
        file = io.BytesIO()
        Image.fromarray(image.squeeze()).save(file, "JPEG", quality=20, optimize=True)
        alone += 8 * len(file.getvalue())
    assert coded(images, "JPEG", quality=20, optimize=True)[0] < alone / 5
