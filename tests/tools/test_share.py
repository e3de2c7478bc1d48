"""Sharing of runs, where the remote cannot hold them."""

import pytest
from project import dvc, git

from stages.common.stage import UserError
from tools import share


def test_sharing_needs_a_remote_that_can_hold_runs(tmp_path, monkeypatch):
    """What is wrong and what would do, in one line."""
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "-q")
    dvc(tmp_path, "init", "-q")
    with pytest.raises(UserError, match="through a folder, SSH or S3: dvc remote add -d storage"):
        share.main()
