"""Files of a data set, and of the one that its anomalies come from, brought to data/<dataset>/raw; of a folder of the
user's images a listing of what is in it.

python -m stages.prepare.fetch --dataset mnist

DVC leaves what is there (`persist`): a file whose sum is right is not downloaded again.
"""

import shutil
from pathlib import Path

from stages.common.params import read_params
from stages.common.registry import load, names
from stages.common.settings import read_block
from stages.common.stage import run
from stages.prepare.listing import LISTING
from stages.prepare.listing import fetch as fetch_listing
from stages.prepare.settings import Source


def main(dataset: str) -> None:
    folder, source = Path("data", dataset, "raw"), read_block(Source, read_params(), "data", dataset)
    built_in = [name for name in (dataset, source.anomalies) if name in names("prepare/datasets")]
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.name not in built_in and not (source.folder and path.name == LISTING):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    if source.folder:
        fetch_listing(folder, source.folder, source.anomalies)
    for name in built_in:
        (folder / name).mkdir(exist_ok=True)
        load("prepare/datasets", name).fetch(folder / name)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{dataset}: {size / 1e6:.1f} MB in {folder}")


if __name__ == "__main__":
    run(main)
