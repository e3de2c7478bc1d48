"""Folders of one's own: what is listed, what is left out and why, and that no image is on two sides of a split."""

import json
import os
from collections import Counter

import numpy as np
import pytest
from helpers import blobs
from PIL import Image

from stages.common.stage import UserError
from stages.prepare import __main__ as prepare
from stages.prepare import folder
from stages.prepare.formats import Images
from stages.prepare.split import split

FRACTIONS = {"validation_fraction": 0.1, "test_fraction": 0.2, "seed": 0}


def put(place, images, kind="png", first=0):
    """Files of images, numbered."""
    place.mkdir(parents=True, exist_ok=True)
    for i, image in enumerate(images, first):
        Image.fromarray(image if image.shape[2] == 3 else image[..., 0]).save(place / f"{i:03}.{kind}")


def by_name(rows):
    return {row["name"]: row for row in rows}


def listed(raw, source, anomalies="photographs", group=None, fit="crop"):
    """The settings of a folder that was looked at and listed."""
    rows = list(folder.look(source, group))
    anomalous = [] if anomalies == "photographs" else list(folder.look(anomalies, group))
    settings = folder.settings_of(source, fit, group, rows, anomalous)
    folder.write_listing(raw, settings, str(anomalies), rows, anomalous)
    return settings


def test_what_cannot_be_used_is_named(tmp_path):
    """A corpus of what is found in folders: nothing is lost, nothing followed, nothing run."""
    outside = tmp_path / "outside"
    put(outside, blobs(1, (8, 8, 3)))
    source = tmp_path / "source"
    put(source, blobs(3, (8, 8, 3), 1))
    whole = (source / "000.png").read_bytes()
    for name, content in {
        "cut.PNG": whole[:-30],
        "empty.jpg": b"",
        "text.png": b"no image",
        "ümlaut 'and\nmore\".png": whole[:50],
        "notes.txt": b"notes",
        ".hidden.png": b"",
        "again.Png": whole,
    }.items():
        (source / name).write_bytes(content)
    (source / os.fsdecode(b"\xff.png")).write_bytes(whole[:60])
    (source / "link.png").symlink_to(outside / "000.png")
    (source / "loop").symlink_to(source)
    (source / "up.png").symlink_to("../..")
    os.mkfifo(source / "pipe.png")
    found = by_name(folder.look(source))
    assert {name for name, row in found.items() if "values" in row} == {"000.png", "001.png", "002.png", "again.Png"}
    errors = {name: row["error"] for name, row in found.items() if "error" in row}
    assert errors.pop("notes.txt") == folder.NO_IMAGE and errors.pop("empty.jpg") == "is empty"
    assert all("link" in errors.pop(name) for name in ("link.png", "loop", "up.png"))
    assert errors.pop("pipe.png") == "is no file"
    assert errors.pop("text.png").endswith("known format")
    assert len(errors) == 3 and all("damaged" in error for error in errors.values())
    assert folder.repeats(list(found.values())) == {"again.Png": "000.png"}
    assert folder.count(source) == len(found)
    assert by_name(json.loads(json.dumps(list(found.values())))) == found, "any name survives in the listing"


