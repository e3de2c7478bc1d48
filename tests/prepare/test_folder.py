"""Folders of one's own: what is listed, what is left out and why, and that no image is on two sides of a split."""

import json
import os
from collections import Counter

import numpy as np
import pytest
from helpers import blobs
from own_folders import listed, put
from PIL import Image

from stages.common.patches import joined
from stages.common.stage import UserError
from stages.prepare import __main__ as prepare
from stages.prepare import array_file, folder, listing
from stages.prepare import rows as rows_of
from stages.prepare.formats import Images
from stages.prepare.settings import Split
from stages.prepare.split import FOLDS, folds, sizes, split

FRACTIONS = Split(validation_fraction=0.1, test_fraction=0.2, seed=0)


@pytest.fixture(autouse=True)
def many(request, monkeypatch):
    """Folders are small here; few images would have no classes."""
    if "few" not in request.node.name:
        monkeypatch.setattr(rows_of, "FEW", 0)


def by_name(rows):
    return {row["name"]: row for row in rows}


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
    assert rows_of.repeats(list(found.values())) == {"again.Png": "000.png"}
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
    assert rows_of.repeats(rows) == {"010.bmp": "000.png", "011.bmp": "001.png"}
    assert len(rows_of.usable(rows)) == 4 and not rows_of.usable(rows[:2], rows)


def test_what_is_known_is_not_decoded_again(tmp_path, monkeypatch):
    put(tmp_path, blobs(3, (8, 8, 3)))
    rows = list(folder.look(tmp_path))
    decoded, decode = [], folder.decode
    monkeypatch.setattr(folder, "decode", lambda content: (decoded.append(content), decode(content))[1])
    put(tmp_path, blobs(1, (8, 8, 3), 9), first=3)
    assert list(folder.look(tmp_path, known={row["sha256"]: row for row in rows}))[:3] == rows
    assert len(decoded) == 1


@pytest.mark.parametrize("lost", ["levels", "hash", "values", "shape", "frames"])
def test_rows_of_an_earlier_version_are_made_again(tmp_path, lost):
    put(tmp_path, blobs(3, (8, 8, 3)))
    rows = list(folder.look(tmp_path))
    known = {row["sha256"]: {name: fact for name, fact in row.items() if name != lost} for row in rows}
    assert list(folder.look(tmp_path, known=known)) == rows


def test_what_could_not_be_read_is_read_again(tmp_path, monkeypatch):
    """Another decoder may be there by now."""
    put(tmp_path, blobs(3, (8, 8, 3)))
    with monkeypatch.context() as patch:
        patch.setattr(folder, "decode", lambda _: (_ for _ in ()).throw(ValueError("is of an unknown kind")))
        rows = list(folder.look(tmp_path))
    assert all(row["error"] == "is of an unknown kind" for row in rows)
    assert all("values" in row for row in folder.look(tmp_path, known={row["sha256"]: row for row in rows}))


def test_classes_are_sub_folders(tmp_path):
    for name, count in {"cats": 60, "dogs": 40}.items():
        put(tmp_path / name, blobs(count, (8, 8, 3), len(name) + count))
    rows = list(folder.look(tmp_path))
    assert rows_of.classes_of(rows) == (("cats", "dogs"), "")
    put(tmp_path / "rare", blobs(2, (8, 8, 3), 5))
    names, why = rows_of.classes_of(list(folder.look(tmp_path)))
    assert not names and "rare has 2 of 102" in why
    put(tmp_path, blobs(1, (8, 8, 3), 6))
    assert "in no sub-folder" in rows_of.classes_of(list(folder.look(tmp_path)))[1]
    assert rows_of.classes_of(list(folder.look(tmp_path / "cats"))) == ((), "")


@pytest.mark.parametrize("fit", ["crop", "pad"])
def test_a_listing_becomes_arrays(tmp_path, fit):
    for seed, name in enumerate(("cats", "dogs")):
        put(tmp_path / "source" / name, blobs(5, (8, 12, 3), seed))
        put(tmp_path / "source" / name, blobs(5, (9, 6, 1), seed), "bmp", first=5)
    settings = listed(tmp_path / "raw", tmp_path / "source", fit=fit)
    assert settings.channels == 3 and settings.images == 20 and settings.classes == 2
    images = listing.decoded(tmp_path / "raw", "images", 8)
    assert images.train.shape == (20, 8, 8, 3) and images.classes == ("cats", "dogs") and images.groups is None
    assert Counter(images.train_labels.tolist()) == {0: 10, 1: 10}
    grey = images.train[5:10]
    assert (grey == grey[..., :1]).all()


