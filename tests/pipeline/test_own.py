"""`make own` in a copy of the project: from a folder to the results, again, and with a second name."""

import signal
import time

import numpy as np
import pytest
from helpers import blobs
from own_folders import put
from processes import end, start
from project import ENVIRONMENT, clone, cut_down, dvc, edit, git, make

from stages.common.params import read_params

pytestmark = pytest.mark.slow
ODD = " ü'.png"  # ends names of files
CHOSEN = ("SIZE=8", "LATENT=8", "SEEDS=2", "ARCHITECTURES=pca vanilla")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy that was run on a folder with a name that no shell likes, in two classes."""
    folder = clone(tmp_path_factory.mktemp("own") / "project")
    cut_down(folder, ["pca", "vanilla", "sparse"])
    edit(folder, figures={"single": ["reconstructions"], "dataset": ["tasks", "reconstructions"]})
    images = folder.parent / "my photos' $HOME"
    for seed, name in enumerate(("cats", "dogs")):
        put(images / name, blobs(110, (12, 16, 3), seed), ODD)
    (images / "cats/broken.jpg").write_bytes(b"cut")
    said, done = make(folder, "own", "NAME=photos", f"FOLDER={images}".replace("$", "$$"), *CHOSEN)
    assert done, said
    return folder, images, said


def content(folder):
    """Files in the folders of data sets, by path."""
    paths = [path for place in ("metrics", "plots", "data") for path in (folder / place).rglob("*/*.*")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths if path.is_file()}


def test_results_are_there_and_others_are_left_alone(project):
    folder, images, said = project
    assert "220 of 221 files are used" in said and "broken.jpg is no image" in said and "time: about" in said
    assert "the answer: plots/photos/README.md" in said
    data = read_params(folder / "params.yaml")["data"]["photos"]
    assert data["folder"]["path"] == str(images) and data["folder"]["classes"] == 2 and data["seeds"] == [0, 1]
    found = content(folder)
    assert {
        "metrics/photos/scores/pca.json",
        "metrics/photos/scores/vanilla.json",
        "plots/photos/pictures/tasks.png",
    } <= found.keys()
    assert not any("sparse" in path or "digits" in path for path in found)


def test_the_same_again_runs_nothing(project):
    folder, _, _ = project
    before, params = content(folder), (folder / "params.yaml").read_bytes()
    said, done = make(folder, "own", "NAME=photos")
    assert done and " ran" not in said and "Running stage" not in said, said
    assert content(folder) == before and (folder / "params.yaml").read_bytes() == params


def test_only_what_changed_runs_and_a_second_name_leaves_the_first(project):
    folder, images, _ = project
    put(images / "cats", blobs(3, (12, 16, 3), 7), ODD, 110)
    before, cats = content(folder), f"FOLDER={images / 'cats'}".replace("$", "$$")
    said, done = make(folder, "own", "NAME=parts", cats, "SIZE=8", "LATENT=8", "SEEDS=1", "ARCHITECTURES=pca")
    assert done and "@photos" not in said, said
    found = content(folder)
    assert "metrics/parts/scores/pca.json" in found and before.items() <= found.items()
    said, done = make(folder, "own", "NAME=photos", "ARCHITECTURES=pca")
    assert done and "evaluate@photos-pca: ran" in said and "vanilla: ran" not in said, said


def everything(folder):
    """What a data set leaves its traces in, byte for byte, and the folders, as empty ones are traces as well."""
    files = {name: (folder / name).read_bytes() for name in ("params.yaml", "dvc.lock", "REPORT.md")}
    paths = [path for place in ("metrics", "plots", "data", "code") for path in (folder / place).rglob("*")]
    files |= {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in paths}
    return files, git(folder, "status", "--short")


def tracked(folder, text):
    """Files that Git tracks, or would, in which a text stands."""
    paths = git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    return [path for path in paths if (folder / path).is_file() and text.encode() in (folder / path).read_bytes()]


def test_a_private_data_set_that_is_taken_out_leaves_nothing_behind(project):
    """Of any name, also one that stages of the project have; while it was there, no path and no image was in Git."""
    folder, images, _ = project
    dvc(folder, "repro", "--single-item", "check", "judge_across", "report")
    before, dogs = everything(folder), f"FOLDER={images / 'dogs'}".replace("$", "$$")
    chosen = "SIZE=8", "LATENT=8", "SEEDS=2", "ARCHITECTURES=pca", "PRIVATE=1"
    said, done = make(folder, "own", "NAME=published", dogs, *chosen)
    assert done and "plots/published/README.md" in said, said
    assert tracked(folder, str(images)) and not tracked(folder, str(images / "dogs")), "the other data set's is there"
    assert [path.stem for path in (folder / "plots/published/pictures").iterdir()] == ["tasks"]
    assert not list((folder / "plots/published/shown").rglob("*.png"))
    dvc(folder, "repro", "--single-item", "judge_across", "report")
    assert "| [published](plots/published/README.md#" in (folder / "REPORT.md").read_text()
    said, done = make(folder, "remove", "NAME=published")
    assert done and "published is removed" in said, said
    after = everything(folder)
    assert after[1] == before[1]
    assert {path for path in before[0] | after[0] if before[0].get(path, "") != after[0].get(path, "")} == set()
    assert len(list((images / "dogs").iterdir())) == 110
    said, done = make(folder, "remove", "NAME=published")
    assert not done and "NAME=published: is no data set of your own; there are: " in said, said


@pytest.mark.parametrize(
    ("line", "wait"),
    [("", 0.6), ("seeds:", 0.5), ("seeds:", 2), ("time:", 0.5), ("check:", 1)],
)
def test_stopped_at_any_moment_settings_are_whole(project, line, wait):
    """While libraries load, too, when a KeyboardInterrupt may be lost."""
    folder, _, _ = project
    environment = ENVIRONMENT | {"NAME": "photos", "ARCHITECTURES": "pca vanilla", "PYTHONUNBUFFERED": "1"}
    former = read_params(folder / "params.yaml")["data"]["photos"]["image_size"]
    process = start(["make", "-o", ".venv/ready", "own", f"SIZE={former + 1}"], folder, environment)
    said = ""
    while line and line not in said:
        said = process.stdout.readline()
        assert said, "it ended before it could be stopped"
    time.sleep(wait)
    said = end(process, signal.SIGINT)
    assert "Traceback" not in said and "evaluate@" not in said, said
    assert read_params(folder / "params.yaml")["data"]["photos"]["image_size"] - former in (0, 1)
    assert not list(folder.glob("*.new")) and not list(folder.glob(".params*"))
    assert np.load(folder / "data/parts/prepared/test.npy").shape[1:] == (8, 8, 3)
