"""Masks of the user's anomalies: where the defect is, at the size of the images that networks see."""

from pathlib import Path

import numpy as np
from PIL import Image

from stages.common.stage import UserError
from stages.prepare.array_file import is_array
from stages.prepare.files import opened
from stages.prepare.folder import digest, read
from stages.prepare.images import fitted
from stages.prepare.listing import AGAIN, anomaly_files, patches_of, read_listing
from stages.prepare.reader import Picture, decode, printable
from stages.prepare.settings import Reading

LOSSY = ("JPEG", "MPO", "WEBP", "AVIF", "HEIF")


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
        for name, sha256 in dict(own["masks"]).items():  # a listing of an earlier version has a list, which is no dict
            content = read(content_of, name)
            if digest(content) != sha256:
                raise UserError(f"{printable(name)} of {printable(str(source))} has changed {AGAIN}")
            try:
                if isinstance(content, ValueError):
                    raise content
                mask |= drawn(decode(content), size, reading.fit)
            except ValueError as error:
                print(f"{printable(name)} is left out: a mask that {error}")
    return patches_of(masks, image_size)[0][..., 0] if masks.any() else None


def drawn(mask: Picture, size: int, fit: str) -> np.ndarray:
    """A mask -> uint8 (size, size, 1), 1 where the defect is: where its values are not 0, or in a file of a lossy
    format, in which black is not quite 0, above half of the largest.

    Images are resized with anti-aliasing, so that a pixel shows something of all that it covers: it is of the defect
    where any of these is. A thin line stays in one piece, and a defect grows by less than a pixel at each side.
    """
    bright = mask.values.max(axis=2, keepdims=True)
    defect = bright > (bright.max() / 2 if mask.format in LOSSY else 0)
    twice = defect.repeat(2, axis=0).repeat(2, axis=1)  # Pillow may pass over a pixel in the middle between two others
    covered = fitted(twice.astype(np.float32), size, fit, Image.Resampling.BOX)
    return (covered > 0).astype(np.uint8)
