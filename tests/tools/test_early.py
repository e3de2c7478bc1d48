"""The first answer: the page of a data set while some of its architectures are still at work."""

import json
import re
import shutil

import pytest
from helpers import METRICS, ROOT, SPECTRUM, method, task_of
from toys import complete, content, project

from stages.common.params import read_params
from stages.common.results import read_references
from tools.run import early, early_page

NAMES = ["pca", "vanilla", "deep", "denoising", "variational"]
# As the real pipeline by its names; evaluating is copying, and the page of all keeps the early one that it finds.
PIPELINE = """
stages:
  references:
    matrix: {dataset: [digits]}
    cmd: echo $DVC_STAGE >> $RUNS && cp kept/references.json metrics/digits/references.json
    deps: [kept/references.json]
    outs:
    - metrics/digits/references.json: {cache: false}
  evaluate:
    matrix: {dataset: [digits], architecture: [NAMES]}
    cmd: echo $DVC_STAGE >> $RUNS && cp kept/${item.architecture}.json metrics/digits/scores/
    deps: ["kept/${item.architecture}.json", metrics/digits/references.json]
    outs:
    - metrics/digits/scores/${item.architecture}.json: {cache: false}
  describe:
    matrix: {dataset: [digits]}
    cmd: rm -rf ../seen && (mv data/digits/early ../seen || true) && mkdir -p data/digits/early && echo all > page.md
    deps: [metrics/digits/scores]
    outs:
    - page.md: {cache: false}
"""


@pytest.fixture
def folder(tmp_path):
    """A project with the settings of this one, in which nothing has run."""
    text = PIPELINE.replace("NAMES", ", ".join(NAMES))
    made = project(tmp_path / "project", text, (ROOT / "params.yaml").read_text())
    for place in ("kept", "metrics/digits/scores", "plots/digits"):
        (made / place).mkdir(parents=True)
    for name in NAMES:
        (made / f"kept/{name}.json").write_text(json.dumps(METRICS[name]))
    references = {"reconstruction": {"mean_image": method([0.06] * 3) | {"validation_mse": [0.06] * 3}}}
    content = {"tasks": [task_of("reconstruction")._asdict()], "scores": references, "pca_spectrum": SPECTRUM}
    (made / "kept/references.json").write_text(json.dumps(content | {"classifier": {}}))
    return made


def test_the_page_is_there_after_three_and_goes_when_that_of_all_comes(folder):
    said = complete(folder, "--jobs", "1")
    assert said.count("first answer") == 1
    assert "first answer, of 3 architectures: data/digits/early/README.md" in said
    lines = re.findall(r"^evaluate@digits-(\w+): ran in [\d.]+ s(.*)$", said, re.MULTILINE)
    assert [name for name, _ in lines] == NAMES
    assert [front for _, front in lines] == [
        "",
        "; best so far: vanilla (reconstruction)",
        *["; best so far: deep (reconstruction)"] * 3,
    ]
    page = (folder.parent / "seen/README.md").read_text()
    assert "> A first answer, of 3 of 5 architectures" in page
    assert "](../../../REPORT.md)" in page and "](../../../plots/method.md)" in page
    assert "| deep |" in page and "| denoising |" not in page and "| variational |" not in page
    for link in re.findall(r"!\[[^]]*\]\(([^)]*)\)", page):
        assert (folder.parent / "seen" / link).is_file(), link
    assert not (folder / "data/digits/early").exists()


def test_no_output_is_touched(folder):
    """What is written besides is the page alone."""
    complete(folder, "--jobs", "1", "evaluate@digits-pca", "evaluate@digits-vanilla", "evaluate@digits-deep")
    before = content(folder)
    assert not (folder / "data").exists(), "all that were asked for are scored"
    said = complete(folder, "--jobs", "1", *(f"evaluate@digits-{name}" for name in NAMES))
    assert "first answer, of 4 architectures" in said
    after = content(folder)
    new = {path for path in after.keys() - before.keys() if not path.startswith((".dvc", "data/digits/early/"))}
    assert new == {"metrics/digits/scores/denoising.json", "metrics/digits/scores/variational.json"}
    assert all(after[path] == before[path] for path in before if not path.startswith((".dvc", "dvc.lock")))


def test_a_page_that_cannot_be_written_is_one_line(folder):
    for name in NAMES:
        (folder / f"kept/{name}.json").write_text("{}")
    said = complete(folder, "--jobs", "1")
    assert len(re.findall("no first answer on digits: .*its command ended with 1", said)) == 1
    assert "best so far" not in said and "error" not in said.replace("KeyError", "") and said.count("ran in") == 7


def test_it_is_renewed_with_every_three(monkeypatch):
    told = []
    monkeypatch.setattr(early, "write_page", lambda dataset, names, count, start: told.append((names, count)))
    names = list("abcdefgh")
    page = early.Early([f"evaluate@digits-{name}" for name in names], lambda line: None)
    page.settled("evaluate@digits-h")
    page.settled("train@digits-a", print)
    for name in names[:-1]:
        page.settled(f"evaluate@digits-{name}", print)
    assert told == [(["a", "b", "h"], 8), (["a", "b", "c", "d", "e", "h"], 8)]


def test_of_a_folder_of_ones_own_those_that_are_scored_are_all(params):
    """Nobody is told that others failed."""
    params["data"]["digits"]["folder"] = {"path": "x", "architectures": NAMES}
    chosen = early_page.settings(params, "digits", ["pca"])
    assert chosen["data"]["digits"]["folder"] == {"path": "x", "architectures": ["pca"]}
    assert early_page.settings(read_params(ROOT / "params.yaml"), "mnist", ["pca"])["data"]["mnist"]["folder"] is None


def test_who_is_in_front_in_most_cases(tmp_path, monkeypatch):
    """With the lower or the higher score, as the task says; who has none in a task is passed over."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "metrics/digits", tmp_path / "metrics/digits")
    content = json.loads((ROOT / "metrics/digits/scores/vanilla.json").read_text())
    del content["scores"]["features"]
    tasks, _ = read_references("digits")
    for name, task in tasks.items():
        for case in list(task.by_case().values())[-3:]:
            if values := content["scores"].get(name, {}).get(case.measure):
                content["scores"][name][case.measure] = [value + 1 for value in values]
    (tmp_path / "metrics/digits/scores/deep.json").write_text(json.dumps(content))
    led = {"vanilla": ["features"], "deep": []}
    for name, task in tasks.items():
        led["vanilla" if task.lower_is_better else "deep"] += [name] * (name != "features")
    found = dict(re.findall(r"(\w+) \(([^)]*)\)", early.in_front("digits", ["vanilla", "deep"])))
    assert {name: set(words.split(", ")) for name, words in found.items()} == {
        name: set(own) for name, own in led.items()
    }
    assert len(led["deep"]) > 1 and len(led["vanilla"]) > 1 and len(tasks["denoising"].cases) > 3
