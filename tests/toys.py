"""Toy projects of DVC, whose stages take no time, and what is to be seen of them."""

import sys

import processes
from dvc.repo import Repo
from helpers import ROOT
from project import ENVIRONMENT, command, git

# Every command says in the file $RUNS that it has run.
PIPELINE = """
stages:
  all:
    cmd: echo all >> $RUNS && cat letters/a.txt letters/b.txt letters/c.txt > all.txt
    deps: [letters/a.txt, letters/b.txt, letters/c.txt]
    outs: [all.txt]
  letter:
    matrix:
      name: [c, a, b]
    cmd:
    - echo $DVC_STAGE >> $RUNS && test -n "$DVC_ROOT" && echo $DVC_STAGE ${mark} > letters/${item.name}.txt
    - wc -c < letters/${item.name}.txt > scores/${item.name}.json
    deps: [clean]
    params: [mark]
    outs: ["letters/${item.name}.txt"]
    metrics:
    - scores/${item.name}.json: {cache: false}
  clean:
    cmd: echo clean >> $RUNS && mkdir clean && grep -v '#' raw.txt > clean/text.txt
    deps: [raw.txt]
    outs: [clean]
  report:
    cmd: echo report >> $RUNS && cat all.txt scores/a.json > REPORT.md
    deps: [all.txt, scores/a.json]
    outs:
    - REPORT.md: {cache: false}
  count:
    cmd: echo count >> $RUNS && echo once more >> count.txt
    deps: [clean]
    outs:
    - count.txt: {persist: true}
  still:
    frozen: false
    cmd: echo still >> $RUNS && cp raw.txt still.txt
    deps: [raw.txt]
    outs: [still.txt]
  always:
    cmd: echo always >> $RUNS
  inside:
    wdir: folder
    cmd: echo inside >> $RUNS && cp ../all.txt copy.txt
    deps: [../all.txt]
    outs: [copy.txt]
"""
NESTED = """
stages:
  nested:
    cmd: echo nested >> $RUNS && cp ../all.txt nested.txt
    deps: [../all.txt]
    outs: [nested.txt]
"""


def project(folder, pipeline=PIPELINE, settings="mark: 1\n"):
    """A new repository where nothing has run; its raw data are tracked by a .dvc file."""
    for name in ("letters", "scores", "folder"):
        (folder / name).mkdir(parents=True)
        (folder / name / ".keep").touch()
    git(folder, "init", "-q")
    git(folder, "config", "user.name", "a")
    git(folder, "config", "user.email", "a@b")
    (folder / "dvc.yaml").write_text(pipeline)
    if pipeline is PIPELINE:
        (folder / "folder/dvc.yaml").write_text(NESTED)
    (folder / "params.yaml").write_text(settings)
    (folder / "raw.txt").write_text("# a comment\nsome text\n")
    with Repo.init(str(folder)) as repo:
        repo.add(str(folder / "raw.txt"))
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "a pipeline")
    return folder


def content(folder):
    """Path -> bytes of all but what Git and DVC keep for themselves; .gitignore grows in order of finishing."""
    hidden = folder / ".git", folder / ".dvc/tmp"
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {
        str(path.relative_to(folder)): sorted(path.open()) if path.name == ".gitignore" else path.read_bytes()
        for path in paths
        if not any(path.is_relative_to(one) for one in hidden)
    }


def write(name, text):
    return lambda folder: (folder / name).write_text(text)


def edit(old, new):
    return lambda folder: (folder / "dvc.yaml").write_text((folder / "dvc.yaml").read_text().replace(old, new))


def environment(folder):
    """Variables for commands in a toy project: this project's tools are found, and stages say where they have run."""
    return {"PYTHONPATH": str(ROOT), "RUNS": str(folder.parent / "runs")}


def start(folder, *arguments, **own):
    """A run of the engine."""
    engine = [sys.executable, "-m", "tools", "run", "--jobs", "2", *arguments]
    return processes.start(engine, folder, ENVIRONMENT | environment(folder) | own)


def complete(folder, *arguments, **own):
    """What a run of the engine says; it has to succeed."""
    return processes.finish(start(folder, *arguments, **own))


def ran(folder):
    """Commands that have run since this was last asked."""
    path = folder.parent / "runs"
    names = path.read_text().split()
    path.write_text("")
    return names


def dvc(folder, *arguments):
    """What DVC says, whether it succeeds or not."""
    return command(folder, "dvc", *arguments, **environment(folder))[0]
