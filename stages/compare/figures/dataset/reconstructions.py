"""Test images, given back by every architecture, in the order of their rank in reconstruction."""

from stages.compare.style import image_rows, spoken

TASK = "reconstruction"  # the page shows it there


def draw(results):
    first = next(iter(results.shown.values()))
    rows = {"original": first["original"]}
    for row in results.summary["reconstruction"]:
        if row["kind"] == "architecture":
            label = spoken(row["architecture"]).replace(" ", "\n")
            rows[f"{label}\nMSE {row['mean']:.4f}"] = results.shown[row["architecture"]]["reconstruction"]
    return image_rows(rows, f"{spoken(results.dataset)}: test images and what each architecture gives back, best first")
