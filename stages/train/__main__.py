"""Training of one architecture on one data set, once for each seed.

python -m stages.train --dataset mnist --architecture vanilla
"""

from pathlib import Path

from stages.common.params import read_params
from stages.common.stage import fresh, run
from stages.train.fit import train_seeds


def main(dataset: str, architecture: str) -> None:
    train_seeds(read_params(), dataset, architecture, fresh(Path("data/models", dataset, architecture)))


if __name__ == "__main__":
    run(main)
