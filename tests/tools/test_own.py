"""`make own`: what it finds and chooses, and what it says where nothing can be done."""

import re
import shutil
from argparse import Namespace
from zipfile import ZipFile

import numpy as np
import pytest
from helpers import ROOT, blobs
from own_folders import block_of, put, with_folder
from PIL import Image

from stages.check import folders
from stages.common.stage import UserError
from stages.prepare import folder, listing, rows
from tools.command import run
from tools.own import defaults
from tools.own.command import main
from tools.own.plan import asked_levels, look_at_all
from tools.own.table import looked_at, table
from tools.own.understood import of_levels

TEXT = (ROOT / "params.yaml").read_text()


def test_the_table_names_what_is_left_out(tmp_path):
    put(tmp_path, blobs(3, (8, 12, 3)))
    (tmp_path / "b\nad.png").write_bytes(b"")
    (tmp_path / "notes.txt").write_bytes(b"")
    (tmp_path / "twice.png").write_bytes((tmp_path / "001.png").read_bytes())
    lines = table(list(folder.look(tmp_path)))
    assert (
        lines[0] == "3 of 6 files are used"
        and "formats: 3 PNG" in lines
        and "rotated by EXIF: 0, turned upright" in lines
    )
    assert r"  b\nad.png is empty" in lines and "  twice.png repeats 001.png" in lines
    assert "no images by their names: 1 .txt" in lines and not any("\n" in line for line in lines)


def test_many_files_with_one_fault_are_one_line(tmp_path):
    put(tmp_path, blobs(3, (8, 8, 1)))
    for i in range(50):
        (tmp_path / f"{i}.jpg").write_bytes(b"version https://git-lfs.github.com/spec/v1")
    lines = [line for line in table(list(folder.look(tmp_path))) if "LFS" in line]
    assert lines == [
        "  50 files, such as 0.jpg: each is a Git LFS pointer, not the image itself: `git lfs pull` brings it"
    ]


def understood(capsys, source, anomalies=None, classes_by=None):
    """The first lines of what is said, and all that was seen."""
    seen = look_at_all("odd", str(source), anomalies, None, classes_by)[1]
    return capsys.readouterr().out.splitlines(), seen


def test_what_was_understood_comes_first(tmp_path, capsys):
    product = tmp_path / "product"
    for seed, (name, count) in enumerate({"train/good": 30, "test/good": 7, "test/cut": 3}.items()):
        put(product / name, blobs(count, (8, 8, 1), seed))
    put(product / "ground_truth/cut", np.full((2, 8, 8, 1), 255, np.uint8))
    said, seen = understood(capsys, product)
    assert said[1:5] == [
        "  layout: normal images and anomalies in splits, as MVTec AD",
        "  splits: train 30, validation is cut from train, test 7",
        "  classes: none; tasks that need classes are left out",
        "  anomalies, left out of training: 3 cut; masks of 2 of them, which anomaly maps are held against",
    ]
    assert seen.anomalies == str(product) and len(seen.anomalous) == 3
    assert "  left out, not opened: 2, each of which is a mask" in said
    said, seen = understood(capsys, product, "digits")
    assert seen.anomalies == "digits" and not seen.anomalous and "the 3 in the folder are left out" in said[4]
    said, seen = understood(capsys, product / "train", str(product / "test"))
    assert [row["name"] for row in seen.anomalous if "values" in row] == [f"cut/00{i}.png" for i in range(3)]
    assert "  left out, not opened: 7, each of which is normal by the name of its folder, no anomaly" in said


def test_a_mask_that_could_be_of_several_is_said(tmp_path, capsys):
    for seed, name in enumerate(("good", "cut", "dent")):
        put(tmp_path / name, blobs(30, (8, 8, 1), seed))
    put(tmp_path / "masks", np.full((2, 8, 8, 1), 255, np.uint8))
    said, _ = understood(capsys, tmp_path)
    assert "30 cut, 30 dent; no masks" in said[4]
    assert any("not opened: 2, each of which is a mask of several anomalies by its name" in line for line in said)


