"""Files of a data set, and of the one that its anomalies come from, brought to data/raw/<dataset>.

python -m stages.prepare.fetch --dataset mnist

DVC leaves what is there (`persist`): a file whose sum is right is not downloaded again.
"""

import shutil
from pathlib import Path

from stages.common.params import read_params
from stages.common.registry import load
from stages.common.stage import run


def main(dataset: str) -> None:
    folder = Path("data/raw", dataset)
    sources = [dataset, read_params()["data"][dataset]["anomalies"]]
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.name not in sources:
            shutil.rmtree(path)
    for source in sources:
        (folder / source).mkdir(exist_ok=True)
        load("prepare/datasets", source).fetch(folder / source)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{dataset}: {size / 1e6:.1f} MB in {folder}")


if __name__ == "__main__":
    run(main)
