"""Interpolation from one test image to another along the line between their latents. Only with a prior."""

import numpy as np

from stages.draw.style import image_rows


def draw(shown):
    if shown.interpolation is None:
        return None
    ends = shown.images[:2] / 255
    row = np.concatenate([ends[:1], shown.interpolation, ends[1:]])
    return image_rows({"": row}, f"{shown.name}: between two test images (outermost)")
