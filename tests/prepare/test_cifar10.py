"""CIFAR-10: members of the archive are checked, kept and read without running anything."""

import bz2
import gzip
import hashlib
import io
import pickle
import tarfile

import numpy as np
import pytest

from stages.common.stage import UserError
from stages.prepare.datasets import cifar10


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """An archive in a mirror, each of whose members is the same small pickle, and the folder to fetch to."""
    batch = pickle.dumps({"data": 1})
    path = tmp_path / "mirror/cifar10/cifar-10-python.tar.gz"
    path.parent.mkdir(parents=True)
    with tarfile.open(path, "w:gz") as content:
        for name in cifar10.MEMBERS:
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(batch)
            content.addfile(member, io.BytesIO(batch))
    monkeypatch.setenv("DATASET_MIRROR", str(tmp_path / "mirror"))
    return path


def accept(monkeypatch, content=None):
    """Let the sums be those of a small pickle."""
    sha256 = hashlib.sha256(content or pickle.dumps({"data": 1})).hexdigest()
    monkeypatch.setattr(cifar10, "MEMBERS", dict.fromkeys(cifar10.MEMBERS, sha256))


def test_members_are_checked(archive, tmp_path, monkeypatch):
    with pytest.raises(ValueError, match=r"member batches\.meta is wrong"):
        cifar10.unpack(archive, tmp_path)
    accept(monkeypatch)
    cifar10.unpack(archive, tmp_path)
    assert (tmp_path / "test_batch").read_bytes() == pickle.dumps({"data": 1})
    archive.write_bytes(archive.read_bytes()[:100])
    with pytest.raises(ValueError, match="no whole archive"):
        cifar10.unpack(archive, tmp_path)


def bent(content):
    """A gzip file whose compressed block has no meaning."""
    return content[:12] + bytes(x ^ 255 for x in content[12:200]) + content[200:]


@pytest.mark.parametrize("kind", ["a folder", "a link", "a bomb", "gone", "a damaged block", "another compression"])
def test_a_bad_archive_is_a_wrong_file(archive, tmp_path, monkeypatch, kind):
    """So the other hosts are tried; nothing is unpacked that does not belong there, however large it says it is."""
    accept(monkeypatch)
    if kind in ("a damaged block", "another compression"):
        whole = archive.read_bytes()
        archive.write_bytes(bent(whole) if kind == "a damaged block" else bz2.compress(gzip.decompress(whole)))
    else:
        with tarfile.open(archive, "w:gz") as content:
            member = tarfile.TarInfo("cifar-10-batches-py/" + ("other" if kind == "gone" else "batches.meta"))
            member.type = {"a folder": tarfile.DIRTYPE, "a link": tarfile.SYMTYPE}.get(kind, tarfile.REGTYPE)
            member.linkname = "/etc/passwd"
            content.addfile(member)
            if kind == "a bomb":
                member.size = 3 * 2**30
                content.fileobj.write(member.tobuf())
    with pytest.raises(ValueError, match=r"no whole archive|no file of that size"):
        cifar10.unpack(archive, tmp_path)
    folder = tmp_path / "raw"
    folder.mkdir()
    monkeypatch.setattr(cifar10, "HOSTS", ("http://127.0.0.1:9/",))
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with pytest.raises(UserError, match=r"Tried: .*cifar-10-python.tar.gz .*; http://127\.0\.0\.1:9/"):
        cifar10.fetch(folder)
    assert not list(folder.iterdir())


def test_only_members_are_kept_and_a_broken_one_is_brought_again(archive, tmp_path, monkeypatch):
    accept(monkeypatch)
    folder = tmp_path / "raw"
    folder.mkdir()
    cifar10.fetch(folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(cifar10.MEMBERS)
    monkeypatch.setenv("DATASET_MIRROR", str(tmp_path / "nowhere"))
    monkeypatch.setattr(cifar10, "HOSTS", ())
    cifar10.fetch(folder)  # needs no source: all is there
    (folder / "data_batch_3").write_bytes(b"cut")
    monkeypatch.setenv("DATASET_MIRROR", str(tmp_path / "mirror"))
    cifar10.fetch(folder)
    assert (folder / "data_batch_3").read_bytes() == pickle.dumps({"data": 1})
    assert sorted(path.name for path in folder.iterdir()) == sorted(cifar10.MEMBERS)


def test_it_decodes_arrays_and_nothing_else(tmp_path):
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
    with pytest.raises(pickle.UnpicklingError, match="does not belong"):
        cifar10.decode(tmp_path)
