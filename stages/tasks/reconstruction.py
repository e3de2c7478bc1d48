"""How well does a model give back images that it has not seen? All test images, output as it comes (not clipped)."""

import numpy as np

from stages.cell import Data, Functions
from stages.measures import mae, mse, psnr, ssim
from stages.sampling import resampled_means

MAIN = "mse"  # the measure that ranks architectures
LOWER_IS_BETTER = True
LABEL = "test MSE"
MARGIN = "relative"  # or "absolute", in the unit of the measure
UNIT = ""
HEADLINE = ("mse", "psnr", "ssim")  # what `dvc metrics show` shows
REFERENCES = ("mean_image",)  # baselines that are no rivals: trivial, or what no method can be expected to reach
COLUMNS = {"mse": "MSE", "mae": "MAE", "psnr": "PSNR, dB", "ssim": "SSIM"}  # of the report's table
MEASURES = {"mse": mse, "mae": mae, "psnr": psnr, "ssim": ssim}


def score(model: Functions, data: Data, seed: int) -> dict[str, float | list[float]]:
    """Means over the test split: mse and mae per pixel in [0, 1], psnr in dB, ssim.

    Lists: <measure>_by_class, in the order of the classes; mse_resampled, as in stages/sampling.py.
    """
    return _scores(data, model.decode(model.encode(data.test)))


def baselines(data: Data, seed: int) -> dict[str, dict]:
    """The mean of the training images, in place of any reconstruction."""
    mean = data.train.mean(axis=0, dtype=np.float64) / 255
    return {"mean_image": _scores(data, np.broadcast_to(mean.astype(np.float32), data.test.shape))}


def _scores(data: Data, reconstructions: np.ndarray) -> dict[str, float | list[float]]:
    images = data.test / np.float32(255)
    scores = {}
    for name, measure in MEASURES.items():
        values = measure(images, reconstructions)
        scores[name] = float(values.mean())
        if name == MAIN:
            scores[f"{name}_resampled"] = resampled_means(values)
        if data.test_labels is not None:
            by_class = [values[data.test_labels == label] for label in np.unique(data.test_labels)]
            scores[f"{name}_by_class"] = [float(group.mean()) for group in by_class]
    return scores
