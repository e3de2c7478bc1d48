"""From one test image to another along the line between their latents. Only where the architecture is generative."""

import numpy as np

from stages.style import image_rows, spoken


def draw(cell):
    if cell.interpolation is None:
        return None
    ends = cell.images[:2] / 255
    row = np.concatenate([ends[:1], cell.interpolation, ends[1:]])
    title = f"{spoken(cell.architecture)} on {spoken(cell.dataset)}: between two test images (outermost)"
    return image_rows({"": row}, title)