def test_white_is_of_as_many_bits_as_there_are(tmp_path):
    tmp_path.joinpath("source").mkdir()
    for i, image in enumerate(blobs(3, (8, 8, 1))):
        Image.fromarray(image[..., 0].astype(np.uint16) * 16).save(tmp_path / f"source/{i}.png")
    settings = listed(tmp_path / "raw", tmp_path / "source")
    assert settings.white == 4095 and settings.channels == 1
    assert np.abs(listing.decoded(tmp_path / "raw", "images", 8).train.astype(int) - blobs(3, (8, 8, 1))).max() <= 1


def test_a_file_that_has_changed_is_named(tmp_path):
    put(tmp_path / "source", blobs(3, (8, 8, 3)))
    settings = listed(tmp_path / "parts/raw", tmp_path / "source")
    put(tmp_path / "source", blobs(1, (8, 8, 3), 9), first=1)
    with pytest.raises(UserError, match=r"001\.png of .* has changed"):
        listing.decoded(tmp_path / "parts/raw", "images", 8)
    listing.fetch(tmp_path / "parts/raw", settings, "photographs")  # the listing fits: nobody looks again
    (tmp_path / "parts/raw/listing.json").unlink()
    with pytest.raises(UserError, match=r"has other files than when `make own NAME=parts` ran"):
        listing.fetch(tmp_path / "parts/raw", settings, "photographs")


def test_a_listing_that_is_lost_is_made_again(tmp_path):
    put(tmp_path / "source", blobs(3, (8, 8, 3)))
    settings = listed(tmp_path / "raw", tmp_path / "source")
    before = (tmp_path / "raw/listing.json").read_bytes()
    for other in (b"cut", b"[]"):
        (tmp_path / "raw/listing.json").write_bytes(other)
        listing.fetch(tmp_path / "raw", settings, "photographs")
        assert (tmp_path / "raw/listing.json").read_bytes() == before


@pytest.mark.parametrize("labelled", [True, False])
def test_groups_stay_on_one_side(labelled):
    random = np.random.default_rng(0)
    groups = random.integers(0, 60, 400)
    labels = groups % 3 if labelled else None
    images = Images(blobs(400, (8, 8, 1)), labels, None, None, None, groups.astype(str))
    arrays = split(images, FRACTIONS, least=20)
    sides = [set(arrays[f"{name}_groups"]) for name in ("train", "validation", "test")]
    assert sum(map(len, sides)) == len(set.union(*sides)) == len(set(groups))
    assert sum(len(arrays[name]) for name in ("train", "validation", "test")) == 400
    assert 60 <= len(arrays["test"]) <= 100 and 20 <= len(arrays["validation"]) <= 50
    if labelled:
        assert np.bincount(arrays["test_labels"]).min() > 10


def test_small_sets_have_splits_that_give_scores():
    arrays = split(Images(blobs(100, (8, 8, 1)), None, None, None, None), FRACTIONS, least=20)
    assert [len(arrays[name]) for name in ("train", "validation", "test")] == [60, 20, 20]


