"""Usage files: what using a trained model needs besides the model, once no training image is at hand.

A folder for each model, a file for each array. What belongs to a task that was not measured is absent.
"""

import hashlib
from pathlib import Path

import numpy as np

from stages.common.registry import load
from stages.evaluate.task_interface import Data, Functions


def usage(path: Path, model: Functions, data: Data, seed: int, scores: dict[str, dict]) -> dict[str, np.ndarray]:
    """Arrays by name, of one model: sha256, of its file, since nothing here is true of others; and those that the
    `usage` of each task gives, where it has one. Their types say how bytes are ordered.

    path: of the model's file; scores: task -> measure -> score of this seed, not rounded
    """
    arrays = {"sha256": np.array(sum_of(path), "<U64")}
    for name, measured in scores.items():
        module = load("evaluate/tasks", name)
        if hasattr(module, "usage"):
            arrays |= module.usage(model, data, seed, measured)
    return arrays


def sum_of(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
