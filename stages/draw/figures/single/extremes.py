"""Test images that come back worst and best. Only with a latent."""

from stages.draw.style import image_rows


def draw(shown):
    if shown.latents is None:
        return None
    rows, captions = {}, {}
    extremes = {
        "worst": (shown.worst_images, shown.worst_reconstructions, shown.worst_errors),
        "best": (shown.best_images, shown.best_reconstructions, shown.best_errors),
    }
    for name, (images, reconstructions, errors) in extremes.items():
        rows |= {name: images, f"{name},\nreconstructed": reconstructions}
        captions[f"{name},\nreconstructed"] = [f"MSE {error:.4f}" for error in errors]
    return image_rows(rows, f"{shown.name}: worst and best test images", captions)
