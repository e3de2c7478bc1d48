"""The check that results belong to the code: what is stale, and what is only absent or never was."""

import json
import subprocess
from types import SimpleNamespace

import pytest

from tools import check_lock
from tools.command import FailedError

STATUS = {
    "train@digits-deep": [
        {"changed deps": {"data/digits/prepared": "deleted"}},
        {"changed outs": {"data/digits/models/deep": "not in cache"}},
    ],
    "train@digits-sparse": [
        {"changed deps": {"params.yaml": {"architecture.sparse": "modified"}, "data/digits/prepared": "deleted"}}
    ],
    "evaluate@digits-deep": [
        {"changed deps": {"code/evaluate.json": "modified"}},
        {"changed outs": {"metrics/digits/scores/deep.json": "deleted"}},
    ],
    "judge@digits": ["changed command"],
}


def test_what_is_stale_and_what_is_only_absent():
    assert check_lock.stale(STATUS) == {
        "judge@digits": ["changed command"],
        "evaluate@digits-deep": [
            "dependency code/evaluate.json: modified",
            "output metrics/digits/scores/deep.json: deleted",
        ],
        "train@digits-sparse": ["dependency params.yaml architecture.sparse: modified"],
    }


def test_what_was_made_anew_since_is_told(said):
    """Also where it is absent, so that DVC cannot look: two networks measured with two classifiers."""
    lock = {
        "references@digits": {"outs": [{"path": "data/digits/references", "md5": "new.dir"}]},
        "evaluate@digits-deep": {"deps": [{"path": "data/digits/references", "md5": "new.dir"}]},
        "evaluate@digits-pca": {
            "deps": [{"path": "data/digits/references", "md5": "old.dir"}, {"path": "stages/common", "md5": "a.dir"}]
        },
    }
    reason = "dependency data/digits/references: made anew since"
    assert check_lock.outdated(lock) == {"evaluate@digits-pca": [reason]}
    with pytest.raises(FailedError, match="1 stages are stale; `dvc repro evaluate@digits-pca`"):
        said({"evaluate@digits-pca": [{"changed deps": {"data/digits/references": "deleted"}}]}, lock)
    lock["evaluate@digits-pca"]["deps"][0]["md5"] = "new.dir"
    assert "metrics and plots belong to this code" in said({}, lock)


@pytest.fixture
def said(tmp_path, monkeypatch, capsys):
    """What the command says of a status, with some stages in the lock."""
    monkeypatch.chdir(tmp_path)

    def say(status, known):
        (tmp_path / "dvc.lock").write_text(json.dumps({"stages": known}))
        done = SimpleNamespace(returncode=0, stdout=json.dumps(status))
        monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
        check_lock.main()
        return capsys.readouterr().out

    return say


def test_a_stage_that_has_never_been_run_is_no_fault(said):
    never = {"train@mnist-deep": [{"changed deps": {"params.yaml": {"training": "new"}}}]}
    assert "1 stages have never been run" in said(never, {"train@digits-deep": {}})
    with pytest.raises(FailedError, match="1 stages are stale"):
        said(never, {"train@mnist-deep": {}})


def test_a_lock_that_fits(said):
    assert said({}, {"train@digits-deep": {}}).startswith("dvc.lock, metrics and plots belong to this code")


def test_a_status_that_fails_is_one_message(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # no project here
    with pytest.raises(FailedError, match="`dvc status` failed"):
        check_lock.main()
