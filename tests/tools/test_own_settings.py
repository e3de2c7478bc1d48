"""A data set of the user's in params.yaml and dvc.lock: put in, taken out, run, private; never half."""

import shutil
from argparse import Namespace
from pathlib import Path
from zipfile import ZipFile

import pytest
from helpers import ROOT, blobs
from own_folders import block_of, put, with_folder
from ruamel.yaml import YAML

from stages.common.params import parsed
from stages.common.stage import UserError
from stages.prepare import folder, listing
from tools.command import FailedError
from tools.own import command, private, remove, settings

TEXT = (ROOT / "params.yaml").read_text()


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
