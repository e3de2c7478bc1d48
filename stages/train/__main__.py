"""Training of one architecture on one data set, as tuning chose, once for each seed.

python -m stages.train --dataset mnist --architecture vanilla
"""

from pathlib import Path

from stages.common.params import read_params
from stages.common.stage import fresh, run
from stages.train import determinism
from stages.train.runs import read_images, train_seeds, tuned


def main(dataset: str, architecture: str) -> None:
    params = tuned(dataset, architecture, read_params()["data"][dataset]["seeds"])
    determinism.start(params["training"]["threads"])
    train_seeds(params, dataset, architecture, read_images(dataset), fresh(Path("data/models", dataset, architecture)))


if __name__ == "__main__":
    run(main)
