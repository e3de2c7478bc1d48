"""Applied arrays: what using a trained model needs besides the model, once no training image is at hand.

One file for each architecture: the threshold above which an image is an anomaly, for each seed, and the codec of the
first seed. What belongs to a task that was not measured is absent.
"""

import hashlib
from pathlib import Path

import numpy as np

from stages.evaluate.protocol import Data, Functions
from stages.evaluate.tasks import compression


def applied(
    folder: Path, first: Functions, data: Data, seeds: list[int], scores: dict[str, dict]
) -> dict[str, np.ndarray]:
    """Arrays by name: seeds (s,); sha256 (s,), of the models' files, since nothing here is true of others; threshold
    (s,), of the reconstruction error; those of the codec, see `stages/evaluate/measures/latent_codec.py`.

    folder: of the models; first: functions of the first seed's
    scores: task -> measure -> values of all seeds, not rounded
    """
    arrays = {"seeds": np.array(seeds), "sha256": np.array([sum_of(folder / f"seed-{seed}.keras") for seed in seeds])}
    if "anomaly" in scores:
        arrays["threshold"] = np.array(scores["anomaly"]["threshold"])
    if "compression" in scores:
        chosen = {name: scores["compression"][name][0] for name in ("step", "dead_zone")}
        arrays |= compression.codec(first, data, **chosen).arrays()
    return arrays


def sum_of(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_applied(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write them to one .npz file, whose bytes depend on nothing else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays)
