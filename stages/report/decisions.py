"""Decisions: what to take for each task, held against PCA and the best method without a network."""

import json
from pathlib import Path

import numpy as np

from stages.common.task import Task
from stages.compare.ranking import FLOOR, ranked
from stages.compare.results import read_metrics, read_references
from stages.compare.style import spoken

BEATEN = {"better": "yes", "ahead": "yes", "worse": "no", "behind": "no", "tie": "tie"}  # a verdict on a reference


def read_dataset(dataset: str, architectures: list[str], asked: list[str]) -> dict | None:
    """What Git keeps of one data set, ranked anew: tasks that are asked for, rows by task, metrics by architecture,
    scores of the references, the classifier's accuracy, and the architectures that have not been compared here yet.

    None where none of the architectures or tasks has been compared.
    """
    summary = Path("metrics/summary", dataset)
    rows = [row for path in summary.glob("*.json") for row in json.loads(path.read_text())]
    compared = {row["architecture"] for row in rows if row["kind"] == "architecture"}
    metrics = read_metrics(dataset, [name for name in architectures if name in compared])
    if not metrics:
        return None
    tasks, references = read_references(dataset)
    tasks = {name: task for name, task in tasks.items() if name in asked}
    scores = references["scores"]
    tables = {name: own for name, task in tasks.items() if (own := ranked(metrics, scores.get(name, {}), task))}
    return tables and {
        "tasks": tasks,
        "tables": tables,
        "metrics": metrics,
        "references": scores,
        "accuracy": references["classifier"].get("accuracy"),
        "missing": [name for name in architectures if name not in metrics],
    }


def margin(value: float, task: Task) -> str:
    """A difference as people write it: in per cent or in the unit of the task's main measure."""
    if task.margin == "relative":
        return f"{100 * value:+.0f} %"
    return f"{value:+.2f} {task.unit}" if task.unit else f"{value:+.3f}"


def decide(rows: list[dict], metrics: dict[str, dict]) -> dict:
    """What to take for one task on one data set.

    pick: of the best and those tied with it that lie within one standard error of it (Breiman et al. 1984, section
    3.4.3), the row with the fewest multiply-adds; tied: all others that are not told from the best
    reference: the row of the best method without a network, or None; beaten: "yes", "no" (it wins) or "tie"
    """
    best = [row for row in rows if row["kind"] == "architecture" and row["rank"] == 1]
    beaten = BEATEN.get(best[0].get("versus_reference"), "yes")
    # A tie may be for want of seeds: the pick has to lie within one standard error of the best, too, and to be as
    # clearly above the reference.
    error = np.hypot(best[0]["seed_error"], best[0]["test_image_error"])
    candidates = [
        row
        for row in best
        if abs(row["mean"] - best[0]["mean"]) <= error and BEATEN.get(row.get("versus_reference"), "yes") == beaten
    ]
    pick = min(candidates, key=lambda row: metrics[row["architecture"]]["cost"]["multiply_adds"])
    return {
        "pick": pick,
        "tied": [row["architecture"] for row in best if row is not pick],
        "reference": next((row for row in rows if row["kind"] == "reference"), None),
        "beaten": beaten,
    }


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
    return f"{metrics['facts']['classes'][worst]} ({means[worst]:.3g})"


def best_epochs(metrics: dict) -> list[tuple[int, int]]:
    """For every seed, the epoch that was kept and the number of epochs trained."""
    losses = [terms["val_loss"] for terms in metrics["curves"].values()]
    return [(int(np.argmin(values)) + 1, len(values)) for values in losses]


def listed(words: list[str]) -> str:
    """Words as people list them: a, b and c."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def takeaways(results: dict[str, dict], decisions: dict[str, dict]) -> list[str]:
    """Three sentences over all data sets: what is taken, where no network is needed, how much is undecided."""
    choices = [(dataset, task, choice) for dataset, by_task in decisions.items() for task, choice in by_task.items()]
    networks, simple = {}, {}
    for dataset, task, choice in choices:
        name = choice["pick"]["architecture"]
        needless = name == FLOOR or choice["pick"].get("versus_floor") == "tie" or choice["beaten"] != "yes"
        by_dataset = simple if needless else networks.setdefault(name, {})
        by_dataset.setdefault(dataset, []).append(task)

    def where(by_dataset):
        return "; ".join(f"{listed(tasks)} on {spoken(dataset)}" for dataset, tasks in by_dataset.items())

    taken = [f"{spoken(name)} for {where(found)}" for name, found in networks.items()]
    tied = [len(choice["tied"]) for _, _, choice in choices]
    undecided = sum(count > 0 for count in tied)
    needless = "none is told to be better than both PCA and the best method without a network there"
    return [
        f"**What to take:** {', '.join(taken) or 'no network: none is better than what needs none'}.",
        f"**No network is needed** for {where(simple)}: {needless}."
        if simple
        else "**A network pays** in every task: the best one beats PCA and every method without a network.",
        f"**How sure:** in {undecided} of {len(choices)} comparisons others tie with the best, {np.median(tied):.0f} "
        "in the median; more seeds would tell more.",
    ]
