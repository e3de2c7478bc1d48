"""Black and white of images of more than eight bits: which of their values count, and the range that a set is given.

A few hot or dead pixels, lines of a sensor, or one image of a hundred that is far brighter do not count.
"""

import numpy as np

from stages.prepare.reader import Picture
from stages.prepare.values import WHITE

SHARE = 0.99  # of the images lie within black and white; of ten to a hundred all but one
MARGIN = 0.25  # of their range that images are given on either side where they also get a black


def levels(picture: Picture) -> tuple[int, int] | None:
    """Lowest and highest value that counts, which a block of 2 x 2 pixels has; None where there are eight bits."""
    values = picture.values
    if values.dtype == np.uint8:
        return None
    if picture.alpha is not None and picture.alpha.any():
        values = np.where(picture.alpha > 0, values, values[picture.alpha[..., 0] > 0][0])
    if min(values.shape[:2]) < 2:
        return int(values.min()), int(values.max())
    blocks = values[:-1, :-1], values[1:, :-1], values[:-1, 1:], values[1:, 1:]
    return int(np.maximum.reduce(blocks).min()), int(np.minimum.reduce(blocks).max())


def black_and_white(found: np.ndarray) -> tuple[int, int, str]:
    """Black, white and why, from the lowest and highest value of each image of more than eight bits, (n, 2)."""
    if not len(found):
        return 0, WHITE, "no image has more than eight bits"
    low, high = _within(-found[:, 0]) * -1, _within(found[:, 1])
    white = 2 ** max(8, high.bit_length()) - 1
    if low > high - low:  # as in thermal images: what is below the lowest value is wider than all that is used
        room = max(1, round(MARGIN * (high - low)))
        black, white = max(0, low - room), min(WHITE, high + room)
        return black, white, f"{SHARE:.0%} of the images lie from {low:,} to {high:,}, with a quarter of that as margin"
    return 0, white, f"the values of {SHARE:.0%} of the images fit into {max(8, high.bit_length())} bits"


def _within(values: np.ndarray) -> int:
    """The highest value, less those of one image of a hundred, and of one at least where there are ten."""
    passed = max(int((1 - SHARE) * len(values)), int(len(values) >= 10))
    return int(np.sort(values)[-1 - passed])
