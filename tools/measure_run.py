"""Overhead of the engine and of DVC, and the speed-up with more workers.

python -m tools measure-run [sleep] [idle] [digits] [--seconds 1] [--workers 1 --workers 2]

Writes docs/speedup.md, a section for each measurement; those that are not named stay as they are there, and without a
name all are made. sleep: a graph of this project's shape whose stages sleep, each --seconds, with so many --workers;
idle: commands that find nothing to do; digits: `make demo` from scratch with 1 and 2 workers, which takes minutes.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from pathlib import Path

import networkx as nx
from dvc.repo import Repo
from ruamel.yaml import YAML

from stages.common.stage import UserError
from tools.clones import clone
from tools.command import FailedError
from tools.readme import processor

PAGE = Path("docs/speedup.md")
SECONDS = re.compile(r": ran in ([\d.]+) s$", re.MULTILINE)
ENGINE = [sys.executable, "-m", "tools", "run", "--jobs"]
DVC = [sys.executable, "-m", "dvc"]
WORKERS = [1, 2, 4, 8, 16, 32, 64]


def elapsed(command: list[str], folder: Path) -> tuple[float, str]:
    """Seconds that a command took, and what it said. Raises FailedError where it fails."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PYTHONPATH": str(Path.cwd()), "PATH": path}
    start = time.monotonic()
    done = subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True)
    if done.returncode:
        raise FailedError(f"{' '.join(command)} failed: {done.stdout}{done.stderr}")
    return time.monotonic() - start, done.stdout


def shape() -> nx.DiGraph:
    """Numbers instead of stages, with edges to what each needs; of a pipeline's stages alone."""
    with Repo() as repo:
        graph = repo.index.graph
        return nx.convert_node_labels_to_integers(graph.subgraph(stage for stage in graph if stage.cmd))


def sleeping(graph: nx.DiGraph, seconds: float, folder: Path) -> None:
    """A project with a stage for each node."""
    stages = {}
    for node in graph:
        stages[f"stage-{node}"] = {
            "cmd": f"sleep {seconds} && touch {node}.txt",
            "deps": ["start", *(f"{other}.txt" for other in graph.successors(node))],
            "outs": [f"{node}.txt"],
        }
    folder.mkdir()
    for command in (["git", "init", "--quiet"], [*DVC, "init", "--quiet"]):
        subprocess.run(command, cwd=folder, check=True)
    (folder / "start").touch()
    YAML().dump({"stages": stages}, folder / "dvc.yaml")


def sleep(given: Namespace, folder: Path) -> str:
    """Runs of sleeping stages with ever more workers."""
    graph, measured = shape(), {}
    for workers in given.workers:
        project = folder / str(workers)
        sleeping(graph, given.seconds, project)
        measured[workers], _ = elapsed([*ENGINE, str(workers)], project)
        print(f"{workers} workers: {measured[workers]:.1f} s", flush=True)
    return sleep_section(graph, given.seconds, measured)


def sleep_section(graph: nx.DiGraph, seconds: float, measured: dict[int, float]) -> str:
    """measured: workers -> seconds of the run."""
    total, chain = len(graph) * seconds, (nx.dag_longest_path_length(graph) + 1) * seconds
    few = min(measured)
    each = max(measured[few] - max(total / few, chain), 0.001) / len(graph)
    rows = "\n".join(
        f"| {workers} | {taken:.1f} | {total / taken:.1f} | {total / taken / min(workers, total / chain):.0%} |"
        for workers, taken in measured.items()
    )
    return f"""## Stages that sleep

{len(graph)} stages in the shape of this project's graph, each of which sleeps {seconds:g} s.

| workers | seconds | speed-up | of the possible |
| --: | --: | --: | --: |
{rows}

The stages alone take {total:.0f} s one after the other, and the longest chain of them {chain:g} s, so no number of
workers is more than {total / chain:.1f} times as fast. What DVC does for a stage and the start of its command cost
{each * 1000:.0f} ms, in one process that serves all workers; opening the project and writing dvc.lock are in it. So the
curve bends at about {seconds / each:.0f} workers, and where a stage takes a minute only at {60 / each:.0f}, if there
are that many cores.
"""


