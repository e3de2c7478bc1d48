"""The format that MNIST and others share."""

import gzip
import struct

import numpy as np
import pytest
from helpers import blobs

from stages.prepare.formats import read_idx


def idx(array):
    return gzip.compress(struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes())


def test_idx(tmp_path):
    images = blobs(3, (4, 5, 1))[..., 0]
    (tmp_path / "x.gz").write_bytes(idx(images))
    np.testing.assert_array_equal(read_idx(tmp_path / "x.gz"), images)
    (tmp_path / "y.gz").write_bytes(gzip.compress(b"\x00\x00\x0d\x01" + bytes(8)))
    with pytest.raises(ValueError, match="no IDX file"):
        read_idx(tmp_path / "y.gz")
    (tmp_path / "z.gz").write_bytes(gzip.compress(gzip.decompress(idx(images))[:-7]))
    with pytest.raises(ValueError, match="reshape"):
        read_idx(tmp_path / "z.gz")
