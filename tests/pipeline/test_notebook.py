"""The notebook is saved clean, and runs in a fresh clone."""

import json
import re
import subprocess

import nbformat
import pytest
from helpers import ROOT
from nbclient import NotebookClient
from project import clone, git

PATH = ROOT / "notebooks/walkthrough.ipynb"
VALUES = """
import json
print(json.dumps({
    "errors": errors.to_dict("index"), "walk": walk.shape, "decoded": decoded.shape, "own": own_errors.tolist(),
    "revisions": list(committed.columns), "architectures": list(committed.index), "changed": list(changed.columns),
    "rows": len(changed),
}))
"""


@pytest.fixture
def notebook():
    return nbformat.read(PATH, as_version=4)


def test_it_is_valid_and_saved_without_outputs(notebook):
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert cell.source.strip()
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None, f"clear the outputs of {PATH.name}"


def test_it_says_nothing_about_a_machine():
    text = PATH.read_text()
    assert not re.search(r"/(home|Users|root|tmp|work|mnt)/|[A-Z]:\\\\", text)
    assert set(json.loads(text)["metadata"]) == {"kernelspec", "language_info"}


def test_its_links_exist(notebook):
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    targets = re.findall(r"\]\(([^)]+)\)", text)
    assert targets
    for target in targets:
        assert (PATH.parent / target.partition("#")[0]).exists(), target


@pytest.fixture
def project(tmp_path):
    """The project with the working tree as it stands, committed."""
    return clone(tmp_path / "project")


@pytest.fixture
def execute(tmp_path, project, monkeypatch):
    """Runs a notebook in a new clone of the project, without data, from the clone's notebooks/."""
    monkeypatch.delenv("PYTHONPATH", raising=False)  # stages/ must be the clone's
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))

    def run(notebook, *options):
        folder = tmp_path / "clone"
        subprocess.run(["git", "clone", "-q", *options, project.as_uri(), str(folder)], check=True)
        assert {path.name for path in (folder / "data").iterdir()} - {"dvc-remote"} == {"README.md"}
        (folder / "notebooks").mkdir(exist_ok=True)
        resources = {"metadata": {"path": str(folder / "notebooks")}}
        NotebookClient(notebook, timeout=600, kernel_name="python3", resources=resources).execute()
        assert git(folder, "status", "--porcelain") == "", "the notebook left files"
        assert {path.name for path in (folder / "data").iterdir()} - {"dvc-remote"} == {"README.md"}
        return [output for cell in notebook.cells for output in cell.get("outputs", [])]

    return run


def change_results_and_back(project):
    """Two commits more, so that there are two sets of results, whatever the history of this repository is."""
    path = project / "metrics/digits/scores/deep.json"
    text = path.read_text()
    content = json.loads(text)
    content["scores"]["reconstruction"]["mse"] = [2 * value for value in content["scores"]["reconstruction"]["mse"]]
    for result in (json.dumps(content), text):
        path.write_text(result)
        git(project, "commit", "-q", "-a", "-m", "results")


@pytest.mark.slow
def test_it_runs_in_a_fresh_clone(notebook, project, execute):
    change_results_and_back(project)
    notebook.cells.append(nbformat.v4.new_code_cell(VALUES))
    outputs = execute(notebook)
    streams = [output for output in outputs if output.output_type == "stream"]
    assert {output.name for output in streams} == {"stdout"}, "warnings: " + str(streams)
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 6
    assert sum("text/html" in output.get("data", {}) for output in outputs) == 5

    values = json.loads("".join(output.text for output in notebook.cells[-1].outputs))
    assert set(values["errors"]) == {"PCA", "vanilla", "convolutional variational"}
    for name, error in values["errors"].items():
        assert error["trained here"] < error["untrained"] / 5, name
        assert error["trained here"] == pytest.approx(error["committed, first seed"], rel=0.1), name
    assert values["errors"]["convolutional variational"]["against PCA"] < 0
    assert values["walk"][0] == 10 and values["decoded"] == [121, 16, 16, 1]
    assert [name.split(",")[0] for name in values["revisions"]] == ["old", "new"]
    assert git(project, "rev-parse", "HEAD").startswith(values["revisions"][1].removeprefix("new, "))
    assert set(values["revisions"]) < set(values["changed"])
    assert values["rows"] == 1, "the main measure that two result sets differ in"
    assert {"pca", "vanilla", "convolutional_variational"} <= set(values["architectures"])
    assert min(values["own"]) > 2 * values["errors"]["convolutional variational"]["trained here"]


@pytest.mark.slow
def test_a_shallow_clone_is_compared_with_itself(notebook, execute):
    """Only the cells about revisions, in a clone that holds one commit."""
    wanted = {"root", "imports", "revisions", "changes", "settings"}
    notebook.cells = [cell for cell in notebook.cells if cell.id in wanted]
    assert {cell.id for cell in notebook.cells} == wanted
    outputs = execute(notebook, "--depth", "1")
    said = "".join(output.text for output in outputs if output.output_type == "stream")
    assert "0 main measures differ" in said and "0 settings differ" in said
    old, new = re.findall(r"^(?:old|new): (\w+) of", said, re.MULTILINE)
    assert old == new
