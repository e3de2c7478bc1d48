"""Test images that come back worst and best. Only with a latent."""

from stages.draw.style import image_rows

ARRAYS = ("images", "reconstructions", "errors")


def draw(shown):
    if shown.latents is None:
        return None
    rows, captions = {}, {}
    for name in ("worst", "best"):
        images, reconstructions, errors = (getattr(shown, f"{name}_{of}") for of in ARRAYS)
        rows |= {name: images, f"{name},\nreconstructed": reconstructions}
        captions[f"{name},\nreconstructed"] = [f"MSE {error:.4f}" for error in errors]
    return image_rows(rows, f"{shown.name}: worst and best test images", captions)
