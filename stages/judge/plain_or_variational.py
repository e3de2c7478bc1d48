"""Autoencoder or variational autoencoder: two networks that differ in nothing but the latent, one on one."""

from stages.common.task import Task
from stages.judge.draws import drawn, scores_in
from stages.judge.phrases import gain
from stages.judge.verdicts import compared

PAIRS = {"deep": "variational", "convolutional": "convolutional_variational"}


def pairs(metrics: dict[str, dict], tasks: dict[str, Task], settings: dict) -> list[dict]:
    """For every pair that a data set has: plain, variational, and under tasks, task -> case, the verdict on the
    variational one and its gain (+ is better), also in words. tasks: those that were measured"""
    rows = []
    for pair in PAIRS.items():
        if set(pair) <= set(metrics):
            cells = {name: cases for name, task in tasks.items() if (cases := _cells(metrics, task, pair, settings))}
            rows.append({"plain": pair[0], "variational": pair[1], "tasks": cells})
    return rows


def _cells(metrics: dict[str, dict], task: Task, pair: tuple[str, str], settings: dict) -> dict[str, dict]:
    cases = {name: case for name, case in task.by_case().items() if set(pair) <= set(scores_in(metrics, case))}
    return {name: _cell(metrics, case, pair, settings) for name, case in cases.items()}


def _cell(metrics: dict[str, dict], task: Task, pair: tuple[str, str], settings: dict) -> dict:
    first, second = (list(scores_in(metrics, task)).index(name) for name in pair)
    several = min(len(metrics[name]["scores"][task.name][task.measure]) for name in pair) > 1
    cell = compared(drawn(metrics, {}, task, settings), first, second, several, task, settings)
    return cell | {"words": f"{gain(cell['gain'], task)}, {cell['verdict']}"}
