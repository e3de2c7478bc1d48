"""Test images above their reconstructions, before training and after it."""

from stages.compare.style import image_rows, spoken


def draw(shown):
    rows = {"original": shown.images, "before\ntraining": shown.before, "after\ntraining": shown.after}
    return image_rows(rows, f"{spoken(shown.architecture)} on {spoken(shown.dataset)}: test images and reconstructions")
