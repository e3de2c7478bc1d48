"""The real `dvc repro` in a copy of the project, cut down to three quick cells on the digits and one ablation."""

import json
import re
import shutil
import subprocess
import sys

import pytest
from dvc.repo import Repo
from processes import end, start, until
from project import ENVIRONMENT, append, clone, cut_down, dvc, edit, git, repro
from ruamel.yaml import YAML

pytestmark = pytest.mark.slow
ARCHITECTURES = ("pca", "vanilla", "sparse")
TUNED, TRAINED, EVALUATED = (
    {f"{step}@digits-{name}" for name in ARCHITECTURES} for step in ("tune", "train", "evaluate")
)
REFERENCES, ABLATE = "references@digits", "ablate@digits-vanilla"
EXPORT, LIVE = "export@digits", "page@digits"
JUDGED = {"judge@digits", "judge_ablations@digits", "judge_across"}
PAGES = {"describe@digits", "describe_ablations@digits", "report"}
DRAWN = {"illustrate@digits", "draw@digits"} | PAGES
PICTURES = JUDGED | DRAWN
EVERYTHING = {"check", "recipe", "fetch@digits", "prepare@digits", REFERENCES, ABLATE, EXPORT, LIVE, "published"}
EVERYTHING |= TUNED | TRAINED | EVALUATED | PICTURES


def cell(architecture):
    return {f"{step}@digits-{architecture}" for step in ("tune", "train", "evaluate")}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = clone(tmp_path_factory.mktemp("clone") / "project")
    shutil.copy(folder / "stages/prepare/datasets/digits.py", folder / "stages/prepare/datasets/nines.py")
    cut_down(folder, list(ARCHITECTURES))
    assert repro(folder) == EVERYTHING
    git(folder, "commit", "-q", "-m", "fingerprints of a few cells", "code")
    return folder


def test_a_second_run_does_nothing(project):
    """Nor what editors and Python leave in the rooms."""
    for room in ("stages/common", "stages/evaluate/tasks", "stages/prepare/datasets"):
        (project / room / ".images.py.swp").write_text("left")
        (project / room / "images.py~").write_text("left")
        (project / room / "__pycache__").mkdir(exist_ok=True)
        (project / room / "__pycache__/images.cpython-313.pyc").write_text("left")
    assert repro(project, PYTHONDONTWRITEBYTECODE="") == set()


def test_what_judges_and_tells_reads_no_setting_that_it_does_not_declare(project):
    """Run with all others taken out of params.yaml, it gives the same bytes. Stages before these read whole blocks,
    which are checked for every setting."""
    full = YAML().load(project / "params.yaml")
    try:
        for stage in Repo(str(project)).index.stages:
            name = stage.addressing.rpartition(":")[2]
            if name not in PICTURES | {EXPORT, LIVE, "published"}:
                continue
            declared = {}
            for key in (key for dep in stage.deps for key in getattr(dep, "params", None) or []):
                (block, place), (*parents, last) = (full, declared), key.split(".")
                for parent in parents:
                    block, place = block[parent], place.setdefault(parent, {})
                place[last] = block[last]
            YAML().dump(declared, project / "params.yaml")
            _, module, *options = stage.cmd.split()[1:]
            subprocess.run([sys.executable, "-m", module, *options], cwd=project, env=ENVIRONMENT, check=True)
    finally:
        git(project, "checkout", "params.yaml")
    assert repro(project) == set()


