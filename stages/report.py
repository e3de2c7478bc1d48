"""Write REPORT.md: which autoencoder for which images, how sure, at which cost. Reads what Git keeps.

python -m stages.report
"""

import json
import shutil
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stages.catalogue import UserError, load, read_params, run
from stages.changes import changed
from stages.figures import overview, sweep
from stages.remarks import RULES, alarms, traits
from stages.style import save, spoken
from stages.sweep_answers import answer, sweeps

BEATEN = {"better": "yes", "ahead": "yes", "worse": "no", "behind": "no", "tie": "tie"}  # a verdict on a baseline


def read_dataset(dataset: str, architectures: list[str], tasks: list[str]) -> dict | None:
    """What Git keeps of one data set: rows of the summary by use, metrics by architecture, scores of the baselines, the
    classifier's accuracy, and the architectures of params.yaml that have not been compared here yet.

    None where nothing has been compared.
    """
    folder = Path("metrics/summary", dataset)
    tables = {task: json.loads(path.read_text()) for task in tasks if (path := folder / f"{task}.json").exists()}
    if not tables:
        return None
    compared = {row["architecture"] for rows in tables.values() for row in rows if row["kind"] == "architecture"}
    here = [name for name in architectures if name in compared]
    baselines = json.loads(Path("metrics/baselines", f"{dataset}.json").read_text())
    classifier = json.loads(Path("metrics/classifiers", f"{dataset}.json").read_text())
    return {
        "tables": {
            task: [row for row in rows if row["kind"] != "architecture" or row["architecture"] in here]
            for task, rows in tables.items()
        },
        "metrics": {name: json.loads(Path("metrics", dataset, f"{name}.json").read_text()) for name in here},
        "baselines": baselines["scores"],
        "accuracy": classifier["classifier"].get("accuracy"),
        "missing": [name for name in architectures if name not in here],
    }


def margin(value: float, task: str) -> str:
    """A difference as people write it: in per cent or in the unit of the task's main measure."""
    module = load("tasks", task)
    if module.MARGIN == "relative":
        return f"{100 * value:+.0f} %"
    return f"{value:+.2f} {module.UNIT}" if module.UNIT else f"{value:+.3f}"


def decide(rows: list[dict], metrics: dict[str, dict]) -> dict:
    """What to take for one use on one data set.

    pick: of the best and those tied with it that lie within one standard error of it (Breiman et al. 1984, section
    3.4.3), the row with the fewest multiply-adds; tied: all others that are not told from the best
    baseline: the row of the best method without a network, or None; beaten: "yes", "no" (it wins) or "tie"
    """
    best = [row for row in rows if row["kind"] == "architecture" and row["rank"] == 1]
    beaten = BEATEN.get(best[0].get("versus_baseline"), "yes")
    # A tie may be for want of seeds: the pick has to lie within one standard error of the best, too, and to be as
    # clearly above the baseline.
    error = np.hypot(best[0]["seed_error"], best[0]["test_image_error"])
    candidates = [
        row
        for row in best
        if abs(row["mean"] - best[0]["mean"]) <= error and BEATEN.get(row.get("versus_baseline"), "yes") == beaten
    ]
    pick = min(candidates, key=lambda row: metrics[row["architecture"]]["cost"]["multiply_adds"])
    return {
        "pick": pick,
        "tied": [row["architecture"] for row in best if row is not pick],
        "baseline": next((row for row in rows if row["kind"] == "baseline"), None),
        "beaten": beaten,
    }


def mean_score(result: dict, row: dict, measure: str) -> float | None:
    """The mean over seeds of any measure, of the architecture or baseline that a row is about."""
    sources = {name: content["scores"].get(row["task"], {}) for name, content in result["metrics"].items()}
    if row["kind"] != "architecture":
        sources = result["baselines"][row["task"]]
    values = sources[row["architecture"]].get(measure)
    return None if values is None else float(np.mean(values))


def hardest_class(result: dict, row: dict) -> str:
    """The class with the worst main measure, and that measure; "" where it is not known by class."""
    metrics = result["metrics"].get(row["architecture"]) if row["kind"] == "architecture" else None
    by_class = metrics and metrics["scores"][row["task"]].get(f"{row['measure']}_by_class")
    if not by_class:
        return ""
    means = np.mean(by_class, axis=0)
    worst = int(np.argmax(means) if load("tasks", row["task"]).LOWER_IS_BETTER else np.argmin(means))
    return f"{metrics['facts']['classes'][worst]} ({means[worst]:.3g})"


def best_epochs(metrics: dict) -> list[tuple[int, int]]:
    """For every seed, the epoch that was kept and the number of epochs trained."""
    losses = [terms["val_loss"] for terms in metrics["curves"].values()]
    return [(int(np.argmin(values)) + 1, len(values)) for values in losses]


def experiments(params: dict, results: dict[str, dict]) -> list[dict]:
    """For every experiment that has been run: its settings and figures, and those of the cell it varies."""
    found = []
    for name, block in params["experiments"].items():
        path = Path("metrics/experiments", f"{name}.json")
        base = results.get(block["dataset"], {}).get("metrics", {}).get(block["architecture"])
        if path.exists() and base:
            settings = changed(params, block["changes"])["data"][block["dataset"]]
            cells = [("as compared", params["data"][block["dataset"]], base)]
            cells.append(("experiment", settings, json.loads(path.read_text())))
            found.append({"name": name, **block, "cells": cells})
    return found


def main() -> None:
    params = read_params()
    architectures = params["architectures"]
    tasks = list(params["tasks"])
    read = {dataset: read_dataset(dataset, architectures, tasks) for dataset in params["datasets"]}
    results = {dataset: result for dataset, result in read.items() if result}
    if not results:
        raise UserError("nothing to report: no data set has been compared; `make demo` compares the digits")
    save(
        overview.draw({d: result["tables"] for d, result in results.items()}, architectures), Path("plots/overview.png")
    )

    swept = sweeps(params, results)
    folder = Path("plots/sweeps")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for setting, panels in swept.items():
        save(sweep.draw(setting, panels, architectures), folder / f"{setting}.png")

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"spoken": spoken, "margin": margin}
    text = environment.get_template("report.md.j2").render(
        params=params,
        results=results,
        missing=[dataset for dataset, result in read.items() if not result],
        tasks={task: load("tasks", task) for task in tasks},
        decisions={
            d: {task: decide(rows, result["metrics"]) for task, rows in result["tables"].items()}
            for d, result in results.items()
        },
        alarms={d: alarms(result) for d, result in results.items()},
        mean_score=mean_score,
        hardest_class=hardest_class,
        average=lambda values: float(np.mean(values)),
        pictures={name: load("figures/dataset", name) for name in params["figures"]["dataset"]},
        traits={name: traits(name, params, results) for name in architectures},
        epochs={d: {n: best_epochs(m) for n, m in result["metrics"].items()} for d, result in results.items()},
        experiments=experiments(params, results),
        sweeps={setting: (answer(panels), panels) for setting, panels in swept.items()},
        rules=RULES,
    )
    Path("REPORT.md").write_text(text.rstrip() + "\n")
    print(f"REPORT.md covers {', '.join(results)}")


if __name__ == "__main__":
    run(main)
