"""Choosing by reconstruction error, as is often done, and what it costs in all other tasks."""

import numpy as np

from stages.common.names import LIMITED
from stages.common.task import Task
from stages.judge.failed_seeds import fails
from stages.judge.phrases import gain
from stages.judge.words_of_rows import rank_of


def validation_errors(metrics: dict[str, dict]) -> dict[str, float]:
    """Architecture -> mean MSE of validation images, where reconstruction was measured."""
    return {
        name: float(np.mean(content["scores"]["reconstruction"]["validation_mse"]))
        for name, content in metrics.items()
        if "reconstruction" in content["scores"]
    }


def chosen_by_error(metrics: dict[str, dict], tables: dict[str, dict], tasks: dict[str, Task]) -> dict:
    """Architecture with the lowest MSE of validation images of those without failed seeds, and, task -> case -> verdict
    and, in words, how far it is above or below the best other in each; {} where there is none or reconstruction is not
    measured. tables: task -> case -> rows."""
    errors = validation_errors({name: content for name, content in metrics.items() if not fails(content)})
    if "reconstruction" not in tables or not errors:
        return {}
    chosen = min(errors, key=errors.get)
    standings: dict[str, dict] = {}
    for task, cases in tables.items():
        of_chosen = {case: row for case, rows in cases.items() for row in rows if row["architecture"] == chosen}
        standings[task] = {case: _standing(row, tasks[task]) for case, row in of_chosen.items()}
    return {"architecture": chosen, "tasks": standings}


def _standing(row: dict, task: Task) -> dict[str, str]:
    mark, usable = LIMITED if row["budget_limited"] else "", "" if row["usable"] else ", not usable"
    words = f"{gain(row['distance'], task)}: {row['verdict']}, rank {rank_of(row)}{mark}{usable}"
    return {"verdict": row["verdict"], "words": words}
