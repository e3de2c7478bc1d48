"""Outputs of two runs compared byte for byte, in memory and for real."""

import re
import sys

import pytest
from project import clone, command, git

from tools.command import FailedError
from tools.verify import compared, files

RUN = {"data/a/models/a/seed-0.keras": b"weights", "metrics/a.json": b"{}", "REPORT.md": b"a"}


def test_the_same_files():
    assert compared(RUN, dict(RUN)) == "3 files, 1 of them models, are the same to the byte in both runs"


@pytest.mark.parametrize("other", [RUN | {"REPORT.md": b"b"}, RUN | {"plots/a.png": b""}])
def test_every_file_that_differs_is_named(other):
    for first, second in ((RUN, other), (other, RUN)):
        with pytest.raises(FailedError, match=r"1 of \d files differ:\n  (REPORT\.md|plots/a\.png)$"):
            compared(first, second)


def test_all_that_a_run_leaves_is_compared(tmp_path):
    for path, content in RUN.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    (tmp_path / "params.yaml").touch()
    assert files(tmp_path) == RUN


@pytest.mark.slow
def test_a_hash_that_reaches_an_output_is_found(tmp_path):
    """And nothing but that: what a small comparison of the digits leaves does not depend on how it was run."""
    project = clone(tmp_path / "project")
    stage = project / "stages/check/__main__.py"
    written = "write(code | {CHECKED: known})"
    assert written in stage.read_text()
    stage.write_text(stage.read_text().replace(written, 'write(code | {CHECKED: hash("valid")})'))
    git(project, "commit", "-q", "-a", "-m", "an output that hangs on the seed of hashes")
    said, done = command(project, sys.executable, "-m", "tools", "verify", "--small")
    assert not done and "killed in the middle, resumed" in said, said
    assert re.search(r"2 of \d{2,} files differ:\n  code/checked.json\n  dvc.lock\n$", said), said
