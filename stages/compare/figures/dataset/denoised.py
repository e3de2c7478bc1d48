"""Test images with Gaussian noise, and what every architecture makes of them, best in denoising first."""

from stages.compare.style import image_rows, spoken

TASK = "denoising"  # the page shows it there


def draw(results):
    first = next(iter(results.shown.values()))
    rows = {"original": first["original"], "with noise": first["noisy"]}
    for row in results.summary["denoising"]:
        if row["kind"] == "architecture":
            label = spoken(row["architecture"]).replace(" ", "\n")
            rows[f"{label}\n{row['mean']:+.1f} dB"] = results.shown[row["architecture"]]["denoised"]
    return image_rows(rows, f"{spoken(results.dataset)}: noisy test images, denoised (dB: mean over levels of noise)")
