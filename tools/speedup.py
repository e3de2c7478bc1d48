"""Sections of docs/speedup.md, from what `python -m tools measure-run` has measured."""

import re

import networkx as nx

from tools.readme import machine


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

On {machine()}.
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


def idle_section(recorded: int, stale: int, repro: float, stages: int, engine: float) -> str:
    """recorded, stale: how many stages are in dvc.lock, and would run; repro and engine: seconds."""
    rest = f"; {stale} of them have not run at this commit and would run" if stale else ""
    return f"""## Nothing to do

On {machine()}.

- `dvc repro --allow-missing --dry` of the {recorded} stages that dvc.lock has, one by one: {repro:.1f} s{rest}.
- `python -m tools run` where {stages} stages of this project's shape are up to date: {engine:.1f} s.
"""


def digits_section(measured: dict[int, tuple[float, list[float]]]) -> str:
    """measured: workers -> seconds of the run, and of the command of each stage in it."""
    alone, commands = measured[1]
    rows = "\n".join(
        f"| {workers} | {taken:.0f} | {alone / taken:.2f} | {sum(commands):.0f} |"
        for workers, (taken, commands) in measured.items()
    )
    return f"""## Digits

On {machine()}.
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
