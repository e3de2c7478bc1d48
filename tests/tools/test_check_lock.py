"""The check that results belong to the code: what is stale, and what is only absent or never was."""

import json
import subprocess
from types import SimpleNamespace

import pytest

from stages.common.stage import UserError
from tools import check_lock

STATUS = {
    "train@digits-deep": [
        {"changed deps": {"data/prepared/digits": "deleted"}},
        {"changed outs": {"data/models/digits/deep": "not in cache"}},
    ],
    "train@digits-sparse": [
        {"changed deps": {"params.yaml": {"architecture.sparse": "modified"}, "data/prepared/digits": "deleted"}}
    ],
    "evaluate@digits-deep": [
        {"changed deps": {"stages/evaluate": "modified"}},
        {"changed outs": {"metrics/digits/deep.json": "deleted"}},
    ],
    "compare@digits": ["changed command"],
}


def test_what_is_stale_and_what_is_only_absent():
    assert check_lock.stale(STATUS) == {
        "compare@digits": ["changed command"],
        "evaluate@digits-deep": ["dependency stages/evaluate: modified", "output metrics/digits/deep.json: deleted"],
        "train@digits-sparse": ["dependency params.yaml architecture.sparse: modified"],
    }


@pytest.fixture
def said(tmp_path, monkeypatch, capsys):
    """What the command says of a status, with some stages in the lock."""
    monkeypatch.chdir(tmp_path)

    def say(status, known):
        (tmp_path / "dvc.lock").write_text(json.dumps({"stages": {stage: {} for stage in known}}))
        done = SimpleNamespace(returncode=0, stdout=json.dumps(status))
        monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
        check_lock.main()
        return capsys.readouterr().out

    return say


def test_a_stage_that_has_never_been_run_is_no_fault(said):
    never = {"train@mnist-deep": [{"changed deps": {"params.yaml": {"training": "new"}}}]}
    assert "1 stages have never been run" in said(never, ["train@digits-deep"])
    with pytest.raises(UserError, match="1 stages are stale"):
        said(never, ["train@mnist-deep"])


def test_a_lock_that_fits(said):
    assert said({}, ["train@digits-deep"]).startswith("dvc.lock, metrics and plots belong to this code")


def test_a_status_that_fails_is_one_message(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # no project here
    with pytest.raises(UserError, match="`dvc status` failed"):
        check_lock.main()
