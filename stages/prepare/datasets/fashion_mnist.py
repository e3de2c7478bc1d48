"""Pieces of clothing, 28 x 28, grey: 60,000 for training, 10,000 for test; harder than MNIST.

Xiao, Rasul and Vollgraf 2017, "Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms".
"""

from pathlib import Path

from stages.prepare.download import fetch_file, has_sum
from stages.prepare.formats import Images, Published, read_idx_splits

HOSTS = (
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
)
FILES = {
    "train-images-idx3-ubyte.gz": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    "train-labels-idx1-ubyte.gz": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    "t10k-images-idx3-ubyte.gz": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    "t10k-labels-idx1-ubyte.gz": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
}
CLASSES = ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")

PUBLISHED = Published(60_000, 10_000, channels=1, classes=10)


def fetch(folder: Path) -> None:
    """Bring the four gzipped IDX files to the folder."""
    for name, sha256 in FILES.items():
        fetch_file("fashion_mnist", name, HOSTS, folder, has_sum(sha256))


def decode(folder: Path) -> Images:
    """Images (28, 28, 1)."""
    return read_idx_splits(folder, CLASSES)
