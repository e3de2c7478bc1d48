"""Test images, reconstructed by every architecture, in the order of their rank in reconstruction."""

from stages.common.names import spoken
from stages.draw.style import image_rows

TASK = "reconstruction"  # the page shows it there
SHOWS_IMAGES = True  # not drawn of a private data set


def draw(results):
    first = next(iter(results.shown.values()))
    rows, (ranked,) = {"original": first["original"]}, results.summary[TASK].values()
    for row in (row for row in ranked if row["kind"] == "architecture"):
        label = spoken(row["architecture"]).replace(" ", "\n")
        rows[f"{label}\nMSE {row['mean']:.4f}"] = results.shown[row["architecture"]]["reconstruction"]
    return image_rows(rows, f"{spoken(results.dataset)}: test images, reconstructed by each architecture, best first")
