"""Data sets without labels, on which no class is left out: their headline of anomalies is that of those given."""

from stages.common.task import Task

ANOMALY = "anomaly"


def without_classes(tasks: dict[str, Task], far: str | None = None) -> dict[str, Task]:
    """Tasks of a data set without labels. far: heading of the user's own anomalies, None where they are another data
    set's"""
    if ANOMALY not in tasks:
        return tasks
    task, given = tasks[ANOMALY], far or "other data set"
    columns = task.columns | {task.measure: f"AUROC, {given}"}
    return tasks | {ANOMALY: task._replace(label=f"AUROC of {given}", columns=columns)}


def named_as_measured(result: dict) -> dict:
    """What read_dataset gives, with tasks that say what was measured: without labels no AUROC of classes never seen."""
    labelled = any(content["facts"].get("seen_classes") for content in result["metrics"].values())
    return result if labelled else result | {"tasks": without_classes(result["tasks"])}
