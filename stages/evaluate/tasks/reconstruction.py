"""Reconstruction: images not seen in training, given back. All test images, output as it comes (not clipped)."""

import numpy as np

from stages.common.task import Task
from stages.evaluate.measures.image_quality import mae, mse, psnr, ssim
from stages.evaluate.measures.resampling import resampled_means
from stages.evaluate.protocol import Data, Functions

TASK = Task(
    measure="mse",
    better="lower",
    label="test MSE",
    margin="relative",
    headline=("mse", "psnr", "ssim"),
    columns={"mse": "MSE", "mae": "MAE", "psnr": "PSNR, dB", "ssim": "SSIM"},
    bounds=("mean_image",),
)
MEASURES = {"mse": mse, "mae": mae, "psnr": psnr, "ssim": ssim}


def score(model: Functions, data: Data, seed: int) -> dict[str, float | list[float]]:
    """Means over the test split: mse and mae per pixel in [0, 1], psnr in dB, ssim; and validation_mse, the mse of the
    validation split, by which settings can be chosen.

    Lists: <measure>_by_class, in the order of the classes; mse_resampled and validation_mse_resampled, as in
    measures/resampling.py.
    """
    scores = _scores(data, model.decode(model.encode(data.test)))
    errors = mse(data.validation / np.float32(255), model.decode(model.encode(data.validation)))
    return scores | {"validation_mse": float(errors.mean()), "validation_mse_resampled": resampled_means(errors)}


def references(data: Data, seed: int) -> dict[str, dict]:
    """The mean of the training images, in place of any reconstruction."""
    mean = data.train.mean(axis=0, dtype=np.float64) / 255
    return {"mean_image": _scores(data, np.broadcast_to(mean.astype(np.float32), data.test.shape))}


def _scores(data: Data, reconstructions: np.ndarray) -> dict[str, float | list[float]]:
    images = data.test / np.float32(255)
    scores = {}
    for name, measure in MEASURES.items():
        values = measure(images, reconstructions)
        scores[name] = float(values.mean())
        if name == TASK.measure:
            scores[f"{name}_resampled"] = resampled_means(values)
        if data.test_labels is not None:
            by_class = [values[data.test_labels == label] for label in np.unique(data.test_labels)]
            scores[f"{name}_by_class"] = [float(group.mean()) for group in by_class]
    return scores
