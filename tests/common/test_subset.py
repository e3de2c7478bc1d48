"""Subsets of images."""

from stages.common.subset import spread


def test_spread_is_even_and_whole():
    assert spread(3, 5).tolist() == [0, 2, 4] and spread(10, 4).tolist() == [0, 1, 2, 3]
