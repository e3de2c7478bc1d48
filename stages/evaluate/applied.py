"""Applied arrays: what using a trained model needs besides the model, once no training image is at hand.

One file for each architecture: the threshold above which an image is an anomaly, for each seed, and the codec of the
first seed. What belongs to a task that was not measured is absent.
"""

import hashlib
from pathlib import Path

import numpy as np

from stages.evaluate.protocol import Data, Functions
from stages.evaluate.tasks import compression


def applied(folder: Path, by_seed: dict[int, dict[str, dict]], codec: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Arrays by name: seeds (s,); sha256 (s,), of the models' files, since nothing here is true of others; threshold
    (s,), of the reconstruction error; and those of the codec.

    folder: of the models; by_seed: seed -> task -> scores, not rounded
    """
    sums = [sum_of(folder / f"seed-{seed}.keras") for seed in by_seed]
    arrays = {"seeds": np.array(list(by_seed)), "sha256": np.array(sums)}
    if all("anomaly" in scores for scores in by_seed.values()):
        arrays["threshold"] = np.array([scores["anomaly"]["threshold"] for scores in by_seed.values()])
    return arrays | codec


def codec_arrays(model: Functions, data: Data, scores: dict[str, dict]) -> dict[str, np.ndarray]:
    """Arrays of a model's codec, see `stages/evaluate/measures/latent_codec.py`; none where compression has no scores.

    scores: task -> scores of this model
    """
    if "compression" not in scores:
        return {}
    chosen = {name: scores["compression"][name] for name in ("step", "dead_zone")}
    return compression.codec(model, data, **chosen).arrays()


def sum_of(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_applied(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write them to one .npz file, whose bytes depend on nothing else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays)
