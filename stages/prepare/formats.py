"""Decoded data sets, and readers of file formats that several of them share."""

import gzip
from pathlib import Path
from typing import NamedTuple

import numpy as np


class Published(NamedTuple):
    """What is known of a data set before its files are there; settings are held against it."""

    train: int  # images
    test: int | None  # None where prepare cuts one from train
    channels: int
    classes: int
    validation: int | None = None  # None where prepare cuts it from train


class Images(NamedTuple):
    """A decoded data set. A test of None means that none is published; prepare then cuts one from train."""

    train: np.ndarray  # uint8 (n, height, width, channels)
    train_labels: np.ndarray | None = None  # whole numbers (n,), indices into classes
    test: np.ndarray | None = None
    test_labels: np.ndarray | None = None
    classes: tuple[str, ...] | None = None
    groups: np.ndarray | None = None  # names (n,): training images of one name stay on one side of every split
    validation: np.ndarray | None = None  # where it is published as well
    validation_labels: np.ndarray | None = None
    indices: np.ndarray | None = None  # of training images in their listing, (n,)
    pictures: np.ndarray | None = None  # whole numbers (n,): the picture that a patch for training is cut from
    validation_pictures: np.ndarray | None = None
    test_pictures: np.ndarray | None = None


def read_idx(path: Path) -> np.ndarray:
    """An uint8 array of any shape from a gzipped IDX file.

    The format: two zero bytes, a type byte (8: uint8), the number of axes, the axes as big-endian 32-bit numbers.
    Raises ValueError where the file is something else or cut short.
    """
    content = gzip.decompress(path.read_bytes())
    if content[:3] != b"\x00\x00\x08":
        raise ValueError(f"{path} is no IDX file of bytes")
    axes = content[3]
    shape = np.frombuffer(content, ">u4", count=axes, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)


def read_idx_splits(folder: Path, classes: tuple[str, ...]) -> Images:
    """The four files of MNIST and of the data sets that took over its format."""
    train, test = (read_idx(folder / f"{split}-images-idx3-ubyte.gz")[..., None] for split in ("train", "t10k"))
    labels = [read_idx(folder / f"{split}-labels-idx1-ubyte.gz") for split in ("train", "t10k")]
    return Images(train, labels[0], test, labels[1], classes)
