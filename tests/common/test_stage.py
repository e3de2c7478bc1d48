"""The frame of stages and tools: flags from the arguments, and mistakes as one line."""

import errno
import subprocess
import sys

import pytest
from helpers import ROOT

from stages.common.stage import UserError, fresh, run

seen = {}


def main(dataset: str, head: str | None = None, jobs: int = 2, dry_run: bool = False) -> None:
    seen.update(dataset=dataset, head=head, jobs=jobs, dry_run=dry_run)


def called(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["stage", *arguments])
    run(main)
    return seen


def test_flags_come_from_the_arguments(monkeypatch):
    plain = {"dataset": "digits", "head": None, "jobs": 2, "dry_run": False}
    assert called(monkeypatch, "--dataset", "digits") == plain
    given = called(monkeypatch, "--dataset", "mnist", "--jobs", "4", "--dry-run", "--head", "HEAD")
    assert given == {"dataset": "mnist", "head": "HEAD", "jobs": 4, "dry_run": True}


@pytest.mark.parametrize("arguments", [[], ["--dataset", "x", "--epochs", "3"], ["--dataset", "x", "--jobs", "few"]])
def test_wrong_flags_end_the_program(monkeypatch, capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        called(monkeypatch, *arguments)
    assert caught.value.code == 2 and "usage:" in capsys.readouterr().err


def test_help_names_the_flags_and_what_the_program_is(monkeypatch, capsys):
    with pytest.raises(SystemExit):
        called(monkeypatch, "--help")
    said = " ".join(capsys.readouterr().out.split())
    assert "--dry-run" in said and __doc__ in said


def failing(error):
    def main() -> None:
        raise error

    return main


def test_a_mistake_is_one_line_and_a_fault_is_not(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["stage"])
    with pytest.raises(SystemExit) as caught:
        run(failing(UserError("params.yaml: no such setting")))
    assert caught.value.code == "error: params.yaml: no such setting"
    with pytest.raises(SystemExit, match="stopped by the keyboard"):
        run(failing(KeyboardInterrupt()))
    with pytest.raises(ZeroDivisionError):
        run(failing(ZeroDivisionError()))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "data/x.npy"), "the disk is full"),
        (OSError(errno.EFBIG, "File too large"), "the disk is full"),
        (OSError("1000 requested and 3 written"), "the disk is full"),
        (OSError("Can't write data (errno = 28, error message = 'No space left on device')"), "the disk is full"),
        (
            OSError(errno.EROFS, "Read-only file system", "data/x.npy"),
            "data/x.npy: Read-only .*: let your user",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "data"), "data: Permission denied: let your user"),
        (
            FileNotFoundError(errno.ENOENT, "No such file", "data/x.npy"),
            "data/x.npy: No such file: see that it",
        ),
        (MemoryError(), "the memory is full: run fewer stages side by side"),
    ],
)
def test_what_the_machine_refuses_is_one_line(monkeypatch, error, said):
    """With the commands that bring back what was there: DVC's own outputs and those that Git keeps."""
    monkeypatch.setattr(sys, "argv", ["stage"])
    with pytest.raises(SystemExit, match=f"error: {said}") as caught:
        run(failing(error))
    assert "\n" not in caught.value.code
    assert "`git restore metrics plots REPORT.md` and `dvc checkout` bring back" in caught.value.code


def test_a_stage_outside_the_project_says_so(tmp_path):
    """A whole stage as a command: one line on stderr, no traceback, and a status that stops DVC."""
    command = [sys.executable, "-m", "stages.draw", "--dataset", "digits"]
    done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, text=True, capture_output=True)
    assert done.returncode == 1
    assert done.stderr == "error: params.yaml is missing: run this in the folder of the project\n"


def test_fresh_empties_a_folder(tmp_path):
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/old.txt").write_text("old")
    assert list(fresh(tmp_path / "a").iterdir()) == []
    assert fresh(str(tmp_path / "new/deep")).is_dir()