def idle(given: Namespace, folder: Path) -> str:
    """DVC and the engine where everything is up to date."""
    graph, committed, project = shape(), folder / "clone", folder / "project"
    clone("HEAD", committed)
    recorded = YAML(typ="safe").load(committed / "dvc.lock")["stages"]
    command = [*DVC, "repro", "--allow-missing", "--dry", "--single-item", *recorded]
    elapsed(command, committed)  # DVC hashes all files of a new clone
    repro, said = elapsed(command, committed)
    sleeping(graph, 0, project)
    elapsed([*ENGINE, "4"], project)
    engine, _ = elapsed([*ENGINE, "4"], project)
    return idle_section(len(recorded), said.count("Running stage"), repro, len(graph), engine)


def idle_section(recorded: int, stale: int, repro: float, stages: int, engine: float) -> str:
    """recorded, stale: how many stages are in dvc.lock, and would run; repro and engine: seconds."""
    rest = f"; {stale} of them have not run at this commit and would run" if stale else ""
    return f"""## Nothing to do

- `dvc repro --allow-missing --dry` of the {recorded} stages that dvc.lock has, one by one: {repro:.1f} s{rest}.
- `python -m tools run` where {stages} stages of this project's shape are up to date: {engine:.1f} s.
"""


def digits(given: Namespace, folder: Path) -> str:
    """`make demo` from scratch."""
    measured = {}
    for workers in (1, 2):
        project = folder / str(workers)
        clone("HEAD", project)
        taken, said = elapsed(["make", "-o", ".venv/ready", "demo", f"JOBS={workers}"], project)
        report, _ = elapsed([sys.executable, "-m", "stages.tell"], project)
        measured[workers] = taken, [*(float(seconds) for seconds in SECONDS.findall(said)), report]
        print(f"{workers} workers: {taken:.1f} s", flush=True)
    return digits_section(measured)


def digits_section(measured: dict[int, tuple[float, list[float]]]) -> str:
    """measured: workers -> seconds of the run, and of the command of each stage in it."""
    alone, commands = measured[1]
    rows = "\n".join(
        f"| {workers} | {taken:.0f} | {alone / taken:.2f} | {sum(commands):.0f} |"
        for workers, (taken, commands) in measured.items()
    )
    return f"""## Digits

`make demo` from scratch, {len(commands)} stages.

| workers | seconds | speed-up | of all commands together |
| --: | --: | --: | --: |
{rows}

The share of DVC, the engine and `make`, beside the commands of stages: {alone - sum(commands):.1f} s with one worker.
"""


def merged(page: str, sections: list[str]) -> list[str]:
    """The sections of a page, by their headings, with those that were measured anew in the place of older ones."""
    found = {part.partition("\n")[0]: part for part in [*re.split(r"^(?=## )", page, flags=re.M)[1:], *sections]}
    return [f"{found[heading].rstrip()}\n" for heading in sorted(found)]


MEASUREMENTS = {"digits": digits, "idle": idle, "sleep": sleep}


def main(*what: str, seconds: float = 1.0, workers: list[int] | None = None) -> None:
    given = Namespace(seconds=seconds, workers=workers or WORKERS)
    if unknown := set(what) - MEASUREMENTS.keys():
        raise UserError(f"{', '.join(unknown)} is none of {', '.join(MEASUREMENTS)}")
    head = f"""# Speed-up of the engine

Written by `python -m tools measure-run`, on {os.cpu_count()} cores ({processor()}).
"""
    sections = []
    for name in what or MEASUREMENTS:
        with tempfile.TemporaryDirectory() as folder:
            sections.append(MEASUREMENTS[name](given, Path(folder)))
    PAGE.write_text("\n".join([head, *merged(PAGE.read_text() if PAGE.exists() else "", sections)]))
    print(f"wrote {PAGE}")
