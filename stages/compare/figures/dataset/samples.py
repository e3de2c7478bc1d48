"""New images of every architecture: from the mixture fitted to its latents, and from its prior where it has one."""

import numpy as np

from stages.compare.style import image_rows, spoken

TASK = "generation"  # the page shows it there


def draw(results):
    rows = {}
    for row in results.summary["generation"]:
        name = row["architecture"]
        if row["kind"] == "architecture":
            label, scores = spoken(name).replace(" ", "\n"), results.metrics[name]["scores"]["generation"]
            for source in ("mixture", "prior"):
                if source in results.shown[name]:
                    taken = " *" if scores["source"].count([source]) > len(scores["source"]) / 2 else ""
                    distance = np.mean(scores[f"frechet_{source}"])
                    rows[f"{label}\n{source}{taken}, {distance:.2g}"] = results.shown[name][source]
    title = f"{spoken(results.dataset)}: samples and their Fréchet distance, best first (*: chosen on validation)"
    return image_rows(rows, title)
