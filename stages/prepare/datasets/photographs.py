"""Patches, 32 x 32, of the two colour photographs that scikit-learn bundles (a temple in China, a flower).

Too few and too alike to train on: they serve as anomalies, for other data sets, that need no download.
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_sample_images

from stages.prepare.formats import Images

SIZE, STEP = 32, 20  # pixels; patches overlap by twelve


def fetch(folder: Path) -> None:
    """Write the two bundled photographs to photograph-<i>.npy."""
    for i, photograph in enumerate(load_sample_images().images):
        np.save(folder / f"photograph-{i}.npy", photograph)


def decode(folder: Path) -> Images:
    """Patches (32, 32, 3), without labels; no test split is published."""
    patches = []
    for path in sorted(folder.glob("photograph-*.npy")):
        windows = np.lib.stride_tricks.sliding_window_view(np.load(path), (SIZE, SIZE), axis=(0, 1))[::STEP, ::STEP]
        patches.append(windows.transpose(0, 1, 3, 4, 2).reshape(-1, SIZE, SIZE, 3))
    return Images(np.concatenate(patches), None, None, None, None)
