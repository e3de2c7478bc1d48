"""The real `dvc repro` in a copy of the project, cut down to three quick cells on the digits and one ablation."""

import json
import re
import shutil
import subprocess

import pytest
from processes import end, start, until
from project import ENVIRONMENT, append, clone, cut_down, dvc, edit, git, repro

pytestmark = pytest.mark.slow
ARCHITECTURES = ("pca", "vanilla", "sparse")
TUNED, TRAINED, EVALUATED = (
    {f"{step}@digits-{name}" for name in ARCHITECTURES} for step in ("tune", "train", "evaluate")
)
REFERENCES, ABLATE = "references@digits", "ablate@digits-vanilla"
PAGES = {"describe@digits", "describe_ablations@digits", "report"}
PICTURES = {"illustrate@digits", "compare@digits"} | PAGES
EXPORT, LIVE = "export@digits", "page@digits"
EVERYTHING = {"validate", "fetch@digits", "prepare@digits", REFERENCES, ABLATE, EXPORT, LIVE, "published"}
EVERYTHING |= TUNED | TRAINED | EVALUATED | PICTURES


def cell(architecture):
    return {f"{step}@digits-{architecture}" for step in ("tune", "train", "evaluate")}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = clone(tmp_path_factory.mktemp("clone") / "project")
    shutil.copy(folder / "stages/prepare/datasets/digits.py", folder / "stages/prepare/datasets/nines.py")
    cut_down(folder, list(ARCHITECTURES))
    assert repro(folder) == EVERYTHING
    return folder


def test_a_second_run_does_nothing(project):
    """Nor what editors and Python leave in the rooms."""
    for room in ("stages/common", "stages/evaluate/tasks", "stages/prepare/datasets"):
        (project / room / ".images.py.swp").write_text("left")
        (project / room / "images.py~").write_text("left")
        (project / room / "__pycache__").mkdir(exist_ok=True)
        (project / room / "__pycache__/images.cpython-313.pyc").write_text("left")
    assert repro(project, PYTHONDONTWRITEBYTECODE="") == set()


# What reads it; whether something behind that runs as well hangs on its bytes.
READ = {
    "a training setting": (
        lambda folder: edit(folder, training__learning_rate=0.005),
        {"validate", "report"} | TUNED,
    ),
    "how much is tuned": (
        lambda folder: edit(folder, tuning__draw=1001),
        {"validate", "report"} | TUNED,
    ),
    "a setting of another data set": (
        lambda folder: edit(folder, data__mnist__epochs=3),
        {"validate", "report"},
    ),
    "an option of a task": (
        lambda folder: edit(folder, tasks__denoising__block=0.5),
        {"validate", REFERENCES, "describe@digits", "report"},
    ),
    "what anomalies are taken from": (
        lambda folder: edit(folder, data__digits__anomalies="nines"),
        {"validate", "fetch@digits", "prepare@digits", "describe_ablations@digits", "report"},
    ),
    "a value that is ablated": (
        lambda folder: edit(folder, ablations__digits__optimizer=["rmsprop"]),
        {"validate", ABLATE},
    ),
    "what all rooms share": (
        lambda folder: append(folder / "stages/common/subset.py"),
        EVERYTHING,
    ),
    "how images are resized": (
        lambda folder: append(folder / "stages/prepare/images.py"),
        {"validate", "fetch@digits", "prepare@digits"},
    ),
    "how training goes": (
        lambda folder: append(folder / "stages/train/fit.py"),
        {"validate", REFERENCES, ABLATE, EXPORT} | TUNED | TRAINED | EVALUATED,
    ),
    "a task": (
        lambda folder: append(folder / "stages/evaluate/tasks/denoising.py"),
        {"validate", REFERENCES, ABLATE, EXPORT} | EVALUATED,
    ),
    "a figure of a data set": (
        lambda folder: append(folder / "stages/compare/figures/dataset/tasks.py"),
        {"validate", LIVE} | PICTURES,
    ),
    "the report's text": (
        lambda folder: append(folder / "stages/report/report.md.j2", "\nMore.\n"),
        {"validate", LIVE} | PAGES,
    ),
    "how the live page looks": (
        lambda folder: append(folder / "stages/page/page.css", "/* touched */\n"),
        {"validate", LIVE},
    ),
    "what the live page knows of a network": (
        lambda folder: append(folder / "stages/page/networks/packing.py"),
        {"validate", EXPORT, LIVE},
    ),
    "what a setting may be": (
        lambda folder: append(folder / "stages/validate/blocks.py"),
        {"validate"},
    ),
    "how ablations are made": (
        lambda folder: append(folder / "stages/ablate/variants.py"),
        {"validate", ABLATE},
    ),
}


@pytest.mark.parametrize("name", READ)
def test_an_edit_reaches_what_reads_it(project, name):
    change, expected = READ[name]
    change(project)
    try:
        assert json.loads(dvc(project, "status", "--json")).keys() == expected
    finally:
        git(project, "checkout", "params.yaml", "stages")


