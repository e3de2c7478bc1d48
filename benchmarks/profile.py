"""Where the time of training goes: the share of each kind of operation, of one network in the steady state.

python -m benchmarks.profile deep mnist
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from stages.common.params import read_params
from stages.train import determinism
from stages.train.settings import cell_of

STEPS = 40  # of training that are looked at
GROUPS = {"convolutions": "Conv2D", "matrix products": "MatMul", "Adam": "Adam", "random numbers": "Random"}


def measured(network: str, data_set: str) -> dict:
    """A row: share of the time of all operations that each group has, and all others together."""
    command = [sys.executable, "-m", "benchmarks.profile", network, data_set]
    said = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout
    shares = json.loads(said.splitlines()[-1])  # before it training tells of itself
    return {"network": network, "data_set": data_set, "shares": grouped(shares)}


def grouped(shares: dict[str, float]) -> dict[str, float]:
    """Group -> share of the time, "others" last; of shares by kind."""
    found = {
        group: round(sum(share for kind, share in shares.items() if part in kind), 4) for group, part in GROUPS.items()
    }
    return found | {"others": round(1 - sum(found.values()), 4)}


def shares_of(events: list[tuple[str, int]]) -> dict[str, float]:
    """Kind -> share of the time of all operations; of names and durations, of which "place:Kind" is an operation.

    What oneDNN does has its name before the kind.
    """
    times = Counter()
    for name, duration in events:
        _, colon, kind = name.rpartition(":")
        if "/" in name and colon:
            times[kind.removeprefix("_Mkl").removeprefix("Native")] += duration
    return {kind: duration / times.total() for kind, duration in times.items()}


def recorded(folder: str) -> list[tuple[str, int]]:
    """Names and durations of all that TensorFlow's profiler has written into a folder."""
    from tensorflow.tsl.profiler.protobuf.xplane_pb2 import XSpace

    (path,) = Path(folder).rglob("*.xplane.pb")
    return [
        (plane.event_metadata[event.metadata_id].name, event.duration_ps)
        for plane in XSpace.FromString(path.read_bytes()).planes
        for line in plane.lines
        for event in line.events
    ]


def main() -> None:
    network, data_set = sys.argv[1:]
    params = read_params()
    determinism.start(threads=1)
    import tensorflow as tf

    from stages.train.build import build
    from stages.train.fit import fit, trainer_of

    cell = cell_of(params, data_set, network)
    budget = cell.budget.model_copy(update={"epochs": 1, "passes_per_epoch": 1})
    batch_size = budget.batch_size
    images = np.load(f"data/{data_set}/prepared/images/train.npy")[: STEPS * batch_size]
    validation = images[:batch_size]
    model = build(cell, images.shape[1:])
    model.start_at_mean(images)
    trainer = trainer_of(model, cell.training)
    fit(trainer, images[:batch_size], validation, budget, cell.training, 0, "profile")  # the graphs are there
    with tempfile.TemporaryDirectory() as folder:
        with tf.profiler.experimental.Profile(folder):
            fit(trainer, images, validation, budget, cell.training, 0, "profile")
        print(json.dumps(shares_of(recorded(folder))))


if __name__ == "__main__":
    main()
