"""Files of a commit, of the working tree and of results made anew."""

from pathlib import Path

import pytest

from stages.common.stage import UserError
from tools import revisions
from tools.revisions import Revision


def test_a_revision_that_is_not_there(history):
    with pytest.raises(UserError, match="'nowhere' is no revision"):
        Revision("nowhere")


def test_an_experiment_is_a_revision(history):
    commit = Revision("change").commit
    revisions.git("update-ref", f"refs/exps/ab/{'c' * 38}/heavier", commit)
    assert Revision("heavier").commit == commit


def test_files_of_a_commit_and_of_the_working_tree(history, tmp_path):
    (tmp_path / "plots/overview.png").write_bytes(b"anew")
    assert [Revision(name).read("plots/overview.png") for name in ("main", "change", None)] == [b"one", b"two", b"anew"]
    assert Revision("main").read("plots/nothing.png") is None and Revision(None).read("plots/nothing.png") is None
    assert Revision("main").files("plots") == Revision(None).files("plots") == {"plots/overview.png"}
    assert str(Revision(None)) == "the working tree" and str(Revision("main")).startswith("main (")


def test_results_made_anew(history, tmp_path):
    folder = tmp_path / "run"
    (folder / "plots").mkdir(parents=True)
    (folder / "plots/overview.png").write_bytes(b"anew")
    revision = Revision("main", Path(folder))
    assert revision.read("plots/overview.png") == b"anew" and revision.committed("plots/overview.png") == b"one"
