"""What the engine costs, and how it speeds up: a graph of this project's shape whose stages sleep.

python -m tools.measure_run [--seconds 1] [--workers 1 2 4 8 16 32 64]

Writes docs/speedup.md.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import networkx as nx
from dvc.repo import Repo
from ruamel.yaml import YAML

TABLE = Path("docs/speedup.md")


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
    for command in (["git", "init", "--quiet"], [sys.executable, "-m", "dvc", "init", "--quiet"]):
        subprocess.run(command, cwd=folder, check=True)
    (folder / "start").touch()
    YAML().dump({"stages": stages}, folder / "dvc.yaml")


def elapsed(folder: Path, workers: int) -> float:
    start = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "tools.run", "--jobs", str(workers)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.monotonic() - start


def table(graph: nx.DiGraph, seconds: float, measured: dict[int, float], idle: float) -> str:
    total, chain = len(graph) * seconds, (nx.dag_longest_path_length(graph) + 1) * seconds
    few = min(measured)
    own = max(measured[few] - max(total / few, chain), 0.001) / len(graph)
    information = Path("/proc/cpuinfo")
    cpu = re.search(r"model name\s*: (.*)", information.read_text() if information.exists() else "")
    lines = [
        "# Speed-up of the engine",
        "",
        f"Written by `python -m tools.measure_run --seconds {seconds:g}`: {len(graph)} stages in the shape of this "
        f"project's graph, each of which sleeps {seconds:g} s, on {os.cpu_count()} cores "
        f"({cpu[1] if cpu else platform.processor()}).",
        "",
        "| workers | seconds | speed-up | of the possible |",
        "| --: | --: | --: | --: |",
    ]
    for workers, taken in measured.items():
        possible = min(workers, total / chain)
        lines.append(f"| {workers} | {taken:.1f} | {total / taken:.1f} | {total / taken / possible:.0%} |")
    lines += [
        "",
        f"The stages alone take {total:.0f} s one after the other, and the longest chain of them {chain:g} s, so no "
        f"number of workers is more than {total / chain:.1f} times as fast.",
        f"What DVC does for a stage and the start of its command cost {own * 1000:.0f} ms, in one process that serves "
        "all workers; opening the project and writing dvc.lock are in it.",
        f"So the curve bends at about {seconds / own:.0f} workers, and where a stage takes a minute only at "
        f"{60 / own:.0f}, if there are that many cores.",
        "",
        f"A run that finds nothing to do takes {idle:.1f} s.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4, 8, 16, 32, 64])
    arguments = parser.parse_args()
    graph, measured = shape(), {}
    for workers in arguments.workers:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary, "project")
            sleeping(graph, arguments.seconds, folder)
            measured[workers] = elapsed(folder, workers)
            print(f"{workers} workers: {measured[workers]:.1f} s", flush=True)
            idle = elapsed(folder, 1)
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text(table(graph, arguments.seconds, measured, idle))
    print(f"wrote {TABLE}")


if __name__ == "__main__":
    main()