def test_of_few_images_each_is_tested_once():
    images, groups = blobs(23, (8, 8, 1)), np.arange(23) // 2
    for grouped in (None, groups):
        splits = folds(Images(images, None, None, None, None, grouped), seed=0)
        tested = [image.tobytes() for arrays in splits for image in arrays["test"]]
        assert len(splits) == FOLDS and sorted(tested) == sorted(image.tobytes() for image in images)
        for arrays in splits:
            parts = [{image.tobytes() for image in arrays[name]} for name in ("train", "validation", "test")]
            assert sum(map(len, parts)) == len(set.union(*parts)) == 23 and min(map(len, parts[1:])) >= 4
            if grouped is not None:
                sides = [set(arrays[f"{name}_groups"].tolist()) for name in ("train", "validation", "test")]
                assert sum(map(len, sides)) == len(set.union(*sides))
    with pytest.raises(UserError, match="a fifth of the images has 0, 3 are needed: smaller groups"):
        folds(Images(images, None, None, None, None, np.arange(23) // 8), seed=0)


def test_few_images_have_no_classes_and_splits_in_folders_of_their_own(tmp_path):
    for name in "ab":
        put(tmp_path / "source" / name, blobs(12, (8, 8, 1), ord(name)))
    settings = listed(tmp_path / "raw", tmp_path / "source")
    images, others = listing.decoded(tmp_path / "raw", "images", 8), Images(blobs(5, (8, 8, 1)), *[None] * 4)
    assert settings.classes == 0 and images.classes is None
    arrays = prepare.arrays_of(images, others, 8, FRACTIONS, least=20)
    assert {"test", "images/train", "fold-1/test", "images/fold-4/train", "images/fold-4/shown"} <= set(arrays)
    assert "fold-1/anomalies" not in arrays and not any(name.endswith("labels") for name in arrays)
    assert sizes(24, None, FRACTIONS, 20) == {"train": 14, "validation": 4, "test": 4}


def test_images_are_cut_into_patches_that_stay_together(tmp_path):
    whole = blobs(120, (32, 32, 3))
    put(tmp_path / "source", whole)
    settings = listed(tmp_path / "raw", tmp_path / "source", whole=32)
    images = listing.decoded(tmp_path / "raw", "images", 16)
    assert images.train.shape == (480, 16, 16, 3) and settings.whole == 32
    np.testing.assert_array_equal(joined(images.train[:4], 32, 32), whole[0])
    arrays = prepare.arrays_of(images, images, 16, FRACTIONS, least=20)
    pictures = [set(arrays[f"{name}_pictures"].tolist()) for name in ("validation", "test")]
    assert not set.intersection(*pictures) and len(arrays["test"]) == 4 * len(pictures[1])
    assert len(arrays["anomalies"]) == len(arrays["anomalies_pictures"]) == len(arrays["test"])


def test_groups_that_are_too_large():
    groups = np.array(["a"] * 180 + list("bcdefghijklmnopqrstu"))
    with pytest.raises(UserError, match=r"cannot be cut|20 are needed: more images, or smaller groups"):
        split(Images(blobs(200, (8, 8, 1)), None, None, None, None, groups), FRACTIONS, least=20)


def test_anomalies_of_groups_that_training_sees_are_left_out(tmp_path):
    """What is known of a patient or a product is known of its anomalies as well."""
    put(tmp_path / "source", blobs(200, (8, 8, 1)))
    put(tmp_path / "odd", blobs(200, (8, 8, 1), 1))
    (tmp_path / "odd/000.png").write_bytes((tmp_path / "source/003.png").read_bytes())
    listed(tmp_path / "raw", tmp_path / "source", tmp_path / "odd", group=r"(\d)\d\.png")
    images, anomalies = (listing.decoded(tmp_path / "raw", kind, 8) for kind in ("images", "anomalous"))
    assert len(images.groups) == 200 and len(anomalies.train) == 199, "an anomaly that is an image is none"
    few = Images(anomalies.train[:5], None, None, None, None, anomalies.groups[:5])
    arrays = prepare.arrays_of(images, anomalies, 8, FRACTIONS, least=20)
    assert 20 <= len(arrays["anomalies"]) < 60 and not any("groups" in name for name in arrays)
    with pytest.raises(UserError, match="none of the 5 anomalies is of a group that training does not see"):
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
    assert settings.images == 30 and settings.classes == (2 if name == "images.npz" else 0)
    images = listing.decoded(tmp_path / "raw", "images", 8)
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
    monkeypatch.setattr(array_file, "LARGEST", 10_000)
    np.savez_compressed(tmp_path / "bomb.npz", images=np.zeros((100, 20, 20), np.uint8))
    with pytest.raises(UserError, match="unpacks to more than"):
        list(folder.look(tmp_path / "bomb.npz"))


def test_a_folder_in_the_layout_of_mvtec_becomes_arrays(tmp_path):
    """Defects train nobody, masks are no images, and each anomaly's mask is named."""
    source, counts = tmp_path / "source", {"train/good": 40, "test/good": 8, "test/cut": 5, "test/dent": 4}
    for seed, (name, count) in enumerate(counts.items()):
        put(source / name, blobs(count, (8, 8, 1), seed))
    for name in ("cut", "dent"):
        put(source / "ground_truth" / name, np.full((counts[f"test/{name}"], 8, 8, 1), 255, np.uint8))
    settings = listed(tmp_path / "raw", source, source)
    assert (settings.images, settings.validation, settings.test, settings.classes) == (40, None, 8, 0)
    images, anomalies = (listing.decoded(tmp_path / "raw", kind, 8) for kind in ("images", "anomalous"))
    np.testing.assert_array_equal(images.train, blobs(40, (8, 8, 1), 0))
    np.testing.assert_array_equal(images.test, blobs(8, (8, 8, 1), 1))
    arrays = prepare.arrays_of(images, anomalies, 8, FRACTIONS, least=8)
    defects = np.concatenate([blobs(5, (8, 8, 1), 2), blobs(4, (8, 8, 1), 3)])
    np.testing.assert_array_equal(arrays["anomalies"], defects)
    found = listing.anomaly_files(tmp_path / "raw", arrays["anomaly_indices"])
    assert found["folder"] == str(source) and len(found["images"]) == 9
    mask = "ground_truth/cut/000.png"
    sha256 = folder.digest((source / mask).read_bytes())
    first = {"name": "test/cut/000.png", "kind": "cut", "masks": {mask: sha256}}
    assert found["images"][0] == first and found["images"][-1]["kind"] == "dent"
    listing.fetch(tmp_path / "raw", settings, str(source))
    (tmp_path / "raw/listing.json").unlink()
    listing.fetch(tmp_path / "raw", settings, str(source))
    put(source / "ground_truth/cut", np.zeros((1, 8, 8, 1), np.uint8), first=1)
    (tmp_path / "raw/listing.json").unlink()
    with pytest.raises(UserError, match="other files"):
        listing.fetch(tmp_path / "raw", settings, str(source))


def test_good_is_never_an_anomaly(tmp_path):
    for seed, name in enumerate(("product/train/good", "product/test/good", "product/test/cut")):
        put(tmp_path / name, blobs(6, (8, 8, 1), seed))
    product = tmp_path / "product"
    for source, others in ((product / "test", 6), (product, 12)):
        rows = list(folder.look(source, anomalous=True))
        used = [row["name"] for row in rows_of.usable(rows)]
        assert len(used) == 6 and all("cut/" in name for name in used)
        assert sum(row.get("error") == folder.LEFT_OUT["normal"] for row in rows) == others


def test_masks_in_a_folder_of_anomalies_alone(tmp_path):
    for seed, name in enumerate(("scratch", "dent", "ground_truth/scratch")):
        put(tmp_path / name, blobs(1, (8, 8, 1), seed))
    rows = by_name(folder.look(tmp_path, anomalous=True))
    masks = {name: list(row["masks"]) for name, row in rows.items() if "masks" in row}
    assert masks == {"scratch/000.png": ["ground_truth/scratch/000.png"], "dent/000.png": []}
    assert {name for name, row in rows.items() if "values" in row} == set(masks)
    assert {rows[name]["split"] for name in masks} == {None}


def test_published_splits_with_classes(tmp_path):
    for seed, name in enumerate(("train/cats", "train/dogs", "val/cats", "val/dogs", "test/cats", "test/dogs")):
        put(tmp_path / "source" / name, blobs(12 if seed < 2 else 5, (8, 8, 1), seed))
    settings = listed(tmp_path / "raw", tmp_path / "source")
    assert (settings.images, settings.validation, settings.test, settings.classes) == (24, 10, 10, 2)
    images = listing.decoded(tmp_path / "raw", "images", 8)
    arrays = split(images, FRACTIONS, least=4)
    assert [len(arrays[name]) for name in ("train", "validation", "test")] == [24, 10, 10]
    np.testing.assert_array_equal(arrays["validation"], np.concatenate([blobs(5, (8, 8, 1), seed) for seed in (2, 3)]))
    assert arrays["test_labels"].tolist() == [0] * 5 + [1] * 5
    put(tmp_path / "source/test/birds", blobs(5, (8, 8, 1), 9))
    rows = rows_of.usable(list(folder.look(tmp_path / "source")))
    assert rows_of.classes_of(rows) == ((), "no image of birds is there to train on")


def test_dates_are_classes_where_that_is_asked_for(tmp_path):
    for seed, name in enumerate(("2023-05-01", "2023-05-02")):
        put(tmp_path / name, blobs(10, (8, 8, 1), seed))
    rows = list(folder.look(tmp_path))
    assert rows_of.classes_of([]) == ((), "")
    assert rows_of.classes_of(rows)[0] == () and "CLASSES=folders" in rows_of.classes_of(rows)[1]
    assert rows_of.classes_of(rows, "folders")[0] == ("2023-05-01", "2023-05-02")
    assert rows_of.classes_of([row | {"label": row["label"][-1]} for row in rows], "none") == ((), "as asked for")


def test_labels_of_a_file_are_classes(tmp_path):
    put(tmp_path / "photos", blobs(20, (8, 8, 1)))
    lines = [f"{i:03}.png,{'cat' if i % 2 else 'dog'}" for i in range(20)]
    (tmp_path / "labels.csv").write_text("\n".join(["file,label", *lines]))
    rows = list(folder.look(tmp_path))
    assert rows_of.classes_of(rows_of.usable(rows)) == (("cat", "dog"), "")
    before = rows_of.fingerprint(rows, [])
    (tmp_path / "labels.csv").write_text("\n".join(["file,label", "000.png,cat", *lines[1:]]))
    assert rows_of.fingerprint(list(folder.look(tmp_path)), []) != before
