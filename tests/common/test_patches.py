"""Patches: a picture is cut and put together again, whatever its size."""

import numpy as np
import pytest

from stages.common.patches import count, cut, joined, starts


@pytest.mark.parametrize("shape", [(64, 64, 1), (64, 96, 3), (70, 45), (32, 32, 3)])
def test_a_picture_comes_back_from_its_patches(shape):
    image = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    patches = cut(image, 32)
    assert patches.shape == (len(starts(shape[0], 32)) * len(starts(shape[1], 32)), 32, 32, *shape[2:])
    np.testing.assert_array_equal(joined(patches, *shape[:2]), image)


def test_overlapping_maps_are_averaged_and_the_order_counts():
    maps = np.stack([np.full((4, 4), value) for value in (0.0, 1.0)])
    np.testing.assert_array_equal(joined(maps, 4, 6)[0], [0, 0, 0.5, 0.5, 1, 1])
    assert (joined(maps[::-1], 4, 6) != joined(maps, 4, 6)).any()


def test_patches_cover_everything_and_no_patch_is_too_large():
    assert starts(64, 32).tolist() == [0, 32] and starts(65, 32).tolist() == [0, 16, 33]
    assert count(None, 32) == 1 and count(64, 32) == 4 and count(65, 32) == 9
    with pytest.raises(ValueError, match="does not fit"):
        cut(np.zeros((16, 64)), 32)
