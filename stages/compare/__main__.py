"""Comparison of all architectures on one data set, from what Git keeps alone.

python -m stages.compare --dataset mnist
"""

import json
from pathlib import Path

from stages.common.params import read_params
from stages.common.registry import load
from stages.common.stage import fresh, run
from stages.compare.results import read_results
from stages.compare.style import save
from stages.compare.tables import costs, curves, rate_distortion, write


def main(dataset: str) -> None:
    params = read_params()
    results = read_results(dataset, params)
    tables = {
        "curves": curves(results.metrics),
        "rate_distortion": rate_distortion(results.metrics, results.references),
        "cost": costs(results.metrics, results.summary),
    }
    for name, table in tables.items():
        write(table, Path("plots", name, f"{dataset}.csv"))

    pictures = fresh(Path("plots", dataset, "pictures"))
    for name in params["figures"]["dataset"]:
        figure = load("compare/figures/dataset", name)
        if getattr(figure, "TASK", None) in (None, *results.summary):  # no picture of a task that was not measured
            save(figure.draw(results), pictures / f"{name}.png")
    summary = fresh(Path("metrics/summary", dataset))
    for task, rows in results.summary.items():
        (summary / f"{task}.json").write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
        front = rows[0]
        told = f"{front['architecture']} in front, {front['verdict']}: {front['measure']} {front['mean']:.5g}"
        print(f"{dataset}: {task}: {told}")


if __name__ == "__main__":
    run(main)
