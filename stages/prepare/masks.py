"""Masks of the user's anomalies: where the defect is, at the size of the images that networks see."""

from pathlib import Path

import numpy as np

from stages.common.stage import UserError
from stages.prepare.array_file import is_array
from stages.prepare.files import opened
from stages.prepare.folder import digest, read
from stages.prepare.images import fitted
from stages.prepare.listing import AGAIN, anomaly_files, patches_of, read_listing
from stages.prepare.reader import decode, printable
from stages.prepare.settings import Reading


def masks_of(raw: Path, indices: np.ndarray, image_size: int) -> np.ndarray | None:
    """Masks of the anomalies of a listing with rising indices (n,), or of their patches, one index for each: uint8
    (n, image_size, image_size), 1 where the defect is; all 0 where no mask of an image can be read, which is said.
    None where that is so of every image. Raises UserError where a mask has changed."""
    listing = read_listing(raw)
    reading, source = Reading(**listing["folder"]), Path(listing["anomalies"])
    files = anomaly_files(raw, np.unique(indices))["images"]
    if is_array(source) or not any(own["masks"] for own in files):
        return None
    content_of, size = opened(source), reading.whole or image_size
    masks = np.zeros((len(files), size, size, 1), np.uint8)
    for mask, own in zip(masks, files, strict=True):
        for name, sha256 in own["masks"].items():
            content = read(content_of, name)
            if digest(content) != sha256:
                raise UserError(f"{printable(name)} of {printable(str(source))} has changed {AGAIN}")
            try:
                if isinstance(content, ValueError):
                    raise content
                mask |= drawn(decode(content).values, size, reading.fit)
            except ValueError as error:
                print(f"{printable(name)} is left out: a mask that {error}")
    return patches_of(masks, image_size)[0][..., 0] if masks.any() else None


def drawn(values: np.ndarray, size: int, fit: str) -> np.ndarray:
    """Values of a mask (height, width, channels) -> uint8 (size, size, 1), 1 where the defect is: where they are above
    half of the largest, whether white is 1 or 255; and after resizing again, so that a thin line does not get lost."""
    bright = values.max(axis=2, keepdims=True)
    if not bright.any():
        return np.zeros((size, size, 1), np.uint8)
    small = fitted(np.uint8(255) * (bright > bright.max() / 2), size, fit)
    return (small > small.max() / 2).astype(np.uint8)
