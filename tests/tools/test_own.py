"""`make own`: what it finds and chooses, what it says where nothing can be done, and that params.yaml is never half."""

import re
import shutil
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from helpers import ROOT, blobs
from own_folders import put
from PIL import Image
from project import ENVIRONMENT
from ruamel.yaml import YAML

from stages.check import folders
from stages.check.data_sets import DataSet
from stages.common.params import parsed
from stages.common.stage import UserError
from stages.prepare import folder, listing, rows
from stages.prepare.settings import Split
from stages.train.settings import cell_of
from tools.command import FailedError
from tools.own import command, defaults, estimate, memory, private, remove, settings, speed
from tools.own.plan import asked_levels, look_at_all
from tools.own.table import looked_at, table
from tools.own.understood import of_levels

TEXT = (ROOT / "params.yaml").read_text()


def block_of(source, **changes):
    """A block as it is chosen for a folder."""
    rows = list(folder.look(source))
    images = defaults.folder_of(source, rows, [], fit="crop", group=None, architectures=["pca"], minutes=None)
    given = {"image_size": 16, "latent_size": 8} | changes
    choices = defaults.chosen(given, {}, images, rows, Split(**parsed(TEXT, "")["split"]))
    return DataSet(folder=images, anomalies="digits", **{name: choice.value for name, choice in choices.items()})


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


def test_params_keep_every_line_and_comment(tmp_path):
    put(tmp_path / "images", blobs(120, (16, 16, 1)))
    block = block_of(tmp_path / "images").model_dump()
    once = settings.with_data_set(TEXT, "odd", block)
    lines = TEXT.splitlines()
    kept = [line for line in once.splitlines() if line in set(lines)]
    position = 0
    for line in lines:  # in their order
        position = once.index(line, position)
    assert [line for line in kept if "#" in line] == [line for line in lines if "#" in line]
    params = parsed(once, "params.yaml")
    assert params["data"].pop("odd") == block and params["datasets"].pop() == "odd"
    assert params == parsed(TEXT, "params.yaml")
    assert settings.with_data_set(once, "odd", block) == once
    twice = settings.with_data_set(once, "parts", block)
    assert parsed(twice, "")["data"].keys() >= {"odd", "parts", "digits"}


def test_a_comment_that_would_be_lost_stops(tmp_path):
    put(tmp_path / "images", blobs(120, (16, 16, 1)))
    block = block_of(tmp_path / "images").model_dump()
    text = settings.with_data_set(TEXT, "odd", block).replace("      fit:", "      # mine\n      fit:", 1)
    with pytest.raises(UserError, match="# mine"):
        settings.with_data_set(text, "odd", block | {"anomalies": "mnist"})


def test_a_data_set_is_taken_out_of_the_settings(tmp_path):
    """Every line and comment of others stays, also where its name stands among those that are ablated."""
    put(tmp_path / "images", blobs(120, (16, 16, 1)))
    block = block_of(tmp_path / "images").model_dump()
    both = settings.with_data_set(settings.with_data_set(TEXT, "odd", block), "odd_parts", block)
    once = remove.without_data_set(both, "odd")
    assert parsed(once, "")["datasets"][-1] == "odd_parts" and parsed(once, "")["data"]["odd_parts"] == block
    assert remove.without_data_set(once, "odd_parts") == TEXT
    ablated = both.replace("ablated:\n  datasets:\n", "ablated:\n  datasets:\n  - odd\n")
    ablated = ablated.replace("ablations:\n", "ablations:\n  odd:\n    epochs:\n    - 1\n")
    assert "odd" in parsed(ablated, "")["ablations"] and remove.without_data_set(ablated, "odd") == once
    with pytest.raises(UserError, match=r"# mine.*the block of odd.*move it"):
        remove.without_data_set(both.replace("      fit:", "      # mine\n      fit:"), "odd")


LOCK = """\
schema: '2.0'
stages:
  check:
    cmd: python -m stages.check
    deps:
    - path: metrics/odd
  fetch@odd:
    cmd: python -m stages.prepare.fetch --dataset odd
  train@odd-pca:
    cmd: python -m stages.train --dataset odd --architecture pca
    params:
      params.yaml:
        data.odd.seeds:
        - 0
  train@odd_parts-pca:
    cmd: x
  train@parts-odd:
    cmd: y
  replicate@odd_parts:
    cmd: z
"""


