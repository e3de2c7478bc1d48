"""Training of one architecture on one data set, as tuning chose, once for each seed.

python -m stages.train --dataset mnist --architecture vanilla
"""

from pathlib import Path

from stages.common.params import read_params
from stages.common.settings import read_block
from stages.common.stage import fresh, run
from stages.train import determinism
from stages.train.settings import Budget
from stages.train.train_seeds import read_folds, train_seeds, tuned


def main(dataset: str, architecture: str) -> None:
    cell = tuned(dataset, architecture, read_block(Budget, read_params(), "data", dataset).seeds)
    determinism.start(cell.training.threads)
    train_seeds(cell, read_folds(dataset), fresh(Path("data", dataset, "models", architecture)))


if __name__ == "__main__":
    run(main)