# Every row starts from where the one before has left the project.
EDITS = {
    "an architecture's setting": (
        lambda folder: edit(folder, architecture__sparse__weight=0.5),
        {"validate", EXPORT, LIVE} | cell("sparse") | PICTURES,
    ),
    "an architecture's code": (  # a comment gives the same bytes: what depends on the file runs, nothing behind it
        lambda folder: append(folder / "stages/architectures/vanilla.py"),
        {"validate", ABLATE, EXPORT} | cell("vanilla"),
    ),
    "the split": (
        lambda folder: edit(folder, split__seed=1),
        EVERYTHING - {"fetch@digits", "published"},
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_reruns_what_depends_on_it(project, name):
    change, expected = EDITS[name]
    change(project)
    assert repro(project) == expected


def test_nothing_is_left_to_do(project):
    assert repro(project) == set()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"architecture__sparse__weight": "heavy"},
            "architecture.sparse.weight = 'heavy': should be a number",
        ),
        ({"training__momentum": 0.9}, "training.momentum = 0.9: no such setting; training takes optimizer"),
        ({"ablations__digits__image_size": [8]}, "ablations.digits.image_size changes 'data.digits.image_size'"),
    ],
)
def test_a_mistake_in_params_deletes_nothing(project, changes, said):
    settings = (project / "params.yaml").read_text()
    before = {path: path.read_bytes() for path in (project / "data").rglob("*") if path.is_file()}
    edit(project, **changes)
    output = dvc(project, "repro", check=False)
    assert [line for line in output.splitlines() if line.startswith("error: params.yaml: ") and said in line], output
    assert "Traceback" not in output
    before.pop(project / "data/validated")  # the check's own output
    assert before == {path: path.read_bytes() for path in (project / "data").rglob("*") if path.is_file()}
    (project / "params.yaml").write_text(settings)
    repro(project)


BROKEN = """

class Broken(Autoencoder):
    def reconstruction_error(self, images, reconstructions):
        return super().reconstruction_error(images, reconstructions) / 0.0
"""


def test_a_loss_that_is_not_finite_stops_with_a_reason(project):
    path = project / "stages/architectures/vanilla.py"
    code = path.read_text()
    path.write_text(code.replace("Autoencoder(encoder", "Broken(encoder") + BROKEN)
    output = dvc(project, "repro", "train@digits-vanilla", check=False)
    assert re.search(r"digits vanilla, seed 0: \w+ became (nan|inf) in epoch 1 of 1", output), output
    assert "learning_rate" in output and "Traceback" not in output
    path.write_text(code)
    assert "train@digits-vanilla" not in repro(project), "the earlier result comes from the run cache"


def test_killed_in_the_middle(project):
    """A killed training loses its own outputs alone, and the next run makes them again."""
    edit(project, architecture__vanilla__latent_activation="relu", data__digits__epochs=2000)
    running = start(["dvc", "repro", "train@digits-vanilla"], project, ENVIRONMENT)
    folder = project / "data/models/digits/vanilla"
    under_way, old = folder / "untrained.npy", folder / "seed-0.keras"
    until(lambda: under_way.exists() and not old.exists(), 120, running)
    end(running)
    assert (project / "data/models/digits/sparse/seed-0.keras").exists()
    assert not (project / "data/models/digits/vanilla/seed-0.keras").exists()
    edit(project, data__digits__epochs=1)
    ran = repro(project)
    assert cell("vanilla") <= ran
    assert (project / "data/models/digits/vanilla/seed-0.keras").exists()


def test_the_same_bytes_from_scratch(project):
    """The cache thrown away and all run again: what Git keeps does not change by a byte."""
    kept = [path for folder in ("metrics", "plots") for path in (project / folder).rglob("*") if path.is_file()]
    kept.append(project / "REPORT.md")
    before = {path: path.read_bytes() for path in kept}
    shutil.rmtree(project / ".dvc/cache")
    for path in (project / "data").iterdir():
        if path.name not in ("README.md", "remote"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert "train@digits-vanilla" in repro(project)
    changed = [str(path.relative_to(project)) for path, content in before.items() if path.read_bytes() != content]
    assert not changed


def test_nothing_is_written_outside_declared_outputs(project):
    """All untracked files are ignored by Git or lie in folders of outputs."""
    status = git(project, "status", "--porcelain", "--untracked-files=all").splitlines()
    allowed = ("metrics/", "plots/", "REPORT.md", "dvc.lock", "params.yaml", "stages/")
    assert not [line for line in status if not line[3:].startswith(allowed)]


def test_no_network_and_no_mirror(project):
    """A data set that cannot be had: what was tried and the ways out, nothing else lost."""
    edit(project, datasets=["digits", "mnist"])
    environment = {k: v for k, v in ENVIRONMENT.items() if k != "DATASET_MIRROR"}
    environment |= {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    done = subprocess.run(
        ["dvc", "repro", "prepare@mnist"], cwd=project, env=environment, text=True, capture_output=True, timeout=120
    )
    output = done.stdout + done.stderr
    assert done.returncode != 0
    for part in ("could not get train-images-idx3-ubyte.gz of mnist", "DATASET_MIRROR", "make demo", "https://"):
        assert part in output, output
    assert "Traceback" not in output
