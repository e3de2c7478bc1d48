"""Test images, the same with noise, and what a network makes of these."""

from stages.draw.style import image_rows


def draw(shown):
    rows = {"original": shown.images, "with noise": shown.noisy, "denoised": shown.denoised}
    return image_rows(rows, f"{shown.name}: noisy test images, denoised")
