"""New images of every architecture, below real ones: from the mixture fitted to its latents, and from its prior where
it has one."""

import numpy as np

from stages.common.names import spoken
from stages.draw.style import image_rows

TASK = "generation"  # the page shows it there
SHOWS_IMAGES = True  # not drawn of a private data set


def draw(results):
    first = next(iter(results.shown.values()))
    rows, (ranked,) = {"test images": first["original"]}, results.summary[TASK].values()
    for row in ranked:
        name = row["architecture"]
        if row["kind"] == "architecture":
            label, scores = spoken(name).replace(" ", "\n"), results.metrics[name]["scores"]["generation"]
            for source in ("mixture", "prior"):
                if source in results.shown[name]:
                    chosen = " *" if scores["source"].count([source]) > len(scores["source"]) / 2 else ""
                    distance = np.mean(scores[f"frechet_{source}"])
                    rows[f"{label}\n{source}{chosen}, {distance:.2g}"] = results.shown[name][source]
    title = f"{spoken(results.dataset)}: samples and their Fréchet distance, best first (*: chosen on validation)"
    return image_rows(rows, title)
