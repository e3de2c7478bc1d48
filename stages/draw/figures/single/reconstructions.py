"""Test images above their reconstructions, before training and after it. Only with a latent."""

from stages.draw.style import image_rows


def draw(shown):
    if shown.latents is None:
        return None
    rows = {"original": shown.images, "before\ntraining": shown.before, "after\ntraining": shown.after}
    return image_rows(rows, f"{shown.name}: test images and reconstructions")
