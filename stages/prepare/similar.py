"""Images that look almost the same, such as frames of a video or one photograph at two sizes, by a perceptual hash.

The hash: signs of the 64 lowest frequencies of the cosine transform about their median (Zauner 2010, "Implementation
and benchmarking of perceptual image hash functions").
"""

import numpy as np
from PIL import Image

from stages.prepare.reader import Picture

SIDE, KEPT = 32, 8  # pixels that are transformed; frequencies along each axis, without the constant
NEAR = 4  # bits in which the hashes of such images differ, at most; of others about 32 do
PAIRS = 400_000_000  # that are compared at most: in the order of names, each image with as many that follow it
ANGLES = np.outer(np.arange(1, KEPT + 1), np.arange(SIDE) + 0.5) * np.pi / SIDE


def perceptual_hash(picture: Picture) -> str:
    """Sixteen hexadecimal digits."""
    values = picture.values.astype(np.float32).mean(axis=2) if picture.values.dtype != np.uint8 else picture.values
    image = Image.fromarray(values.squeeze(2) if values.ndim == 3 and values.shape[2] == 1 else values)
    grey = image if image.mode == "F" else image.convert("L")
    small = np.asarray(grey.resize((SIDE, SIDE), Image.Resampling.BOX), np.float64)
    frequencies = np.cos(ANGLES) @ small @ np.cos(ANGLES).T
    bits = frequencies > np.median(frequencies)
    return np.packbits(bits).tobytes().hex()


def near_duplicates(rows: list[dict]) -> list[tuple[str, str]]:
    """Names of the images that look almost the same as a later one of no common group, and that of the first such."""
    hashes = np.array([int(row["hash"], 16) for row in rows], np.uint64)
    groups = np.unique([row["group"] or f"/{i}" for i, row in enumerate(rows)], return_inverse=True)[1]
    found, window = [], PAIRS // max(1, len(rows))
    for i in range(len(rows) - 1):
        others = slice(i + 1, i + 1 + window)
        near = (np.bitwise_count(hashes[others] ^ hashes[i]) <= NEAR) & (groups[others] != groups[i])
        if near.any():
            found.append((rows[i]["name"], rows[i + 1 + int(near.argmax())]["name"]))
    return found