def test_the_stages_of_a_data_set_are_taken_out_of_the_lock():
    head, tail = LOCK[: LOCK.index("  fetch@odd:")], LOCK[LOCK.index("  train@odd_parts") :]
    assert remove.without_stages(LOCK, "odd") == head + tail
    assert remove.without_stages(LOCK, "moon") == LOCK


def test_only_a_data_set_of_ones_own_is_taken_out(monkeypatch):
    monkeypatch.chdir(ROOT)
    for name in ("digits", "moon", ""):
        with pytest.raises(UserError, match=f"NAME={name}: is no data set of your own; there are: "):
            remove.main(name=name)
    assert (ROOT / "params.yaml").read_text() == TEXT


def test_params_are_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings.PARAMS.write_text("before")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(settings.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        settings.write("after")
    assert settings.PARAMS.read_text() == "before" and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "name", ["", "a b", "../up", "digits", "photographs", "é", "x" * 60, "7", "_", "no", "Null", "Digits", "odd"]
)
def test_names_that_cannot_be(name, params, monkeypatch):
    monkeypatch.chdir(ROOT)
    params["data"]["odd"] = None
    with pytest.raises(UserError, match="NAME="):
        settings.check_name(name, params)


def outputs(stage):
    """Paths of all outputs of a stage of dvc.yaml, which may be one of a `foreach`."""
    stage = stage.get("do", stage)
    entries = [entry for kind in ("outs", "metrics", "plots") for entry in stage.get(kind, ())]
    return [next(iter(entry)) if isinstance(entry, dict) else entry for entry in entries]


def test_any_other_name_is_free(params, monkeypatch):
    """In the folders of data sets, all that belongs to none of them has a name that no data set can have."""
    monkeypatch.chdir(ROOT)
    stages = YAML(typ="safe").load(settings.PIPELINE)["stages"].values()
    paths = [path.split("/") for stage in stages for path in outputs(stage)]
    names = [path[1] for path in paths if path[0] in remove.FOLDERS]
    assert names.count("${item.dataset}") > 20 and {"published.json", "published-figures"} <= set(names)
    assert not [name for name in names if name != "${item.dataset}" and not {"-", "."} & set(name)]
    for name in ("published", "summary", "photos"):
        settings.check_name(name, params)


def test_stages_of_a_data_set(monkeypatch):
    monkeypatch.chdir(ROOT)
    kinds = settings.kinds_of_stages()
    assert kinds[:3] == ["fetch", "prepare", "references"] and {"illustrate", "judge"} <= set(kinds)
    assert "train" not in kinds and "report" not in kinds


def status(monkeypatch, code, said, *ends):
    """What `dvc status` ends with and says, and what the commands before and after it end with."""
    done, codes = Namespace(returncode=code, stdout=said, stderr="ERROR: Unable to\nacquire lock"), iter(ends)
    monkeypatch.setattr(command.subprocess, "run", lambda *_, **__: done)
    monkeypatch.setattr(command, "started", lambda *_: next(codes))


