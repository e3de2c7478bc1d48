"""Overhead of the engine and of DVC, and the speed-up with more workers.

python -m tools measure-run [sleep] [idle] [digits] [--seconds 1] [--workers 1 --workers 2]

Writes docs/speedup.md, a section for each measurement; those that are not named stay as they are there.

WHAT: sleep, a graph of this project's shape whose stages sleep; idle, commands that find nothing to do; digits,
    `make demo` from scratch with 1 and 2 workers, which takes minutes; by default all
--seconds: how long each stage of `sleep` sleeps
--workers: how many stages of `sleep` run side by side; several numbers are compared
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

import networkx as nx
from dvc.repo import Repo
from ruamel.yaml import YAML

from stages.common.stage import UserError
from tools.clones import clone, demo, without_results
from tools.command import FailedError
from tools.speedup import digits_section, idle_section, merged, sleep_section

PAGE = Path("docs/speedup.md")
SECONDS = re.compile(r": ran in ([\d.]+) s(?=$|;)", re.MULTILINE)
ENGINE = [sys.executable, "-m", "tools", "run", "--jobs"]
DVC = [sys.executable, "-m", "dvc"]
TOGETHER = ("stages.judge.across_datasets", "stages.tell")  # what `make demo` runs beside the engine
PIPES: dict[str, Any] = {"text": True, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
WORKERS = [1, 2, 4, 8, 16, 32, 64]


def ended(process: subprocess.Popen) -> tuple[float, str]:
    """Seconds that a process just started with PIPES took, and what it said. Raises FailedError where it fails."""
    start = time.monotonic()
    said, errors = process.communicate()
    if process.returncode:
        raise FailedError(f"{' '.join(process.args)} failed: {said}{errors}")  # type: ignore[arg-type]
    return time.monotonic() - start, said


def elapsed(command: list[str], folder: Path) -> tuple[float, str]:
    """The same of a command, which is run in a folder."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PYTHONPATH": str(Path.cwd()), "PATH": path}
    return ended(subprocess.Popen(command, cwd=folder, env=environment, **PIPES))


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


def digits(given: Namespace, folder: Path) -> str:
    """`make demo` from scratch."""
    measured = {}
    for workers in (1, 2):
        project = folder / str(workers)
        without_results(project)
        taken, said = ended(demo(project, workers, **PIPES))
        together = [elapsed([sys.executable, "-m", module], project)[0] for module in TOGETHER]
        measured[workers] = taken, [*map(float, SECONDS.findall(said)), *together]
        print(f"{workers} workers: {taken:.1f} s", flush=True)
    return digits_section(measured)


MEASUREMENTS = {"digits": digits, "idle": idle, "sleep": sleep}


def main(*what: str, seconds: float = 1.0, workers: list[int] | None = None) -> None:
    given = Namespace(seconds=seconds, workers=workers or WORKERS)
    if unknown := set(what) - MEASUREMENTS.keys():
        raise UserError(f"{', '.join(unknown)} is none of {', '.join(MEASUREMENTS)}")
    head = "# Speed-up of the engine\n\nWritten by `python -m tools measure-run`.\n"
    sections = []
    for name in what or MEASUREMENTS:
        with tempfile.TemporaryDirectory() as folder:
            sections.append(MEASUREMENTS[name](given, Path(folder)))
    PAGE.write_text("\n".join([head, *merged(PAGE.read_text() if PAGE.exists() else "", sections)]))
    print(f"wrote {PAGE}")