def test_a_folder_that_may_not_be_listed(tmp_path, monkeypatch):
    put(tmp_path, blobs(2, (8, 8, 3)))
    (tmp_path / "locked").mkdir()
    scan = os.scandir

    def refuse(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = by_name(folder.look(tmp_path))
    assert found["locked"]["error"] == "cannot be opened (Permission denied)" and len(found) == 3


def test_the_order_and_the_bytes_are_the_same_every_time(tmp_path):
    for name in ("b", "a", "ä"):
        put(tmp_path / "source" / name, blobs(2, (8, 8, 3), seed=len(name)))
    for raw in ("one", "two"):
        listed(tmp_path / raw, tmp_path / "source")
    assert (tmp_path / "one/listing.json").read_bytes() == (tmp_path / "two/listing.json").read_bytes()


def test_duplicates_are_found_by_their_pixels(tmp_path):
    images = blobs(4, (8, 8, 3))
    put(tmp_path, images)
    put(tmp_path, images[:2], "bmp", first=10)
    rows = list(folder.look(tmp_path))
    assert folder.repeats(rows) == {"010.bmp": "000.png", "011.bmp": "001.png"}
    assert len(folder.usable(rows)) == 4 and not folder.usable(rows[:2], rows)


def test_what_is_known_is_not_decoded_again(tmp_path, monkeypatch):
    put(tmp_path, blobs(3, (8, 8, 3)))
    rows = list(folder.look(tmp_path))
    decoded, decode = [], folder.decode
    monkeypatch.setattr(folder, "decode", lambda content: (decoded.append(content), decode(content))[1])
    put(tmp_path, blobs(1, (8, 8, 3), 9), first=3)
    assert list(folder.look(tmp_path, known={row["sha256"]: row for row in rows}))[:3] == rows
    assert len(decoded) == 1


def test_classes_are_sub_folders(tmp_path):
    for name, count in {"cats": 60, "dogs": 40}.items():
        put(tmp_path / name, blobs(count, (8, 8, 3), len(name) + count))
    rows = list(folder.look(tmp_path))
    assert folder.classes_of(rows) == (("cats", "dogs"), "")
    put(tmp_path / "rare", blobs(2, (8, 8, 3), 5))
    names, why = folder.classes_of(list(folder.look(tmp_path)))
    assert not names and "rare has 2 of 102" in why
    put(tmp_path, blobs(1, (8, 8, 3), 6))
    assert "in no sub-folder" in folder.classes_of(list(folder.look(tmp_path)))[1]
    assert folder.classes_of(list(folder.look(tmp_path / "cats"))) == ((), "")


@pytest.mark.parametrize("fit", ["crop", "pad"])
def test_a_listing_becomes_arrays(tmp_path, fit):
    for seed, name in enumerate(("cats", "dogs")):
        put(tmp_path / "source" / name, blobs(5, (8, 12, 3), seed))
        put(tmp_path / "source" / name, blobs(5, (9, 6, 1), seed), "bmp", first=5)
    settings = listed(tmp_path / "raw", tmp_path / "source", fit=fit)
    assert settings["channels"] == 3 and settings["images"] == 20 and settings["classes"] == 2
    images = folder.decoded(tmp_path / "raw", "images", 8)
    assert images.train.shape == (20, 8, 8, 3) and images.classes == ("cats", "dogs") and images.groups is None
    assert Counter(images.train_labels.tolist()) == {0: 10, 1: 10}
    grey = images.train[5:10]
    assert (grey == grey[..., :1]).all()


def test_white_is_of_as_many_bits_as_there_are(tmp_path):
    tmp_path.joinpath("source").mkdir()
    for i, image in enumerate(blobs(3, (8, 8, 1))):
        Image.fromarray(image[..., 0].astype(np.uint16) * 16).save(tmp_path / f"source/{i}.png")
    settings = listed(tmp_path / "raw", tmp_path / "source")
    assert settings["white"] == 4095 and settings["channels"] == 1
    assert np.abs(folder.decoded(tmp_path / "raw", "images", 8).train.astype(int) - blobs(3, (8, 8, 1))).max() <= 1


def test_a_file_that_has_changed_is_named(tmp_path):
    put(tmp_path / "source", blobs(3, (8, 8, 3)))
    settings = listed(tmp_path / "raw", tmp_path / "source")
    put(tmp_path / "source", blobs(1, (8, 8, 3), 9), first=1)
    with pytest.raises(UserError, match=r"001\.png of .* has changed"):
        folder.decoded(tmp_path / "raw", "images", 8)
    folder.fetch(tmp_path / "raw", settings, "photographs")  # the listing is that of the settings: nobody looks again
    (tmp_path / "raw/listing.json").unlink()
    with pytest.raises(UserError, match=r"has other files than when `make own NAME=raw` ran"):
        folder.fetch(tmp_path / "raw", settings, "photographs")


def test_a_listing_that_is_lost_is_made_again(tmp_path):
    put(tmp_path / "source", blobs(3, (8, 8, 3)))
    settings = listed(tmp_path / "raw", tmp_path / "source")
    before = (tmp_path / "raw/listing.json").read_bytes()
    (tmp_path / "raw/listing.json").write_bytes(b"cut")
    folder.fetch(tmp_path / "raw", settings, "photographs")
    assert (tmp_path / "raw/listing.json").read_bytes() == before


@pytest.mark.parametrize("labelled", [True, False])
def test_groups_stay_on_one_side(labelled):
    random = np.random.default_rng(0)
    groups = random.integers(0, 60, 400)
    labels = groups % 3 if labelled else None
    images = Images(blobs(400, (8, 8, 1)), labels, None, None, None, groups.astype(str))
    arrays = split(images, **FRACTIONS, least=20)
    sides = [set(arrays[f"{name}_groups"]) for name in ("train", "validation", "test")]
    assert sum(map(len, sides)) == len(set.union(*sides)) == len(set(groups))
    assert sum(len(arrays[name]) for name in ("train", "validation", "test")) == 400
    assert 60 <= len(arrays["test"]) <= 100 and 20 <= len(arrays["validation"]) <= 50
    if labelled:
        assert np.bincount(arrays["test_labels"]).min() > 10


def test_small_sets_have_splits_that_give_scores():
    arrays = split(Images(blobs(100, (8, 8, 1)), None, None, None, None), **FRACTIONS, least=20)
    assert [len(arrays[name]) for name in ("train", "validation", "test")] == [60, 20, 20]


def test_groups_that_are_too_large():
    groups = np.array(["a"] * 180 + list("bcdefghijklmnopqrstu"))
    with pytest.raises(UserError, match=r"cannot be cut|20 are needed: more images, or smaller groups"):
        split(Images(blobs(200, (8, 8, 1)), None, None, None, None, groups), **FRACTIONS, least=20)


def test_anomalies_of_groups_that_training_sees_are_left_out(tmp_path):
    """What is known of a patient or a product is known of its anomalies as well."""
    put(tmp_path / "source", blobs(200, (8, 8, 1)))
    put(tmp_path / "odd", blobs(200, (8, 8, 1), 1))
    (tmp_path / "odd/000.png").write_bytes((tmp_path / "source/003.png").read_bytes())
    listed(tmp_path / "raw", tmp_path / "source", tmp_path / "odd", group=r"(\d)\d\.png")
    images, anomalies = (folder.decoded(tmp_path / "raw", kind, 8) for kind in ("images", "anomalous"))
    assert len(images.groups) == 200 and len(anomalies.train) == 199, "an anomaly that is an image is none"
    few = Images(anomalies.train[:5], None, None, None, None, anomalies.groups[:5])
    arrays = prepare.arrays_of(images, anomalies, 8, FRACTIONS, least=20)
    assert 20 <= len(arrays["anomalies"]) < 60 and not any("groups" in name for name in arrays)
    with pytest.raises(UserError, match="anomalies are of groups that training does not see"):
        prepare.arrays_of(images, few, 8, FRACTIONS, least=20)


ARRAY = blobs(30, (8, 8, 1))


@pytest.mark.parametrize("name", ["images.npy", "images.npz", "any.npz"])
def test_arrays_in_a_file(tmp_path, name):
    path = tmp_path / name
    if name == "images.npy":
        np.save(path, ARRAY[..., 0])
    elif name == "any.npz":
        np.savez(path, x=ARRAY)
    else:
        labels = np.array(["a", "b"])[np.arange(30) % 2]
        np.savez(path, images=ARRAY, labels=labels, groups=np.arange(30) // 3)
    settings = listed(tmp_path / "raw", path)
    assert settings["images"] == 30 and settings["classes"] == (2 if name == "images.npz" else 0)
    images = folder.decoded(tmp_path / "raw", "images", 8)
    np.testing.assert_array_equal(images.train, ARRAY)
    assert (images.groups is not None) == (name == "images.npz")


def test_arrays_that_cannot_be_used(tmp_path):
    class Runs:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "ran"),))

    bad = {
        "text.npy": lambda path: path.write_bytes(b"text"),
        "text.npz": lambda path: path.write_bytes(b"PK text"),
        "pickle.npy": lambda path: np.save(path, np.array([Runs()]), allow_pickle=True),
        "one.npy": lambda path: np.save(path, ARRAY[0, ..., 0]),
        "labels.npz": lambda path: np.savez(path, images=ARRAY, labels=np.zeros(3)),
        "two.npz": lambda path: np.savez(path, x=ARRAY, y=ARRAY),
    }
    for name, write in bad.items():
        write(tmp_path / name)
        with pytest.raises(UserError, match=name) as caught:
            list(folder.look(tmp_path / name))
        assert "\n" not in str(caught.value)
    assert not (tmp_path / "ran").exists()


def test_an_archive_that_unpacks_to_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "LARGEST", 10_000)
    np.savez_compressed(tmp_path / "bomb.npz", images=np.zeros((100, 20, 20), np.uint8))
    with pytest.raises(UserError, match="unpacks to more than"):
        list(folder.look(tmp_path / "bomb.npz"))
