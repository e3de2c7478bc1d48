"""The stage fetch: what is there and right stays, what is broken or belongs to another data set goes."""

import hashlib

import pytest
from ruamel.yaml import YAML

from stages.prepare import download, fetch
from stages.prepare.datasets import mnist


@pytest.fixture
def mirrored(tmp_path, monkeypatch, params):
    """A project whose MNIST is four short files in a mirror; the list of files that were read from there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mirror/mnist").mkdir(parents=True)
    for name in mnist.FILES:
        (tmp_path / "mirror/mnist" / name).write_bytes(name.encode())
    sums = {name: hashlib.sha256(name.encode()).hexdigest() for name in mnist.FILES}
    monkeypatch.setattr(mnist, "FILES", sums)
    monkeypatch.setattr(mnist, "HOSTS", ())
    monkeypatch.setenv("DATASET_MIRROR", str(tmp_path / "mirror"))
    params["data"]["mnist"]["anomalies"] = "digits"
    YAML().dump(params, tmp_path / "params.yaml")
    read, copy = [], download.shutil.copyfile
    monkeypatch.setattr(download.shutil, "copyfile", lambda a, b: (read.append(a.name), copy(a, b)))
    return read


def test_only_what_is_not_there_and_right_is_brought(mirrored, tmp_path):
    folder = tmp_path / "data/mnist/raw"
    fetch.main("mnist")
    assert sorted(mirrored) == sorted(mnist.FILES)
    assert sorted(path.name for path in folder.iterdir()) == ["digits", "mnist"]
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}

    mirrored.clear()
    fetch.main("mnist")
    assert mirrored == [], "all is there and right: nothing is read"

    broken, gone = sorted(mnist.FILES)[:2]
    (folder / "mnist" / broken).write_bytes(b"cut")
    (folder / "mnist" / gone).unlink()
    fetch.main("mnist")
    assert sorted(mirrored) == [broken, gone]
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before


def test_anomalies_from_elsewhere_replace_the_former(mirrored, tmp_path, params):
    fetch.main("mnist")
    mirrored.clear()
    params["data"]["mnist"]["anomalies"] = "photographs"
    YAML().dump(params, tmp_path / "params.yaml")
    fetch.main("mnist")
    assert mirrored == []
    assert sorted(path.name for path in (tmp_path / "data/mnist/raw").iterdir()) == ["mnist", "photographs"]
