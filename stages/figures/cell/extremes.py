"""The test images that come back worst and best."""

from stages.style import image_rows, spoken


def draw(cell):
    rows, captions = {}, {}
    for name, (images, reconstructions, errors) in {"worst": cell.worst, "best": cell.best}.items():
        rows |= {name: images, f"{name},\nreconstructed": reconstructions}
        captions[f"{name},\nreconstructed"] = [f"MSE {error:.4f}" for error in errors]
    return image_rows(
        rows, f"{spoken(cell.architecture)} on {spoken(cell.dataset)}: worst and best test images", captions
    )
