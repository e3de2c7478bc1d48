"""`make own`: what it finds and chooses, what it says where nothing can be done, and that params.yaml is never half."""

import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
from helpers import ROOT, blobs
from PIL import Image
from project import ENVIRONMENT

from stages.common.params import parsed
from stages.common.stage import UserError
from stages.prepare import folder
from tools.own import defaults, estimate, memory, settings
from tools.own.table import table

TEXT = (ROOT / "params.yaml").read_text()


def put(place, images):
    place.mkdir(parents=True, exist_ok=True)
    for i, image in enumerate(images):
        Image.fromarray(image if image.shape[2] == 3 else image[..., 0]).save(place / f"{i:03}.png")


def block_of(source, **changes):
    """A block as it is written for a folder."""
    rows = list(folder.look(source))
    own = folder.settings_of(source, "crop", None, rows, []) | {"architectures": ["pca"], "minutes": None}
    given = {"image_size": 16, "latent_size": 8} | changes
    choices = defaults.chosen(given, {}, own, rows, parsed(TEXT, "")["split"])
    return {"folder": own, "anomalies": "digits"} | {name: choice.value for name, choice in choices.items()}


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


def test_sizes_are_chosen_from_the_images():
    shapes = np.array([[480, 640, 3]] * 9 + [[20, 20, 3]])
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


def test_few_images_get_notes():
    assert len(defaults.unknowable(20, 20)) == 3 and not defaults.unknowable(10_000, 2000)
    (first, *_) = defaults.unknowable(20, 20)
    assert "0.14" in first or "0.13" in first, "Hanley and McNeil 1982, equation 2"


def test_params_keep_every_line_and_comment(tmp_path):
    put(tmp_path / "images", blobs(120, (16, 16, 1)))
    block = block_of(tmp_path / "images")
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
    block = block_of(tmp_path / "images")
    text = settings.with_data_set(TEXT, "odd", block).replace("      fit:", "      # mine\n      fit:", 1)
    with pytest.raises(UserError, match="# mine"):
        settings.with_data_set(text, "odd", block | {"anomalies": "mnist"})


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
    "name", ["", "a b", "../up", "digits", "photographs", "summary", "shown", "cost", "é", "x" * 60]
)
def test_names_that_cannot_be(name, params, monkeypatch):
    monkeypatch.chdir(ROOT)
    with pytest.raises(UserError, match="NAME="):
        settings.check_name(name, params)


def test_stages_of_a_data_set(monkeypatch):
    monkeypatch.chdir(ROOT)
    kinds = settings.kinds_of_stages()
    assert kinds[:3] == ["fetch", "prepare", "references"] and {"illustrate", "compare"} <= set(kinds)
    assert "train" not in kinds and "report" not in kinds


SPEEDS = {name: estimate.Speed(2, step) for name, step in (("pca", 0), ("vanilla", 0.001), ("residual", 0.1))}


def own_params(params, tmp_path):
    put(tmp_path / "images", blobs(300, (16, 16, 1)))
    return params | {"data": {"photos": block_of(tmp_path / "images")}}


def test_the_time_grows_with_all_that_takes_time(params, tmp_path):
    params = own_params(params, tmp_path)
    data = params["data"]["photos"]

    def seconds(speeds=SPEEDS, jobs=1, **changes):
        return estimate.seconds(params | {"data": {"photos": data | changes}}, "photos", speeds, 4, jobs)

    usual = seconds()
    assert seconds(epochs=24) > usual < seconds(seeds=[0, 1, 2, 3, 4])
    assert seconds({"pca": SPEEDS["pca"]}) < usual and usual / 2 < seconds(jobs=2) < usual


def test_the_time_grows_with_images_also_where_no_network_is_in(params, tmp_path):
    """A classifier, probes and nearest neighbours on the pixels of 100,000 images take longer than a small network."""
    params = own_params(params, tmp_path)
    folder = params["data"]["photos"]["folder"]

    def seconds(images, classes):
        data = params["data"]["photos"] | {"folder": folder | {"images": images, "classes": classes}}
        return estimate.seconds(params | {"data": {"photos": data}}, "photos", {"pca": SPEEDS["pca"]}, 4, 1)

    assert seconds(100_000, 10) > 5 * seconds(10_000, 10) > 5 * seconds(300, 10)
    assert seconds(100_000, 0) < seconds(100_000, 10) / 5