def test_classes_and_images_that_look_the_same_are_said(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(rows, "FEW", 0)
    for seed, name in enumerate(("2023", "2024")):
        put(tmp_path / name, blobs(15, (16, 16, 1), seed))
    Image.open(tmp_path / "2023/003.png").resize((24, 24)).save(tmp_path / "2024/again.png")
    said, _ = understood(capsys, tmp_path)
    assert "the sub-folders are dates; CLASSES=folders makes them classes" in said[3]
    assert any("look" in line and "2023/003.png and 2024/again.png" in line and "GROUP=" in line for line in said)
    assert understood(capsys, tmp_path, None, "folders")[0][3] == "  classes: 16 2024, 15 2023"


def test_black_and_white_are_said(tmp_path):
    tmp_path.joinpath("images").mkdir()
    for i, image in enumerate(blobs(20, (8, 8, 1))):
        values = image[..., 0].astype(np.uint16) * 16
        values[0, 0] = 65_535
        Image.fromarray(values).save(tmp_path / f"images/{i}.png")
    rows = list(folder.look(tmp_path / "images"))
    asked = {"fit": "crop", "group": None, "architectures": ["pca"], "minutes": None}
    found = defaults.folder_of(tmp_path / "images", rows, [], **asked)
    assert of_levels(found, rows).startswith(
        "black and white: 0 and 4,095, the values of 99% of the images fit into 12"
    )
    given = defaults.folder_of(tmp_path / "images", rows, [], **asked, black=100, white=2000)
    assert "100 and 2,000, as given" in of_levels(given, rows)
    pixels = listing.pixels_of(tmp_path / "images", rows[:1], 8, given)[0]
    expected = np.clip((blobs(20, (8, 8, 1))[int(rows[0]["name"][:-4])] * 16.0 - 100) / 1900, 0, 1) * 255
    assert np.abs(pixels[1:, 1:] - expected[1:, 1:]).max() <= 0.5
    with pytest.raises(UserError, match="BLACK=5000: should be below white, which is 4,095"):
        defaults.folder_of(tmp_path / "images", rows, [], **asked, black=5000)


def test_black_and_white_that_were_given_stay(tmp_path):
    """Also where they are those of a folder without images of more than eight bits, which are chosen again."""
    put(tmp_path, blobs(20, (8, 8, 1)))
    nothing, asked = Namespace(black=None, white=None), {"fit": "crop", "group": None, "minutes": None}
    for given, levels in ((nothing, (None, None)), (Namespace(black=None, white=65_535), (0, 65_535))):
        first = asked_levels(given, None)
        before = defaults.folder_of(tmp_path, list(folder.look(tmp_path)), [], **asked, architectures=["pca"], **first)
        again = asked_levels(nothing, before)
        assert (before.black, before.white) == (0, 65_535) and (again["black"], again["white"]) == levels
        assert again["levels_given"] == first["levels_given"] == (given.white is not None)
    again = asked_levels(nothing, before.model_copy(update={"white": 4095, "levels_given": False}))
    assert again == {"black": 0, "white": 4095, "levels_given": False}
    assert asked_levels(Namespace(black=7, white=None), before)["black"] == 7


def test_sizes_are_chosen_from_the_images():
    shapes = np.array([[480, 640, 3]] * 9 + [[20, 20, 3]])
    assert defaults.image_size(shapes, 3).value == 64 and defaults.image_size(shapes, 1).value == 128, (
        "few may be large"
    )
    shapes = np.repeat(shapes, 300, axis=0)
    assert defaults.image_size(shapes, 3).value == 32 and defaults.image_size(shapes, 1).value == 64
    assert defaults.image_size(np.array([[28, 28, 1]] * 10), 1).value == 24
    assert defaults.image_size(np.array([[5, 5, 1]] * 10), 1).value == 16
    many = np.broadcast_to([480, 640, 3], (200_000, 3))
    assert defaults.image_size(many, 3).value == 24, "all images together have to fit into memory"


def test_the_latent_size_is_what_the_variance_needs():
    """Images of three independent directions, and noise of all directions."""
    random = np.random.default_rng(0)
    directions = random.normal(0, 1, (3, 256))
    few = np.clip(random.normal(0, 20, (200, 3)) @ directions + 128, 0, 255).astype(np.uint8).reshape(-1, 16, 16, 1)
    assert defaults.latent_size(few).value == defaults.LATENTS[0]
    noise = random.integers(0, 256, (300, 16, 16, 1)).astype(np.uint8)
    assert defaults.latent_size(noise).value == defaults.LATENTS[1]
    assert defaults.latent_size(noise, most=60).value == 32, "no more than there are training images"


@pytest.mark.parametrize("train", [60, 720, 14_400, 72_000])
@pytest.mark.parametrize("latents", [8, 128])
def test_what_is_chosen_is_valid_and_enough(train, latents):
    found = {name: choice.value for name, choice in defaults.of_training(train, 32, latents).items()}
    assert 2 * found["batch_size"] <= train
    assert found["passes_per_epoch"] * train / found["batch_size"] >= defaults.STEPS * 0.99
    assert 256 * found["width"] >= 4 * latents, "no hidden layer under four latents"


def test_patches_are_cut_from_images_that_are_large_enough(tmp_path):
    given = Namespace(patch=16, size=None)
    rows = [{"shape": [70, 90, 3]}] * 40
    assert defaults.whole_size(given, None, rows) == 64
    assert defaults.whole_size(Namespace(patch=16, size=48), None, rows) == 48
    assert defaults.whole_size(Namespace(patch=None, size=48), None, rows) is None
    with pytest.raises(UserError, match="PATCH=40: half of the images are 70 pixels or less"):
        defaults.whole_size(Namespace(patch=40, size=None), None, rows)
    put(tmp_path / "images", blobs(40, (64, 64, 1)))
    former = with_folder(block_of(tmp_path / "images"), whole=64)
    assert defaults.whole_size(Namespace(patch=None, size=None), former, rows) == 64
    assert former.image_size == 16 and former.folder.images == 40
    with pytest.raises(UserError, match="SIZE=16: should be above 16, the size of the patches"):
        defaults.whole_size(Namespace(patch=None, size=16), former, rows)


def test_an_expression_is_tried_before_names_are_searched(tmp_path, monkeypatch):
    """In a program that is stopped; names of files with their folders, also those in an archive."""
    monkeypatch.setattr(folders, "SECONDS", 1)
    monkeypatch.setattr("tools.own.table.look", None)
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("ü" * 40 + "/1.png", b"")
    for source, group in ((tmp_path, "(a+)+$"), (tmp_path / "a.zip", "([^ -~]+)+$")):
        with pytest.raises(UserError, match=re.escape(f"GROUP={group}: takes more than 1 s for a few names")):
            looked_at("FOLDER", str(source), group, {})


def test_more_classes_than_a_page_can_name_are_none(tmp_path):
    facts = [{"name": str(i), "values": str(i), "label": str(i % 101), "split": None} for i in range(3030)]
    assert rows.classes_of(facts) == ((), "there are 101, more than 100")


@pytest.fixture
def project(tmp_path):
    """A copy of the project's code and settings."""
    for name in ("stages", "tools"):
        shutil.copytree(ROOT / name, tmp_path / "project" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("params.yaml", "dvc.yaml"):
        shutil.copy(ROOT / name, tmp_path / "project")
    return tmp_path / "project"


def test_where_nothing_can_be_done(project, tmp_path, monkeypatch, capsys):
    """One line, exit code 2, and params.yaml as it was."""
    monkeypatch.chdir(project)
    put(tmp_path / "few", blobs(5, (8, 8, 3)))
    put(tmp_path / "one", blobs(1, (8, 8, 3)))
    put(tmp_path / "same", np.repeat(blobs(1, (8, 8, 3)), 120, axis=0))
    put(tmp_path / "many", blobs(120, (8, 8, 3)))
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.zip").write_bytes(b"PK")
    np.save(tmp_path / "bytes.npy", blobs(30, (8, 8, 1)).astype(np.float32))
    (tmp_path / "around").mkdir()
    np.save(tmp_path / "around/a.npy", blobs(30, (8, 8, 1)))
    (tmp_path / "lfs").mkdir()
    for i in range(30):
        (tmp_path / f"lfs/{i}.png").write_bytes(b"version https://git-lfs.github.com/spec/v1")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    many = ("--name=odd", f"--folder={tmp_path / 'many'}")
    for flags, said in {
        (): "NAME=''",
        ("--name=digits", "--folder=/"): "NAME=digits: is taken",
        ("--name=no", "--size=big", "--folder=/nowhere"): "NAME='no': names have letters, digits, _ alone, begin with",
        ("--name=odd",): "FOLDER= is missing",
        ("--name=odd", "--folder=/nowhere"): "no such folder",
        ("--name=odd", f"--folder={tmp_path / 'loop'}"): "cannot be used",
        ("--name=odd", f"--folder={tmp_path / 'empty'}"): "0 different images can be used; 20 are needed",
        ("--name=odd", f"--folder={tmp_path / 'few'}"): "5 different images can be used; 20 are needed",
        ("--name=odd", f"--folder={tmp_path / 'one'}"): "1 different images can be used; 20 are needed",
        ("--name=odd", f"--folder={tmp_path / 'around'}"): "FOLDER= takes a.npy itself",
        ("--name=odd", f"--folder={tmp_path / 'lfs'}"): "30 cannot, such as 0.png, which is a Git LFS pointer",
        ("--name=odd", f"--folder={tmp_path / 'one/000.png'}"): "000.png is one image",
        ("--name=odd", f"--folder={tmp_path / 'broken.zip'}"): "is no whole zip archive",
        ("--name=odd", f"--folder={tmp_path / 'bytes.npy'}"): "not from 0 to 1, but to 255: divide by 255",
        ("--name=odd", f"--folder={tmp_path / 'same'}"): "all 120 images are the same",
        (
            *many,
            "--group=(",
        ): "GROUP=(: is no regular expression",
        (*many, "--size=big"): "SIZE=big",
        (*many, "--fit=stretch"): "FIT=stretch",
        (*many, "--architectures=pca vanila"): "no vanila; there are pca, vanilla",
        (*many, "--size=4"): "SIZE=4: should be a whole number from 8 to 4,096",
        (*many, "--size=5000", "--patch=64"): "SIZE=5000: should be a whole number from 8 to 4,096",
        (*many, "--size=8", "--patch=8"): "SIZE=8: should be above 8, the size of the patches",
        (*many, "--size=50", "--patch=64"): "SIZE=50: should be above 64, the size of the patches",
        (*many, "--size=12", "--patch=8"): "folder.whole = 12: should be 16 or more",
        (*many, "--white=70000"): "WHITE=70000: should be a whole number from 1 to 65,535",
        (*many, "--group=a{99999999999}"): "is no regular expression: the repetition number is too large",
        (*many, "--classes=cats"): "CLASSES=cats: should be folders or none",
        (*many, "--white=0"): "WHITE=0",
        (*many, "--black=300", "--white=200"): "BLACK=300: should be below white, which is 200",
        (*many, f"--anomalies={tmp_path / 'many'}"): "0 different images can be used; 1 are needed",
    }.items():
        with pytest.raises(SystemExit) as ended:
            run(main, "own", list(flags))
        (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
        assert ended.value.code == 2 and said in line, flags
    assert (project / "params.yaml").read_text() == TEXT and not (project / "data").exists()
