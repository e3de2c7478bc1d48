"""What the seeds of a cell take, from the start of a process to the saved models, against steady training."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from stages.common.params import read_params

# Without tuning, which MNIST need not have; the seeds alone, whose epochs are counted: no shorter budgets, no models of
# seen classes.
SEEDS = """
import sys
from pathlib import Path
from stages.common.params import read_params
from stages.train import determinism
from stages.train.settings import cell_of
from stages.train.train_seeds import read_images, train_seeds
determinism.start(threads=1)
data_set, network = sys.argv[1:]
folder = Path("data", data_set, "models", network)
folder.mkdir(parents=True)
cell = cell_of(read_params(), data_set, network)
train_seeds(cell, [read_images(data_set)], folder, thorough=False)
"""


def measured(data_set: str, network: str, images_per_second: float) -> dict:
    """A row of one cell, its seeds trained with the settings of params.yaml in a temporary folder."""
    root = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "data", data_set).mkdir(parents=True)
        for name in ("params.yaml", f"data/{data_set}/prepared"):
            Path(folder, name).symlink_to(root / name)
        start = time.monotonic()
        subprocess.run(
            [sys.executable, "-c", SEEDS, data_set, network],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(root)},
            check=True,
        )
        seconds = time.monotonic() - start
        training = json.loads(Path(folder, "data", data_set, "models", network, "training.json").read_text())
    images = len(np.load(f"data/{data_set}/prepared/images/train.npy", mmap_mode="r"))
    epochs = sum(len(curves["val_loss"]) for curves in training["curves"].values())
    passes = read_params()["data"][data_set]["passes_per_epoch"]
    steady = epochs * passes * images / images_per_second
    return {
        "network": network,
        "data_set": data_set,
        "seconds": round(seconds, 1),
        "steady_seconds": round(steady, 1),
        "ratio": round(seconds / steady, 3),
    }