def test_a_limit_cuts_until_it_fits(params, tmp_path):
    params = own_params(params, tmp_path)
    before = params["data"]["photos"]
    whole = estimate.seconds(params, "photos", SPEEDS, 4, 1)
    data, kept, taken, cut = estimate.fit(params, "photos", SPEEDS, 4, 1, whole + 1)
    assert (data, kept, cut) == (before, list(SPEEDS), []) and taken == whole
    data, kept, taken, cut = estimate.fit(params, "photos", SPEEDS, 4, 1, 0.7 * whole)
    assert taken <= 0.7 * whole and data["epochs"] < before["epochs"] and kept == list(SPEEDS) and "epochs" in cut[0]
    data, kept, taken, cut = estimate.fit(params, "photos", SPEEDS, 4, 1, 1)
    assert len(data["seeds"]) == 2 and kept == ["pca", "vanilla"] and cut[-1] == "without residual" and taken > 1


def test_memory_is_told_where_it_is_much_or_too_much(params, tmp_path):
    params = own_params(params, tmp_path)
    data = params["data"]["photos"]
    assert memory.told(params, "photos", 1, limit=8e9) == []
    data |= {"image_size": 32, "folder": data["folder"] | {"images": 100_000, "classes": 10, "channels": 3}}
    assert memory.told(params, "photos", 1, limit=8e9) == ["memory: about 3.5 GB"]
    line, advice = memory.told(params, "photos", 2, limit=4e9)
    assert line == "memory: about 4.6 GB" and "4.0 GB" in advice
    size = int(re.search(r"SIZE=(\d+) JOBS=1", advice)[1])
    fits = [
        memory.peak({**params, "data": {"photos": data | {"image_size": own}}}, "photos", 1) for own in (size, size + 4)
    ]
    assert fits[0] <= 4e9 < fits[1]
    assert "fewer images" in memory.told(params, "photos", 2, limit=1e9)[1]


def test_speed_is_measured(params):
    params["data"]["digits"]["batch_size"] = 8
    speed = estimate.measure(params, "digits", "vanilla", (16, 16, 1))
    assert 0 < speed.step < speed.start
    assert estimate.measure(params, "digits", "pca", (16, 16, 1)) == estimate.Speed(0, 0)


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
        [sys.executable, "-m", "tools.own", *flags], cwd=folder, env=ENVIRONMENT, text=True, capture_output=True
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
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    many = ("--name=odd", f"--folder={tmp_path / 'many'}")
    for flags, said in {
        (): "NAME=''",
        ("--name=digits", "--folder=/"): "NAME=digits: is taken",
        ("--name=odd",): "FOLDER= is missing",
        ("--name=odd", "--folder=/nowhere"): "no such folder",
        ("--name=odd", f"--folder={tmp_path / 'loop'}"): "cannot be used",
        ("--name=odd", f"--folder={tmp_path / 'empty'}"): "0 different images can be used; 100 are needed",
        ("--name=odd", f"--folder={tmp_path / 'few'}"): "5 different images can be used; 100 are needed",
        ("--name=odd", f"--folder={tmp_path / 'one'}"): "1 different images can be used; 100 are needed",
        ("--name=odd", f"--folder={tmp_path / 'same'}"): "all 120 images are the same",
        (
            *many,
            "--group=(",
        ): "GROUP=(: is no regular expression",
        (*many, "--size=big"): "SIZE=big",
        (*many, "--fit=stretch"): "FIT=stretch",
        (*many, "--architectures=pca vanila"): "no vanila; there are pca, vanilla",
        (*many, "--size=4"): "image_size = 4",
        (*many, f"--anomalies={tmp_path / 'few'}"): "20 are needed",
        (*many, f"--anomalies={tmp_path / 'many'}"): "0 different images can be used; 20 are needed",
    }.items():
        assert said in refused(project, *flags), flags
    assert (project / "params.yaml").read_text() == TEXT and not (project / "data").exists()
