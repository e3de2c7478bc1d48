"""Score an experiment like any cell, on reconstruction alone.

python -m stages.evaluate_experiment --name full_width_digits
"""

import argparse
from pathlib import Path

from stages import runtime
from stages.catalogue import read_params, run
from stages.changes import changed
from stages.evaluate import evaluate, load_cell
from stages.scores import to_json
from stages.trained import functions_of, load_data


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--name", required=True)
    name = parser.parse_args().name
    params = read_params()
    experiment = params["experiments"][name]
    params = changed(params, experiment["changes"])
    runtime.start(params["training"]["threads"])
    folder = Path("data/experiments", name)
    models, curves, classes = load_cell(params, experiment["dataset"], experiment["architecture"], folder)
    data = load_data(experiment["dataset"])
    functions = {seed: functions_of(model) for seed, model in models.items()}
    metrics = evaluate(models, functions, data, {"reconstruction": {}}, curves, classes)
    path = Path("metrics/experiments", f"{name}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_json(metrics) + "\n")
    print(f"{name}: test MSE {metrics['reconstruction']['mse']:.5f}")


if __name__ == "__main__":
    run(main)
