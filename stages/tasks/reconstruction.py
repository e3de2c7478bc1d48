"""How well does a model give back images that it has not seen? All test images, output as it comes (not clipped)."""

import numpy as np

from stages.cell import Data, Functions
from stages.measures import mae, mse, psnr, ssim

MAIN = "mse"  # the measure that ranks architectures
LOWER_IS_BETTER = True
MEASURES = {"mse": mse, "mae": mae, "psnr": psnr, "ssim": ssim}


def score(model: Functions, data: Data, seed: int) -> dict[str, float | list[float]]:
    """Means over the test split: mse and mae per pixel in [0, 1], psnr in dB, ssim.

    Lists: <measure>_by_class, in the order of the classes, and <measure>_standard_error (one number), how far the mean
    may be off because the test split is a sample.
    """
    reconstructions = model.decode(model.encode(data.test))
    images = data.test / np.float32(255)
    scores = {}
    for name, measure in MEASURES.items():
        values = measure(images, reconstructions)
        scores[name] = float(values.mean())
        scores[f"{name}_standard_error"] = [float(values.std(ddof=1) / np.sqrt(len(values)))]
        if data.test_labels is not None:
            by_class = [values[data.test_labels == label] for label in np.unique(data.test_labels)]
            scores[f"{name}_by_class"] = [float(group.mean()) for group in by_class]
    return scores
