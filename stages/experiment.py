"""Train and score one cell with some settings changed: an experiment whose result is kept beside the comparison.

python -m stages.experiment --name full_width_digits
"""

import argparse
import json
import shutil
from pathlib import Path

from stages import runtime
from stages.catalogue import read_params, run
from stages.cell import load_data, load_model
from stages.changes import changed
from stages.evaluate import evaluate, to_json
from stages.settings import TRAINING, check, check_cell
from stages.train import train_cell


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--name", required=True)
    name = parser.parse_args().name
    params = read_params()
    experiment = params["experiments"][name]
    dataset, architecture = experiment["dataset"], experiment["architecture"]
    params = changed(params, experiment["changes"])
    check(TRAINING, params.get("training"), "training")
    runtime.start(params["training"]["threads"])
    check_cell(params, dataset, architecture)
    folder = Path("data/experiments", name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    train_cell(params, dataset, architecture, folder)

    runtime.reseed(0)
    models = {
        seed: load_model(folder / f"seed-{seed}.keras", architecture) for seed in params["data"][dataset]["seeds"]
    }
    curves = json.loads((folder / "curves.json").read_text())
    classes = json.loads(Path("data/prepared", dataset, "summary.json").read_text())["classes"]
    metrics = evaluate(models, load_data(dataset), params["tasks"], curves, classes)
    path = Path("metrics/experiments", f"{name}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_json(metrics) + "\n")
    print(f"{name}: test MSE {metrics['reconstruction']['mse']:.5f}")


if __name__ == "__main__":
    run(main)
