"""Test images that come back worst and best."""

from stages.compare.style import image_rows, spoken


def draw(shown):
    rows, captions = {}, {}
    extremes = {
        "worst": (shown.worst_images, shown.worst_reconstructions, shown.worst_errors),
        "best": (shown.best_images, shown.best_reconstructions, shown.best_errors),
    }
    for name, (images, reconstructions, errors) in extremes.items():
        rows |= {name: images, f"{name},\nreconstructed": reconstructions}
        captions[f"{name},\nreconstructed"] = [f"MSE {error:.4f}" for error in errors]
    return image_rows(
        rows, f"{spoken(shown.architecture)} on {spoken(shown.dataset)}: worst and best test images", captions
    )
