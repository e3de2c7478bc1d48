"""The same test images, given back by every architecture, in the order of their rank in reconstruction."""

from stages.style import image_rows, spoken

USE = "reconstruction"  # where the report shows it


def draw(results):
    first = next(iter(results.strips.values()))
    rows = {"original": first[0]}
    for row in results.summary["reconstruction"]:
        if row["kind"] == "architecture":
            label = spoken(row["architecture"]).replace(" ", "\n")
            rows[f"{label}\nMSE {row['mean']:.4f}"] = results.strips[row["architecture"]][1]
    return image_rows(rows, f"{spoken(results.dataset)}: test images and what each architecture gives back, best first")
