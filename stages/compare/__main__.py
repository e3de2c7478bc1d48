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
from stages.compare.tables import costs, curves, rate_distortion


def main(dataset: str) -> None:
    params = read_params()
    results = read_results(dataset, params["architectures"])
    tables = {
        "curves": curves(results.metrics),
        "rate_distortion": rate_distortion(results.metrics, results.references),
        "cost": costs(results.metrics, results.summary),
    }
    for name, table in tables.items():
        path = Path("plots", name, f"{dataset}.csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")

    pictures = fresh(Path("plots", dataset))
    for name in params["figures"]["dataset"]:
        figure = load("compare/figures/dataset", name)
        if getattr(figure, "TASK", None) in (None, *results.summary):  # no picture of a task that was not measured
            save(figure.draw(results), pictures / f"{name}.png")
    summary = fresh(Path("metrics/summary", dataset))
    for task, rows in results.summary.items():
        (summary / f"{task}.json").write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
        best = rows[0]
        print(f"{dataset}: {task}: best is {best['architecture']}, {best['measure']} {best['mean']:.5g}")


if __name__ == "__main__":
    run(main)
