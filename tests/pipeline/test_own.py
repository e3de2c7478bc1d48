"""`make own` in a copy of the project: from a folder to the results, again, and with a second name."""

import signal
import time

import numpy as np
import pytest
from helpers import blobs
from PIL import Image
from processes import end, start
from project import ENVIRONMENT, clone, cut_down, edit, make

from stages.common.params import read_params

pytestmark = pytest.mark.slow
CHOSEN = ("SIZE=8", "LATENT=8", "SEEDS=2", "ARCHITECTURES=pca vanilla")


def put(place, images, first=0):
    place.mkdir(parents=True, exist_ok=True)
    for i, image in enumerate(images, first):
        Image.fromarray(image).save(place / f"{i:03} ü'.png")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy that was run on a folder with a name that no shell likes, in two classes."""
    folder = clone(tmp_path_factory.mktemp("own") / "project")
    cut_down(folder, ["pca", "vanilla", "sparse"])
    edit(folder, figures={"single": ["reconstructions"], "dataset": ["tasks", "reconstructions"]})
    images = folder.parent / "my photos' $HOME"
    for seed, name in enumerate(("cats", "dogs")):
        put(images / name, blobs(110, (12, 16, 3), seed))
    (images / "cats/broken.jpg").write_bytes(b"cut")
    said, done = make(folder, "own", "NAME=photos", f"FOLDER={images}".replace("$", "$$"), *CHOSEN)
    assert done, said
    return folder, images, said


def content(folder):
    paths = [path for place in ("metrics", "plots", "data/models") for path in (folder / place).rglob("*.*")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths if path.is_file()}


def test_results_are_there_and_others_are_left_alone(project):
    folder, images, said = project
    assert "220 of 221 files are used" in said and "broken.jpg is no image" in said and "time: about" in said
    assert "the answer: plots/photos/README.md" in said
    data = read_params(folder / "params.yaml")["data"]["photos"]
    assert data["folder"]["path"] == str(images) and data["folder"]["classes"] == 2 and data["seeds"] == [0, 1]
    found = content(folder)
    assert {"metrics/photos/pca.json", "metrics/photos/vanilla.json", "plots/photos/pictures/tasks.png"} <= found.keys()
    assert not any("sparse" in path or "digits" in path for path in found)


def test_the_same_again_runs_nothing(project):
    folder, _, _ = project
    before, params = content(folder), (folder / "params.yaml").read_bytes()
    said, done = make(folder, "own", "NAME=photos")
    assert done and " ran" not in said and "Running stage" not in said, said
    assert content(folder) == before and (folder / "params.yaml").read_bytes() == params


def test_only_what_changed_runs_and_a_second_name_leaves_the_first(project):
    folder, images, _ = project
    put(images / "cats", blobs(3, (12, 16, 3), 7), 110)
    before, cats = content(folder), f"FOLDER={images / 'cats'}".replace("$", "$$")
    said, done = make(folder, "own", "NAME=parts", cats, "SIZE=8", "LATENT=8", "SEEDS=1", "ARCHITECTURES=pca")
    assert done and "@photos" not in said, said
    found = content(folder)
    assert "metrics/parts/pca.json" in found and before.items() <= found.items()
    said, done = make(folder, "own", "NAME=photos", "ARCHITECTURES=pca")
    assert done and "evaluate@photos-pca: ran" in said and "vanilla: ran" not in said, said


@pytest.mark.parametrize(
    ("line", "wait"),
    [("", 0.6), ("seeds:", 0.5), ("seeds:", 2), ("time:", 0.5), ("validate:", 1)],
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
    assert np.load(folder / "data/prepared/parts/test.npy").shape[1:] == (8, 8, 3)
