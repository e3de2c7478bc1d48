"""Pictures of where images are unusual: their anomaly maps, and the images with the regions above the threshold.

In a map, AT_THRESHOLD of 255 is the threshold: what is as bright or brighter lies in a region. Both are as large as the
image; where it was cropped, what was cut off is black in the map, as nobody has looked at it.
"""

from pathlib import Path

import numpy as np
from PIL import Image
from scipy.ndimage import binary_dilation

from stages.common.stage import UserError
from stages.evaluate.measures.anomaly_map import AT_THRESHOLD, as_grey
from stages.prepare.reader import printable
from tools.answers import Model
from tools.image_files import Writer

LINE = 1 / 200  # width of an outline, of the shorter side of an image; one pixel at least
COLOUR = (255, 0, 0)


class Maps:
    """A folder of maps, map/<name>.png, and of images with outlines, overlay/<name>.png."""

    def __init__(self, folder: Path):
        """Raises UserError where that is a file."""
        if folder.exists() and not folder.is_dir():
            raise UserError(f"{printable(str(folder))} is no folder: maps go into one")
        self.maps, self.overlays = Writer(folder / "map", single=False), Writer(folder / "overlay", single=False)

    def write(self, name: str, pixels: np.ndarray, anomaly_map: np.ndarray, model: Model) -> None:
        """Write both pictures of an image, uint8 (height, width, channels), from its map in the model's own size."""
        grey = full_size(as_grey(anomaly_map, model.map_threshold), pixels.shape[:2], model)
        self.maps.write(name, grey[..., None])
        self.overlays.write(name, outlined(pixels, grey >= AT_THRESHOLD))


def full_size(grey: np.ndarray, size: tuple[int, int], model: Model) -> np.ndarray:
    """A map in grey, in the model's own size -> uint8 of that height and width. It is smooth, but no pixel passes the
    threshold that lies on the other side of it in the model's own size."""
    smooth, exact = (
        model.unfitted(grey[..., None], size, how)[..., 0]
        for how in (Image.Resampling.BILINEAR, Image.Resampling.NEAREST)
    )
    bounded = np.where(exact < AT_THRESHOLD, np.minimum(smooth, AT_THRESHOLD - 1), np.maximum(smooth, AT_THRESHOLD))
    cut_off = [whole - own for whole, own in zip(size, bounded.shape, strict=True)]
    return np.pad(bounded, [(length // 2, length - length // 2) for length in cut_off])


def outlined(pixels: np.ndarray, regions: np.ndarray) -> np.ndarray:
    """The image, uint8 (height, width, channels), in colour, with a line around the regions, bool (height, width). It
    covers nothing of them."""
    picture = np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels.copy()
    width = max(1, round(LINE * min(regions.shape)))
    picture[binary_dilation(regions, np.ones((3, 3)), width) & ~regions] = COLOUR
    return picture