# What reads it; whether something behind that runs as well hangs on its bytes.
SETTINGS = {
    "a training setting": (lambda folder: edit(folder, training__learning_rate=0.005), {"recipe"}),
    "how much is tuned": (lambda folder: edit(folder, tuning__draw=1001), {"recipe"}),
    "a setting of another data set": (lambda folder: edit(folder, data__mnist__epochs=3), set()),
    "an option of a task": (
        lambda folder: edit(folder, tasks__denoising__block=0.5),
        {REFERENCES, "judge@digits"},
    ),
    "what anomalies are taken from": (
        lambda folder: edit(folder, data__digits__anomalies="nines"),
        {"fetch@digits", "prepare@digits", "describe@digits"},
    ),
    "a value that is ablated": (lambda folder: edit(folder, ablations__digits__optimizer=["rmsprop"]), {ABLATE}),
    "a margin": (
        lambda folder: edit(folder, verdicts__margins__reconstruction=0.06),
        JUDGED | {"describe@digits"},
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_an_edit_of_a_setting_reaches_what_reads_it(project, name):
    change, expected = SETTINGS[name]
    change(project)
    try:
        assert json.loads(dvc(project, "status", "--json")).keys() == expected | {"check"}
    finally:
        git(project, "checkout", "params.yaml")


TRAINING = TUNED | TRAINED | {ABLATE}
SCORED = {REFERENCES, "judge@digits", "judge_across"} | EVALUATED  # judge imports the tasks for their warnings
# A module of every folder: a constant or word in it, and the stages that import it.
CODE = {
    "stages/common/subset.py": (
        "linspace(0, n - 1,",
        "linspace(0, n - 2,",
        {"prepare@digits", EXPORT, ABLATE} | SCORED,
    ),
    "stages/check/cells.py": ("100_000_000", "200_000_000", set()),
    "stages/prepare/images.py": ("255", "254", {"fetch@digits", "prepare@digits"}),
    "stages/prepare/datasets/digits.py": ("16", "17", {"fetch@digits", "prepare@digits", "describe@digits"}),
    "stages/train/fit.py": ("0.01**done", "0.02**done", TRAINING),
    "stages/train/networks.py": ('name="latent"', 'name="latents"', TRAINING | EVALUATED | {EXPORT}),
    "stages/architectures/sparse.py": ("weight=weight", "weight=2 * weight", cell("sparse") | {EXPORT, "report"}),
    "stages/evaluate/tasks/features.py": ("probe, 1,000", "probe: 1,000", SCORED),
    "stages/evaluate/measures/codecs.py": ("8 * len(", "9 * len(", SCORED | {ABLATE}),
    "stages/judge/draws.py": ("default_rng(0)", "default_rng(1)", JUDGED),
    "stages/draw/style.py": ("alpha=0.25", "alpha=0.35", DRAWN | {LIVE}),
    "stages/draw/figures/dataset/tasks.py": ("FAR = 10", "FAR = 11", {"draw@digits", "describe@digits"}),
    "stages/draw/figures/single/extremes.py": (":.4f", ":.3f", {"illustrate@digits"}),
    "stages/tell/report.md.j2": ("# Which", "# What", {"describe@digits", "describe_ablations@digits", "report"}),
    "stages/page/page.css": ("{", "{ ", {LIVE}),
    "stages/page/networks/layers.py": ("BITS = 9", "BITS = 8", {EXPORT}),
    "stages/ablate/variants.py": ("values if value != compared", "values", {ABLATE}),
    "stages/published/table.py": (":.4g", ":.5g", {"published"}),
}


def comment(text):
    """A module whose docstring says more and that has a blank line and a comment at its end."""
    return re.sub(r'(?s)^(""".*?)"""', r'\1 More is said."""', text, count=1) + "\n\n# touched\n"


@pytest.mark.parametrize("path", CODE)
def test_an_edit_of_code_reaches_what_imports_it_and_a_comment_nothing(project, path):
    """By the real check, in seconds, and what DVC then takes for stale; the diff of code/ names the module."""
    old, new, expected = CODE[path]
    text = (project / path).read_text()
    try:
        if path.endswith(".py"):
            (project / path).write_text(comment(text))
            assert repro(project, "check") == {"check"}
            shown = {"stages/architectures": {"report"}, "stages/prepare/datasets": {"describe@digits"}}  # docstrings
            assert json.loads(dvc(project, "status", "--json")).keys() == shown.get(path.rpartition("/")[0], set())
            assert not git(project, "status", "--porcelain", "code")
        (project / path).write_text(text.replace(old, new, 1))
        assert (project / path).read_text() != text
        said = dvc(project, "repro", "check")
        assert "Running stage 'check'" in said
        assert json.loads(dvc(project, "status", "--json")).keys() == expected
        changed = git(project, "diff", "--unified=0", "code")
        module = path if not path.endswith(".py") else path.removesuffix(".py").replace("/", ".")
        assert bool(expected) == (f'"{module}"' in changed), changed
    finally:
        git(project, "checkout", "stages", "code")
        repro(project, "check")


# Every row starts from where the one before has left the project.
EDITS = {
    "an architecture's setting": (
        lambda folder: edit(folder, architecture__sparse__weight=0.5),
        {"check", EXPORT, LIVE} | cell("sparse") | PICTURES - {"describe_ablations@digits"},  # judged the same
    ),
    "a comment": (lambda folder: append(folder / "stages/architectures/vanilla.py"), {"check", "report"}),
    "an architecture's code": (  # which gives the same bytes: what imports it runs, nothing behind it
        lambda folder: append(folder / "stages/architectures/vanilla.py", "\nUNUSED = 1\n"),
        {"check", ABLATE, EXPORT, "report"} | cell("vanilla"),
    ),
    "the split": (
        lambda folder: edit(folder, split__seed=1),
        EVERYTHING - {"fetch@digits", "published", "recipe"},
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
    assert before == {path: path.read_bytes() for path in (project / "data").rglob("*") if path.is_file()}
    (project / "params.yaml").write_text(settings)
    repro(project)


LAMBDA = """    encoder = keras.Model(encoder.input, keras.layers.Lambda(lambda x: x)(encoder.output), name="e")
    return Autoencoder("""


def test_a_model_that_could_not_be_loaded_deletes_nothing(project):
    """It is refused before it is trained."""
    path = project / "stages/architectures/vanilla.py"
    code, before = path.read_text(), {each: each.read_bytes() for each in (project / "data").rglob("*.keras")}
    path.write_text("import keras\n" + code.replace("    return Autoencoder(", LAMBDA))
    output = dvc(project, "repro", check=False)
    said = r"error: stages/architectures/vanilla\.py \(.*\): saving and loading, which needs @keras\.saving"
    assert re.search(said, output), output
    assert "Traceback" not in output
    assert before and before == {each: each.read_bytes() for each in (project / "data").rglob("*.keras")}
    path.write_text(code)
    repro(project)


BROKEN = """
import keras


@keras.saving.register_keras_serializable(package="autoencoders")
class Broken(Autoencoder):
    def before_epoch(self, images, epoch):
        self.encoder.set_weights([weights + float("inf") for weights in self.encoder.get_weights()])
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
    folder = project / "data/digits/models/vanilla"
    under_way, old = folder / "untrained.npy", folder / "seed-0.keras"
    until(lambda: under_way.exists() and not old.exists(), 120, running)
    end(running)
    assert (project / "data/digits/models/sparse/seed-0.keras").exists()
    assert not (project / "data/digits/models/vanilla/seed-0.keras").exists()
    edit(project, data__digits__epochs=1)
    ran = repro(project)
    assert cell("vanilla") <= ran
    assert (project / "data/digits/models/vanilla/seed-0.keras").exists()


def test_the_same_bytes_from_scratch(project):
    """The cache thrown away and all run again: what Git keeps does not change by a byte."""
    kept = [path for folder in ("metrics", "plots") for path in (project / folder).rglob("*") if path.is_file()]
    kept.append(project / "REPORT.md")
    before = {path: path.read_bytes() for path in kept}
    shutil.rmtree(project / ".dvc/cache")
    for path in (project / "data").iterdir():
        if path.name not in ("README.md", "dvc-remote"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert "train@digits-vanilla" in repro(project)
    changed = [str(path.relative_to(project)) for path, content in before.items() if path.read_bytes() != content]
    assert not changed


def test_nothing_is_written_outside_declared_outputs(project):
    """All untracked files are ignored by Git or lie in folders of outputs."""
    status = git(project, "status", "--porcelain", "--untracked-files=all").splitlines()
    allowed = ("code/", "metrics/", "plots/", "REPORT.md", "dvc.lock", "params.yaml", "stages/")
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
