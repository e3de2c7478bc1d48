"""The stage prepare: arrays that are the same bytes every time, and that fit together."""

import json

import numpy as np
import pytest
from helpers import blobs
from own_folders import listed, put
from ruamel.yaml import YAML

from stages.common.stage import UserError
from stages.prepare import __main__ as prepare
from stages.prepare import fetch
from stages.prepare.formats import Images
from stages.prepare.settings import Split

FRACTIONS = Split(validation_fraction=0.1, test_fraction=0.2, seed=0)


@pytest.fixture
def digits(tmp_path, monkeypatch, params):
    """The folder where the digits were prepared."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(prepare, "ANOMALIES", 20)  # resizing takes its time
    params["data"]["digits"]["image_size"] = 8
    YAML().dump(params, tmp_path / "params.yaml")
    fetch.main("digits")
    prepare.main("digits")
    return tmp_path / "data/digits/prepared"


def bytes_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_files_are_arrays_and_the_same_bytes_every_time(digits):
    before = bytes_of(digits)
    names = {"images/train", "images/validation", "images/shown", "test", "anomalies", "shown"}
    names |= {"images/train_seen", "images/validation_seen"}
    names |= {f"{split}_labels" for split in ("train", "validation", "test")}
    assert set(before) == {f"{name}.npy" for name in names} | {"summary.json"}
    (digits / "stale.npy").write_bytes(b"from an earlier version")
    prepare.main("digits")
    assert bytes_of(digits) == before


def test_that_a_data_set_is_private_travels_with_its_arrays(tmp_path, monkeypatch, params):
    """Turned on or off it changes the listing, by which DVC sees that this stage has to run again."""
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "images", blobs(120, (8, 8, 1)))
    raw, listings = tmp_path / "data/odd/raw", []
    for private in (False, True):
        folder = listed(raw, tmp_path / "images", tmp_path / "images", private=private)
        block = {"folder": folder.model_dump() | {"private": False}, "anomalies": "digits", "image_size": 8}
        params["data"]["odd"] = params["data"]["digits"] | block
        YAML().dump(params, tmp_path / "params.yaml")
        monkeypatch.setattr(prepare, "decoded", lambda *_: Images(blobs(120, (8, 8, 1)), *[None] * 4))
        prepare.main("odd")
        listings.append((raw / "listing.json").read_bytes())
        assert json.loads((tmp_path / "data/odd/prepared/summary.json").read_text()).get("private", False) == private
    assert listings[0] != listings[1]


@pytest.mark.parametrize("group", [None, r"(\d+)"])
def test_masks_are_prepared_where_all_splits_have_the_same_anomalies(tmp_path, monkeypatch, params, group):
    monkeypatch.chdir(tmp_path)
    source, raw = tmp_path / "product", tmp_path / "data/odd/raw"
    for seed, (name, first) in enumerate({"good": 0, "cut": 10, "masks/cut": 10}.items()):
        put(source / name, blobs(20, (8, 8, 1), seed), first=first)
    folder = listed(raw, source, source, group=group)
    block = {"folder": folder.model_dump(), "anomalies": str(source), "image_size": 8}
    params["data"]["odd"] = params["data"]["digits"] | block
    YAML().dump(params, tmp_path / "params.yaml")
    prepare.main("odd")
    kept = bytes_of(raw.parent / "prepared")
    assert ("fold-1/anomalies.json" in kept) == bool(group) and "images/fold-4/train.npy" in kept
    assert {name for name in kept if name.endswith("masks.npy")} == (set() if group else {"anomaly_masks.npy"})
    written = json.loads((raw / "listing.json").read_text())
    for row in written["anomalous"]:
        row["masks"] = list(row["masks"])  # as an earlier version had them
    (raw / "listing.json").write_text(json.dumps(written))
    if not group:
        with pytest.raises(UserError, match="dvc repro fetch@odd"):
            prepare.main("odd")


def test_arrays_fit_together(digits):
    arrays = {path.stem: np.load(path) for path in digits.glob("*.npy")}
    images = {path.stem: np.load(path) for path in (digits / "images").glob("*.npy")}
    for split in ("train", "validation"):
        seen = images.pop(f"{split}_seen")
        np.testing.assert_array_equal(seen, np.flatnonzero(arrays[f"{split}_labels"] % 2 == 0))
    assert all(array.dtype == np.uint8 for array in (*images.values(), arrays["test"], arrays["anomalies"]))
    assert {array.shape[1:] for array in (*images.values(), arrays["test"], arrays["anomalies"])} == {(8, 8, 1)}
    np.testing.assert_array_equal(images["shown"], arrays["test"][arrays["shown"]])
    assert arrays["test_labels"][arrays["shown"]].tolist() == list(range(10))
    for split, own in (("train", images["train"]), ("validation", images["validation"]), ("test", arrays["test"])):
        assert len(own) == len(arrays[f"{split}_labels"])
    assert len(images["train"]) + len(images["validation"]) + len(arrays["test"]) == 1797


def test_the_summary_is_of_the_arrays(digits):
    summary = json.loads((digits / "summary.json").read_text())
    assert summary["classes"] == list("0123456789") and summary["seen_classes"] == [0, 2, 4, 6, 8]
    assert summary["train"]["shape"] == list(np.load(digits / "images/train.npy").shape)
    assert sum(summary["test"]["images_by_class"]) == summary["test"]["shape"][0]
    assert set(summary["sha256"]) == {name.removesuffix(".npy") for name in bytes_of(digits)} - {"summary.json"}
    assert len(set(summary["sha256"].values())) == len(summary["sha256"])


def test_other_anomalies_leave_what_training_reads_alone(digits, tmp_path, params):
    """DVC compares bytes: training depends on images/, which must not change with what the anomalies are."""
    before = bytes_of(digits)
    params["data"]["digits"]["anomalies"] = "digits"
    YAML().dump(params, tmp_path / "params.yaml")
    fetch.main("digits")
    prepare.main("digits")
    after = bytes_of(digits)
    assert {name for name in before if before[name] != after[name]} == {"anomalies.npy", "summary.json"}


@pytest.mark.parametrize("content", [None, b"", b"\x93NUMPY", b"cut"])
def test_damaged_files_are_named(digits, content):
    path = digits.parent / "raw/digits/images.npy"
    path.unlink() if content is None else path.write_bytes(content)
    before = bytes_of(digits)
    with pytest.raises(UserError, match=r"data/digits/raw/digits.* dvc repro fetch@digits|is missing") as caught:
        prepare.main("digits")
    assert "\n" not in str(caught.value) and "dvc repro fetch@digits" in str(caught.value)
    assert bytes_of(digits) == before, "nothing is deleted for it"


@pytest.mark.parametrize("published", [True, False])
def test_anomalies_are_test_images_where_there_are_some(published):
    train, test = blobs(60, (8, 8, 1)), blobs(40, (8, 8, 1), seed=1)
    other = Images(train, None, test if published else None, None, None)
    arrays = prepare.arrays_of(Images(train, None, None, None, None), other, 8, FRACTIONS)
    np.testing.assert_array_equal(arrays["anomalies"], test if published else train)
    assert "test_labels" not in arrays and arrays["images/shown"].shape == (10, 8, 8, 1)


def test_no_more_anomalies_than_are_needed(monkeypatch):
    monkeypatch.setattr(prepare, "ANOMALIES", 7)
    images = Images(blobs(60, (8, 8, 1)), None, None, None, None)
    assert prepare.arrays_of(images, images, 8, FRACTIONS)["anomalies"].shape == (7, 8, 8, 1)
