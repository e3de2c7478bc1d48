"""Handwritten digits, 28 x 28, grey: 60,000 for training, 10,000 for test.

LeCun, Bottou, Bengio and Haffner 1998, "Gradient-based learning applied to document recognition".
"""

from pathlib import Path

from stages.prepare.download import fetch_file, has_sum
from stages.prepare.formats import Images, Published, read_idx_splits

HOSTS = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/")
FILES = {
    "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}

PUBLISHED = Published(60_000, 10_000, channels=1, classes=10)


def fetch(folder: Path) -> None:
    """Bring the four gzipped IDX files to the folder."""
    for name, sha256 in FILES.items():
        fetch_file("mnist", name, HOSTS, folder, has_sum(sha256))


def decode(folder: Path) -> Images:
    """Images (28, 28, 1)."""
    return read_idx_splits(folder, tuple("0123456789"))
