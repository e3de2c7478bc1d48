"""Files of a data set, and of the one that its anomalies come from, brought to data/raw/<dataset>; of a folder of one's
own a listing of what is in it.

python -m stages.prepare.fetch --dataset mnist

DVC leaves what is there (`persist`): a file whose sum is right is not downloaded again.
"""

import shutil
from pathlib import Path

from stages.common.params import read_params
from stages.common.registry import load, names
from stages.common.stage import run
from stages.prepare.folder import LISTING
from stages.prepare.folder import fetch as fetch_listing


def main(dataset: str) -> None:
    folder, settings = Path("data/raw", dataset), read_params()["data"][dataset]
    sources = [name for name in (dataset, settings["anomalies"]) if name in names("prepare/datasets")]
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.name not in sources and not (settings["folder"] and path.name == LISTING):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    if settings["folder"]:
        fetch_listing(folder, settings["folder"], settings["anomalies"])
    for source in sources:
        (folder / source).mkdir(exist_ok=True)
        load("prepare/datasets", source).fetch(folder / source)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{dataset}: {size / 1e6:.1f} MB in {folder}")


if __name__ == "__main__":
    run(main)
