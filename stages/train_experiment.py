"""Train one cell with some settings changed, beside the comparison.

python -m stages.train_experiment --name full_width_digits
"""

import argparse
import shutil
from pathlib import Path

from stages import runtime
from stages.catalogue import read_params, run
from stages.changes import changed
from stages.settings import TRAINING, check, check_cell
from stages.train import train_cell


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--name", required=True)
    name = parser.parse_args().name
    params = read_params()
    experiment = params["experiments"][name]
    params = changed(params, experiment["changes"])
    check(TRAINING, params.get("training"), "training")
    runtime.start(params["training"]["threads"])
    check_cell(params, experiment["dataset"], experiment["architecture"])
    folder = Path("data/experiments", name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    train_cell(params, experiment["dataset"], experiment["architecture"], folder)


if __name__ == "__main__":
    run(main)
