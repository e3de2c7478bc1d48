"""Test images above their reconstructions, before training and after it."""

from stages.style import image_rows, spoken


def draw(cell):
    rows = {"original": cell.images, "before\ntraining": cell.before, "after\ntraining": cell.after}
    return image_rows(rows, f"{spoken(cell.architecture)} on {spoken(cell.dataset)}: test images and reconstructions")
