"""Damage, which is what it says."""

import numpy as np
import pytest

from stages.evaluate.measures.corruption import corrupted


def test_damage_is_what_it_says():
    images = np.full((200, 20, 20, 1), 128, np.uint8)
    noisy = corrupted(images, "gaussian", 0.1, 0)
    assert noisy.std() / 255 == pytest.approx(0.1, rel=0.02)
    salted = corrupted(images, "salt_and_pepper", 0.1, 0)
    assert np.mean(salted == 255) == pytest.approx(0.05, abs=0.005) and np.mean(salted == 0) == pytest.approx(
        0.05, abs=0.005
    )
    assert np.mean(corrupted(images, "block", 0.4, 0) == 0) == pytest.approx(0.16)
    edge = np.tile(np.repeat([0, 255], 10)[None, :, None], (20, 1, 1)).astype(np.uint8)[None]
    assert corrupted(edge, "blur", 0.1, 0).std() < edge.std()
    np.testing.assert_array_equal(corrupted(images, "gaussian", 0.1, 0), noisy)
    assert (images == 128).all()
    with pytest.raises(ValueError, match="no corruption 'rain'"):
        corrupted(images, "rain", 0.1, 0)
