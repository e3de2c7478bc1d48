"""Data sets: formats, checks, sources, splits."""

import gzip
import hashlib
import io
import pickle
import struct
import tarfile

import numpy as np
import pytest
from conftest import blobs

from stages import download, prepare
from stages.catalogue import UserError
from stages.datasets import cifar10, digits
from stages.formats import Images, read_idx

NOWHERE = ("http://127.0.0.1:9/",)  # the discard port: refuses at once


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


def mirror_with(content, tmp_path, monkeypatch):
    folder = tmp_path / "mirror" / "toy"
    folder.mkdir(parents=True)
    (folder / "file.bin").write_bytes(content)
    monkeypatch.setenv("DATASET_MIRROR", str(tmp_path / "mirror"))
    target = tmp_path / "raw"
    target.mkdir()
    return target


def test_a_mirror_needs_no_network(tmp_path, monkeypatch):
    target = mirror_with(b"content", tmp_path, monkeypatch)
    check = download.has_sum(hashlib.sha256(b"content").hexdigest())
    path = download.fetch_file("toy", "file.bin", NOWHERE, target, check)
    assert path.read_bytes() == b"content"


def test_a_corrupt_mirror_and_no_network_say_what_was_tried(tmp_path, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    target = mirror_with(b"corrupt", tmp_path, monkeypatch)
    with pytest.raises(UserError) as caught:
        download.fetch_file("toy", "file.bin", NOWHERE, target, download.has_sum("0" * 64))
    message = str(caught.value)
    for part in ("file.bin of toy", "SHA-256", NOWHERE[0], "DATASET_MIRROR", "make demo"):
        assert part in message
    assert "\n" not in message
    assert not list(target.iterdir()), "nothing wrong is kept"


def test_the_second_host_serves(tmp_path, monkeypatch, httpserver_folder):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.delenv("DATASET_MIRROR", raising=False)
    folder, address = httpserver_folder
    (folder / "file.bin").write_bytes(b"content")
    target = tmp_path / "raw"
    target.mkdir()
    check = download.has_sum(hashlib.sha256(b"content").hexdigest())
    path = download.fetch_file("toy", "file.bin", (*NOWHERE, address), target, check)
    assert path.read_bytes() == b"content"


@pytest.fixture
def httpserver_folder(tmp_path):
    import functools
    import http.server
    import threading

    folder = tmp_path / "served"
    folder.mkdir()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def test_cifar_members_are_checked(tmp_path, monkeypatch):
    batch = pickle.dumps({"data": 1})
    archive = tmp_path / "cifar-10-python.tar.gz"
    with tarfile.open(archive, "w:gz") as content:
        for name in cifar10.MEMBERS:
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(batch)
            content.addfile(member, io.BytesIO(batch))
    with pytest.raises(ValueError, match=r"member batches\.meta is wrong"):
        cifar10.unpack(archive, tmp_path)
    monkeypatch.setattr(cifar10, "MEMBERS", dict.fromkeys(cifar10.MEMBERS, hashlib.sha256(batch).hexdigest()))
    cifar10.unpack(archive, tmp_path)
    assert (tmp_path / "test_batch").read_bytes() == batch
    archive.write_bytes(archive.read_bytes()[:100])
    with pytest.raises(ValueError, match="no whole archive"):
        cifar10.unpack(archive, tmp_path)


def test_cifar_decodes_arrays_and_nothing_else(tmp_path):
    flat = np.arange(2 * 3072, dtype=np.int64).astype(np.uint8).reshape(2, 3072)
    for name in cifar10.MEMBERS:
        content = {b"data": flat, b"labels": [3, 1], b"label_names": [b"cat", b"dog"]}
        text = pickle.dumps(content, protocol=3).replace(b"cnumpy._core.multiarray", b"cnumpy.core.multiarray")
        (tmp_path / name).write_bytes(text)
    images = cifar10.decode(tmp_path)
    assert images.train.shape == (10, 32, 32, 3) and images.test.shape == (2, 32, 32, 3)
    assert images.classes == ("cat", "dog") and images.test_labels.tolist() == [3, 1]
    np.testing.assert_array_equal(images.test[1, :, :, 2].ravel(), flat[1, 2048:])

    class Evil:
        def __reduce__(self):
            return (print, ("run",))

    (tmp_path / "test_batch").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(pickle.UnpicklingError, match="no place"):
        cifar10.decode(tmp_path)


def test_digits_need_no_download(tmp_path):
    digits.fetch(tmp_path)
    images = digits.decode(tmp_path)
    assert images.train.shape == (1797, 8, 8, 1) and images.train.max() == 255 and images.test is None


SETTINGS = {"validation_fraction": 0.1, "test_fraction": 0.2, "seed": 0}


def test_a_published_test_split_stays():
    train, test = blobs(100, (8, 8, 1)), blobs(30, (8, 8, 1), seed=1)
    labels = np.arange(100) % 5
    arrays = prepare.split(Images(train, labels, test, labels[:30], tuple("abcde")), **SETTINGS)
    np.testing.assert_array_equal(arrays["test"], test)
    assert len(arrays["train"]) == 90 and len(arrays["validation"]) == 10
    assert np.bincount(arrays["validation_labels"]).tolist() == [2] * 5
    together = np.concatenate([arrays["train"], arrays["validation"]])
    assert sorted(x.tobytes() for x in together) == sorted(x.tobytes() for x in train)


def test_splits_without_labels_or_published_test_are_disjoint_and_fixed():
    train = blobs(100, (8, 8, 1))
    images = Images(train, None, None, None, None)
    arrays = prepare.split(images, **SETTINGS)
    assert [len(arrays[name]) for name in ("train", "validation", "test")] == [72, 8, 20]
    assert len({x.tobytes() for name in ("train", "validation", "test") for x in arrays[name]}) == 100
    again = prepare.split(images, **SETTINGS)
    np.testing.assert_array_equal(arrays["test"], again["test"])
    other = prepare.split(images, **{**SETTINGS, "seed": 1})
    assert not np.array_equal(arrays["test"], other["test"])
    assert prepare.showcase(arrays).tolist() == list(range(10))
    assert prepare.summary(arrays, None)["train"]["images_by_class"] is None


def test_showcase_holds_each_class_once():
    labels = np.array([2, 2, 0, 1, 0])
    assert prepare.showcase({"test": np.zeros(5), "test_labels": labels}).tolist() == [2, 3, 0]


def test_resizing():
    images = blobs(3, (8, 8, 3))
    assert prepare.resized(images, 8) is images
    larger = prepare.resized(images, 16)
    assert larger.shape == (3, 16, 16, 3) and larger.dtype == np.uint8
    assert np.abs(prepare.resized(larger, 8).astype(int) - images).mean() < 6
