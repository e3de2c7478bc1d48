"""Anomalies of the user's, masks of their defects, and the anomaly map of every architecture, best overlap first."""

import numpy as np

from stages.common.names import spoken
from stages.draw.style import image_rows

TASK = "anomaly"  # the page shows it there
SHOWS_IMAGES = True  # not drawn of a private data set


def draw(results):
    """None where there are no masks."""
    shown = {name: own for name, own in results.shown.items() if "defect_map" in own}
    if not shown:
        return None
    scores = results.scores(TASK)
    overlap = {name: float(np.mean(scores[name]["pro"])) for name in shown if "pro" in scores.get(name, {})}
    first = next(iter(shown.values()))
    rows = {"anomaly": first["defect"], "mask": first["defect_mask"]}
    for name in sorted(overlap, key=overlap.get, reverse=True):
        label = spoken(name).replace(" ", "\n")
        rows[f"{label}\n{overlap[name]:.2f}"] = shown[name]["defect_map"]
    return image_rows(rows, f"{spoken(results.dataset)}: where the defects are (PRO; half grey is the threshold)")
