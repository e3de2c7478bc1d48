"""Score an experiment like any cell.

python -m stages.evaluate_experiment --name full_width_digits
"""

import argparse
from pathlib import Path

from stages import runtime
from stages.catalogue import read_params, run
from stages.changes import changed
from stages.evaluate import evaluate_folder, to_json


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--name", required=True)
    name = parser.parse_args().name
    params = read_params()
    experiment = params["experiments"][name]
    params = changed(params, experiment["changes"])
    runtime.start(params["training"]["threads"])
    folder = Path("data/experiments", name)
    metrics, _ = evaluate_folder(params, experiment["dataset"], experiment["architecture"], folder)
    path = Path("metrics/experiments", f"{name}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_json(metrics) + "\n")
    print(f"{name}: test MSE {metrics['reconstruction']['mse']:.5f}")


if __name__ == "__main__":
    run(main)
