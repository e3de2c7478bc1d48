"""New images: decoded draws from the prior. Only where the architecture is generative."""

from stages.style import image_rows, spoken


def draw(cell):
    if cell.samples is None:
        return None
    count = len(cell.images)
    rows = {" " * line: cell.samples[line * count : (line + 1) * count] for line in range(len(cell.samples) // count)}
    return image_rows(rows, f"{spoken(cell.architecture)} on {spoken(cell.dataset)}: samples from the prior")
