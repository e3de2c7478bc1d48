"""Results as the report reads them: what Git keeps of a data set, ranked, and single figures out of it."""

import html
import json
from pathlib import Path

import numpy as np

from stages.compare.ranking import ranked
from stages.compare.results import architectures_of, read_metrics, read_references


def read_dataset(dataset: str, params: dict) -> dict | None:
    """What Git keeps of one data set, ranked anew: tasks that are asked for, rows by task, metrics by architecture,
    scores of the references, PCA's spectrum, the classifier's accuracy, and the architectures that have not been
    compared here yet.

    params: all settings. None where none of the architectures or tasks has been compared.
    """
    architectures = architectures_of(params, dataset)
    summary = Path("metrics/summary", dataset)
    rows = [row for path in summary.glob("*.json") for row in json.loads(path.read_text())]
    compared = {row["architecture"] for row in rows if row["kind"] == "architecture"}
    metrics = read_metrics(dataset, [name for name in architectures if name in compared])
    if not metrics:
        return None
    tasks, references = read_references(dataset)
    tasks = {name: task for name, task in tasks.items() if name in params["tasks"]}
    scores = references["scores"]
    tables = {
        name: own
        for name, task in tasks.items()
        if (own := ranked(metrics, scores.get(name, {}), task, params["verdicts"]))
    }
    return tables and {
        "tasks": tasks,
        "tables": tables,
        "metrics": metrics,
        "references": scores,
        "spectrum": references["pca_spectrum"],
        "accuracy": references["classifier"].get("accuracy"),
        "missing": [name for name in architectures if name not in metrics],
    }


def seeds_of(result: dict) -> int:
    """How many seeds every architecture of a data set was trained with."""
    return len(next(iter(result["metrics"].values()))["facts"]["seeds"])


def mean_score(result: dict, row: dict, measure: str) -> float | None:
    """The mean over seeds of any measure, of the architecture or reference that a row is about."""
    sources = {name: content["scores"].get(row["task"], {}) for name, content in result["metrics"].items()}
    if row["kind"] != "architecture":
        sources = result["references"][row["task"]]
    values = sources[row["architecture"]].get(measure)
    return None if values is None else float(np.mean(values))


def hardest_class(result: dict, row: dict) -> str:
    """The class with the worst main measure, and that measure; "" where it is not known by class."""
    metrics = result["metrics"].get(row["architecture"]) if row["kind"] == "architecture" else None
    by_class = metrics and metrics["scores"][row["task"]].get(f"{row['measure']}_by_class")
    if not by_class:
        return ""
    means = np.mean(by_class, axis=0)
    worst = int(np.argmax(means) if result["tasks"][row["task"]].lower_is_better else np.argmin(means))
    return f"{class_name(metrics, worst)} ({means[worst]:.3g})"


def class_name(metrics: dict, place: int) -> str:
    """The name of a class, maybe of a folder, so that nothing in it is taken for Markdown or HTML."""
    return html.escape(" ".join(metrics["facts"]["classes"][place].split())).replace("|", "&#124;")


def best_epochs(metrics: dict) -> list[tuple[int, int]]:
    """For every seed, the epoch that was kept and the number of epochs trained."""
    losses = [terms["val_loss"] for terms in metrics["curves"].values()]
    return [(int(np.argmin(values)) + 1, len(values)) for values in losses]


def validation_errors(metrics: dict[str, dict]) -> dict[str, float]:
    """Architecture -> mean MSE of validation images, where reconstruction was measured."""
    return {
        name: float(np.mean(content["scores"]["reconstruction"]["validation_mse"]))
        for name, content in metrics.items()
        if "reconstruction" in content["scores"]
    }


def regrets(result: dict) -> dict:
    """What it costs in each task to choose an architecture by its error, as most do: the one with the lowest MSE of
    validation images, and its row of every table; empty where reconstruction is not measured."""
    if "reconstruction" not in result["tables"]:
        return {}
    errors = validation_errors(result["metrics"])
    chosen = min(errors, key=errors.get)
    rows = {task: [row for row in table if row["architecture"] == chosen] for task, table in result["tables"].items()}
    return {"chosen": chosen, "rows": {task: found[0] for task, found in rows.items() if found}}
