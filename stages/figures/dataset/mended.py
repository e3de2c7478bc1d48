"""The same test images with Gaussian noise, and what every architecture makes of them, best in denoising first."""

from stages.style import image_rows, spoken

USE = "denoising"  # where the report shows it


def draw(results):
    first = next(iter(results.strips.values()))
    rows = {"original": first[0], "with noise": first[2]}
    for row in results.summary["denoising"]:
        if row["kind"] == "architecture":
            label = spoken(row["architecture"]).replace(" ", "\n")
            rows[f"{label}\n{row['mean']:+.1f} dB"] = results.strips[row["architecture"]][3]
    return image_rows(rows, f"{spoken(results.dataset)}: noisy test images, mended (dB: mean over all kinds of damage)")
