"""Layouts of folders by their names: what trains, what is a test split, an anomaly, a mask or a class."""

from collections import Counter

import pytest

from stages.common.stage import UserError
from stages.prepare.layout import is_date, is_normal, masks_of, places_of


def names(**counts):
    """Names of files, by folder; __ for /."""
    return [f"{folder.replace('__', '/')}/{i:03}.png" for folder, count in counts.items() for i in range(count)]


def found(files):
    places, words = places_of(files)
    assert set(places) == set(files)
    return Counter((place.role, place.label) for place in places.values()), words


MVTEC = {"train__good": 4, "test__good": 3, "test__scratch": 2, "test__dent": 1, "ground_truth__scratch": 2}


@pytest.mark.parametrize("outer", ["", "product/", "data/product/"])
def test_mvtec(outer):
    counts, words = found([outer + name for name in names(**MVTEC)])
    expected = {("train", None): 4, ("test", None): 3, ("anomaly", "scratch"): 2, ("anomaly", "dent"): 1}
    assert counts == expected | {("mask", None): 2} and "MVTec" in words


@pytest.mark.parametrize(
    ("folders", "expected"),
    [
        ({"train__ok": 3, "test__ok": 2, "test__ko": 1, "gt__ko": 1}, {"train": 3, "test": 2, "anomaly": 1, "mask": 1}),
        ({"Train__Good": 3, "Validation__Good": 2, "Test__Bad": 1}, {"train": 3, "validation": 2, "anomaly": 1}),
        ({"train": 3, "test__good": 2, "test__hole": 1}, {"train": 3, "test": 2, "anomaly": 1}),
        ({"train__ok_front": 3, "train__def_front": 2, "test__def_front": 1}, {"train": 3, "anomaly": 3}),
        ({"train__healthy": 3, "test__healthy": 2, "test__rust": 1}, {"train": 3, "test": 2, "anomaly": 1}),
        ({"good": 3, "bad": 2}, {None: 3, "anomaly": 2}),
        ({"Images__Normal": 3, "Images__Anomaly": 2, "Masks__Anomaly": 2}, {None: 3, "anomaly": 2, "mask": 2}),
        ({"images": 3, "masks": 3}, {None: 3, "mask": 3}),
        ({"masks": 3}, {None: 3}),
        ({"train": 3, "val": 2, "test": 1, "extra": 1}, {"train": 3, "validation": 2, "test": 1, "beside": 1}),
    ],
)
def test_kinds_of_layouts(folders, expected):
    counts, words = found(names(**folders))
    roles = Counter()
    for (role, _), count in counts.items():
        roles[role] += count
    assert roles == expected and bool(words) == (set(roles) != {None})


@pytest.mark.parametrize("inner", [True, False])
def test_classes_within_splits_are_a_published_split(inner):
    pairs = [("train", "cats"), ("train", "dogs"), ("val", "cats"), ("test", "dogs")]
    counts, _ = found(names(**{"__".join(pair if inner else pair[::-1]): 2 for pair in pairs}))
    splits = {("train", "cats"), ("train", "dogs"), ("validation", "cats"), ("test", "dogs")}
    assert counts == dict.fromkeys(splits, 2)


def test_names_of_splits_among_classes_are_classes():
    """A train is a vehicle, and somebody wears a mask."""
    for folders in ({"train": 2, "plane": 2}, {"mask": 2, "no_mask": 2}, {"good": 2, "cats": 2}):
        assert set(found(names(**folders))[0]) == {(None, folder) for folder in folders}
    assert set(found(["a.png", "cats/b.png"])[0]) == {(None, None), (None, "cats")}


def test_a_folder_of_several_such_folders():
    with pytest.raises(UserError, match="such as bottle: give one of them as FOLDER"):
        places_of(names(**{f"{product}__{folder}": 2 for product in ("bottle", "cable") for folder in MVTEC}))


@pytest.mark.parametrize(
    ("image", "masks"),
    [
        ("test/scratch/000.png", ["ground_truth/scratch/000_mask.png"]),
        ("test/scratch/000.png", ["ground_truth/scratch/000.tif"]),
        ("test/scratch/000.png", ["ground_truth/scratch/000/0.png", "ground_truth/scratch/000/1.png"]),
        ("test/scratch/000.png", ["masks/test/scratch/000_gt.png"]),
        ("test/scratch/000.png", ["masks/000_mask.png"]),
        ("test/scratch/000.png", []),
    ],
)
def test_masks_of_anomalies(image, masks):
    others = ["train/good/000.png", "test/good/000.png", "ground_truth/scratch/001_mask.png"]
    places, _ = places_of([*others, image, *masks])
    assert masks_of(places) == ({image: masks}, set())


def test_masks_of_two_kinds_are_not_mixed_up():
    masks = ["ground_truth/a/0_mask.png", "ground_truth/b/0_mask.png"]
    places, _ = places_of(["train/good/0.png", "test/good/0.png", "test/a/0.png", "test/b/0.png", *masks])
    assert masks_of(places) == ({"test/a/0.png": masks[:1], "test/b/0.png": masks[1:]}, set())
    places.pop(masks[1])
    assert masks_of(places) == ({"test/a/0.png": masks[:1], "test/b/0.png": []}, set())


@pytest.mark.parametrize(
    ("images", "mask"),
    [
        (("test/a/0.png", "test/b/0.png"), "masks/0_mask.png"),
        (("test/a/0.png", "test/a/0.jpg"), "ground_truth/a/0_mask.png"),
        (("test/a/0.png", "val/a/0.png"), "ground_truth/a/0.png"),
        (("test/a/0.png", "test/a/0/x.png"), "ground_truth/a/0/x_mask.png"),
    ],
)
def test_a_mask_that_could_be_of_several_is_nobodys(images, mask):
    places, _ = places_of(["train/good/0.png", "test/good/0.png", "test/b/1.png", "masks/1.png", *images, mask])
    assert masks_of(places) == ({name: [] for name in images} | {"test/b/1.png": ["masks/1.png"]}, {mask})


@pytest.mark.parametrize(
    ("normal", "masks"),
    [
        ("train/good/0.png test/good/0.png", {"test/a/0.png": "gt/test/a/0.png", "val/a/0.png": "gt/val/a/0.png"}),
        ("Images/good/0.png", {"Images/a/0.png": "Masks/a/0.png", "Images/b/0.png": "Masks/b/0.png"}),
    ],
)
def test_masks_are_told_apart_by_all_their_folders(normal, masks):
    places, _ = places_of([*normal.split(), *masks, *masks.values()])
    assert masks_of(places) == ({image: [mask] for image, mask in masks.items()}, set())


def test_words_for_normal_and_dates():
    assert all(map(is_normal, ("good", "OK", "Defect free", "no-defect", "ok_front", "normal")))
    assert not any(map(is_normal, ("abnormal", "not_ok", "nok", "goods train", "scratch")))
    assert all(map(is_date, ("1999", "2024-05", "2024-05-01", "20240501", "01.05.2024", "2024_05_01")))
    assert not any(map(is_date, ("3021", "7", "123456", "cats", "2024-cats", "2024-45")))
