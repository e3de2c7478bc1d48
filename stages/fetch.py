"""Bring the files of a data set to data/raw/<dataset>.

python -m stages.fetch --dataset mnist
"""

import argparse
import shutil
from pathlib import Path

from stages.catalogue import load, run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", required=True)
    dataset = parser.parse_args().dataset
    module = load("datasets", dataset)
    folder = Path("data/raw", dataset)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    module.fetch(folder)
    print(f"{dataset}: {sum(path.stat().st_size for path in folder.iterdir()) / 1e6:.1f} MB in {folder}")


if __name__ == "__main__":
    run(main)
