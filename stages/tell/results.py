"""Results as the pages read them: what was measured and judged on a data set, and single figures out of it."""

import json
from pathlib import Path

import numpy as np

from stages.common.results import read_dataset, read_summary, read_verdicts
from stages.common.seeds import kept_epochs
from stages.common.unlabelled import named_as_measured

MAP, GIVEN = "anomaly map", "other data set"  # the detector and the anomalies of masks, as evaluation names them


def read_results(dataset: str) -> dict | None:
    """What was measured on a data set (common/results.py: read_dataset) of the tasks that were judged; with verdicts,
    and tables, task -> case -> rows. None where nothing of it has been judged."""
    verdicts = read_verdicts(dataset)
    if not verdicts or not verdicts["tasks"]:
        return None
    tables = read_summary(dataset)
    result = read_dataset(dataset, verdicts["architectures"], list(verdicts["tasks"]), verdicts.get("failed"))
    return named_as_measured(result) | {
        "verdicts": verdicts,
        "tables": {task: tables[task] for task in verdicts["tasks"]},
    }


def mean_score(result: dict, row: dict, measure: str) -> float | None:
    """The mean over seeds of any measure, of the architecture or reference that a row is about."""
    sources = {name: content["scores"].get(row["task"], {}) for name, content in result["metrics"].items()}
    if row["kind"] != "architecture":
        sources = result["references"][row["task"]]
    values = sources[row["architecture"]].get(measure)
    return None if values is None else float(np.mean(values))


def located(result: dict, task: str) -> list[tuple[str, dict]]:
    """Architectures whose maps were held against masks of defects, best overlap first, each with the means over seeds:
    pixel_auroc, pro, images (AUROC of the map's largest value over images), and by_kind, pairs of the first two for
    each of kinds, where there are several."""
    rows = []
    for name, content in result["metrics"].items():
        own = content["scores"].get(task, {})
        if "pro" in own:
            kinds = own["kinds_with_masks"][0] if len(own["kinds_with_masks"][0]) > 1 else []
            by_kind = [np.mean(own[f"{measure}_by_kind"], axis=0)[: len(kinds)] for measure in ("pixel_auroc", "pro")]
            means = {measure: float(np.mean(own[measure])) for measure in ("pixel_auroc", "pro")}
            cell = own["detectors"][0].index(MAP), own["anomalies"][0].index(GIVEN)
            images = float(np.mean(own["auroc_by_anomaly"], axis=0)[cell])
            rows.append((name, means | {"images": images, "kinds": kinds, "by_kind": list(zip(*by_kind, strict=True))}))
    return sorted(rows, key=lambda row: row[1]["pro"], reverse=True)


def best_epochs(metrics: dict) -> list[tuple[int, int]]:
    """For every seed, the epoch that was kept and the number of epochs trained."""
    lengths = [len(terms["val_loss"]) for terms in metrics["curves"].values()]
    return [(kept + 1, length) for kept, length in zip(kept_epochs(metrics), lengths, strict=True)]


def read_tuning(dataset: str, architectures: list[str]) -> dict[str, dict]:
    """Architecture -> what tuning chose, of those that were tuned.

    settings: of the chosen trial; trials, pruned, diverged: how many there were and ended like this; kept: whether it
    chose the settings of params.yaml, which the first trial has; first, chosen: the lowest validation loss of the first
    trial (None where it ended early), and of the chosen
    """
    rows = {}
    for name in architectures:
        path = Path("metrics", dataset, "tuning", f"{name}.json")
        content = json.loads(path.read_text()) if path.exists() else {"chosen": []}
        for index in content["chosen"]:
            trials = content["trials"]
            ended = [trial["ended"] for trial in trials]
            rows[name] = {
                "settings": trials[index]["settings"],
                "trials": len(trials),
                "pruned": ended.count("pruned"),
                "diverged": ended.count("diverged"),
                "kept": index == 0,
                "first": trials[0]["loss"] if ended[0] == "complete" else None,
                "chosen": trials[index]["loss"],
            }
    return rows