def test_scores_go_only_where_others_are_judged_without_them(tmp_path, monkeypatch):
    shutil.copy(ROOT / "dvc.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    scores = [tmp_path / f"metrics/odd/scores/{name}.json" for name in ("pca", "vanilla")]
    scores[0].parent.mkdir(parents=True)
    for path in scores:
        path.touch()
    for code, said, why in (
        (255, "", "Unable to acquire lock"),
        (0, '{"evaluate@odd-pca": 1, "evaluate@odd-vanilla": 1}', ""),
    ):
        status(monkeypatch, code, said, 1)
        with pytest.raises(FailedError, match=f"^a stage failed.*{why}$") as caught:
            command.run("odd", ["pca", "vanilla"], 1)
        assert "\n" not in str(caught.value) and all(path.exists() for path in scores)
    early = tmp_path / "data/odd/early"
    early.mkdir(parents=True)
    status(monkeypatch, 0, '{"evaluate@odd-vanilla": 1}', 1, 1)
    with pytest.raises(FailedError):
        command.run("odd", ["pca", "vanilla"], 1)
    assert early.exists(), "the page of all is not there"
    status(monkeypatch, 0, '{"evaluate@odd-vanilla": 1}', 1, 0)
    assert command.run("odd", ["pca", "vanilla"], 1) == ["vanilla"]
    assert [path.exists() for path in scores] == [True, False] and not early.exists()


@pytest.mark.parametrize("kind", ["folder", "zip", "digits"])
def test_paths_of_a_private_data_set_are_links(tmp_path, monkeypatch, kind):
    """Links lie in a folder that Git ignores; the images are read through them, and the paths come back from them."""
    source, project = tmp_path / "secret", tmp_path / "project"
    put(source, blobs(120, (16, 16, 1)))
    project.mkdir()
    monkeypatch.chdir(project)
    block = block_of(source)
    others = {"folder": str(source), "zip": str(tmp_path / "bad.zip"), "digits": "digits"}[kind]
    ZipFile(tmp_path / "bad.zip", "w").close()
    plain = with_folder(block, private=False, path=str(source)).model_copy(update={"anomalies": others})
    assert private.with_links("odd", plain) == (plain, {}) and private.without_links(plain) == plain
    closed = with_folder(plain, private=True)
    hidden, links = private.with_links("odd", closed)
    assert "secret" not in str(hidden.model_dump()) and "bad" not in str(hidden.model_dump())
    assert Path(hidden.anomalies).suffix == (".zip" if kind == "zip" else "")
    for _ in range(2):
        private.put(links)
    assert private.without_links(hidden) == closed
    rows = list(folder.look(Path(hidden.folder.path)))
    assert rows == list(folder.look(source))
    listing.write_listing(project / "data/odd/raw", hidden.folder, "digits", rows, [])
    listing.fetch(project / "data/odd/raw", hidden.folder, "digits")
    assert len(listing.decoded(project / "data/odd/raw", "images", 8).train) == 120
    assert "PRIVATE=1" in private.note("odd", False) and "no path" in private.note("odd", True)


SPEEDS = {name: speed.Speed(2, step) for name, step in (("pca", 0), ("vanilla", 0.001), ("residual", 0.1))}


@pytest.fixture
def photos(tmp_path):
    """The block of a folder of 300 images."""
    put(tmp_path / "images", blobs(300, (16, 16, 1)))
    return block_of(tmp_path / "images")


def with_folder(data, **changes):
    return data.model_copy(update={"folder": data.folder.model_copy(update=changes)})


def test_the_time_grows_with_all_that_takes_time(params, photos):
    def seconds(speeds=SPEEDS, jobs=1, **changes):
        return estimate.seconds(params, photos.model_copy(update=changes), speeds, 4, jobs)

    usual = seconds()
    assert seconds(epochs=24) > usual < seconds(seeds=[0, 1, 2, 3, 4])
    assert seconds({"pca": SPEEDS["pca"]}) < usual and usual / 2 < seconds(jobs=2) < usual


def test_the_time_grows_with_images_also_where_no_network_is_in(params, photos):
    """A classifier, probes and nearest neighbours on the pixels of 100,000 images take longer than a small network."""

    def seconds(images, classes):
        data = with_folder(photos, images=images, classes=classes)
        return estimate.seconds(params, data, {"pca": SPEEDS["pca"]}, 4, 1)

    assert seconds(100_000, 10) > 5 * seconds(10_000, 10) > 5 * seconds(300, 10)
    assert seconds(100_000, 0) < seconds(100_000, 10) / 5


def test_the_time_of_large_images_is_not_that_of_all_their_components(params, photos):
    """16,384 pixels of 300 images have 300 components: minutes, not hours."""

    def seconds(size):
        return estimate.seconds(params, photos.model_copy(update={"image_size": size}), {"pca": speed.SOLVED}, 4, 1)

    assert seconds(32) < seconds(128) < 10 * seconds(32)
    many = with_folder(photos, images=20_000)
    assert estimate.seconds(params, many.model_copy(update={"image_size": 64}), {"pca": speed.SOLVED}, 4, 1) > seconds(
        64
    )


def test_a_classifier_and_probes_see_large_images_smaller(params, photos):
    def with_classes(size):
        data = with_folder(photos.model_copy(update={"image_size": size}), classes=10)
        counts = estimate.images_of(params, data)
        every = [estimate._references(params, with_folder(data, classes=n), counts, size**2) for n in (10, 0)]
        return every[0] - every[1]

    assert with_classes(64) == pytest.approx(with_classes(32)) and with_classes(32) > with_classes(16) > 0


def test_a_limit_cuts_until_it_fits(params, photos):
    whole = estimate.seconds(params, photos, SPEEDS, 4, 1)
    data, kept, taken, cut = estimate.fit(params, photos, SPEEDS, 4, 1, whole + 1)
    assert (data, kept, cut) == (photos, list(SPEEDS), []) and taken == whole
    data, kept, taken, cut = estimate.fit(params, photos, SPEEDS, 4, 1, 0.7 * whole)
    assert taken <= 0.7 * whole and data.epochs < photos.epochs and kept == list(SPEEDS) and "epochs" in cut[0]
    data, kept, taken, cut = estimate.fit(params, photos, SPEEDS, 4, 1, 1)
    assert len(data.seeds) == 2 and kept == ["pca", "vanilla"] and cut[-1] == "without residual" and taken > 1


def test_few_images_are_not_tuned_and_all_are_tested(params, photos):
    """Each seed has a split of its own, so that no limit cuts seeds."""
    few = with_folder(photos, images=60).model_copy(update={"seeds": list(range(5)), "batch_size": 8})
    published = with_folder(few, test=20)
    untuned = params | {"tuning": params["tuning"] | {"trials": 0}}
    for data, tuned in ((few, False), (published, True)):
        spent, without = (estimate.seconds(own, data, SPEEDS, 4, 1) for own in (params, untuned))
        assert (spent > without) == tuned
    assert len(estimate.fit(params, few, SPEEDS, 4, 1, 1)[0].seeds) == 5
    assert len(estimate.fit(params, published, SPEEDS, 4, 1, 1)[0].seeds) == 2


def test_memory_is_told_where_it_is_much_or_too_much(params, photos):
    assert memory.lines(params, photos, 1, limit=8e9) == []
    data = with_folder(photos, images=100_000, classes=10, channels=3).model_copy(update={"image_size": 32})
    assert memory.lines(params, data, 1, limit=8e9) == ["memory: about 3.6 GB"]
    line, advice = memory.lines(params, data, 2, limit=4e9)
    assert line == "memory: about 4.8 GB" and "4.0 GB" in advice
    size = int(re.search(r"SIZE=(\d+) JOBS=1", advice)[1])
    fits = [memory.peak(params, data.model_copy(update={"image_size": own}), 1) for own in (size, size + 4)]
    assert fits[0] <= 4e9 < fits[1]
    assert "fewer images" in memory.lines(params, data, 2, limit=1e9)[1]


def test_memory_for_patches_is_that_of_all_of_them(params, photos):
    """Smaller images have fewer patches; SIZE= is that of images, which no smaller patches are meant by."""
    data = with_folder(photos, images=20_000, whole=256).model_copy(update={"image_size": 64})
    advice = memory.lines(params, data, 2, limit=14e9)[1]
    size = int(re.search(r"SIZE=(\d+) JOBS=1", advice)[1])
    fits = [memory.peak(params, with_folder(data, whole=own), 1) for own in (size, size + 64)]
    assert size in (128, 192) and fits[0] <= 14e9 < fits[1]
    assert "fewer images" in memory.lines(params, data, 2, limit=1e9)[1]


@pytest.mark.parametrize(("size", "images", "measured"), [(64, 110, 1.26e9), (128, 300, 1.86e9)])
def test_memory_is_within_a_third_of_what_was_measured(params, photos, size, images, measured):
    """The most that any stage took, by /usr/bin/time, of grey images: references."""
    data = with_folder(photos, images=images).model_copy(update={"image_size": size})
    assert measured / 1.3 < memory.peak(params, data, 1) < 1.3 * measured


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


def test_speed_is_measured(params):
    params["data"]["digits"]["batch_size"] = 8
    measured = speed.measure(cell_of(params, "digits", "vanilla"), (16, 16, 1))
    assert 0 < measured.step < measured.start
    assert speed.measure(cell_of(params, "digits", "pca"), (16, 16, 1)) == speed.SOLVED


@pytest.fixture
def project(tmp_path):
    """A copy of the project's code and settings."""
    for name in ("stages", "tools"):
        shutil.copytree(ROOT / name, tmp_path / "project" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("params.yaml", "dvc.yaml"):
        shutil.copy(ROOT / name, tmp_path / "project")
    return tmp_path / "project"


def refused(folder, *flags):
    """What is said where the exit code is 2."""
    done = subprocess.run(
        [sys.executable, "-m", "tools", "own", *flags], cwd=folder, env=ENVIRONMENT, text=True, capture_output=True
    )
    assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    return line


def test_where_nothing_can_be_done(project, tmp_path):
    """One line, exit code 2, and params.yaml as it was."""
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
        assert said in refused(project, *flags), flags
    assert (project / "params.yaml").read_text() == TEXT and not (project / "data").exists()
