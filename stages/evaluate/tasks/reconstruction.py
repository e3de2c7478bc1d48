"""Reconstruction: images not seen in training, given back. All test images, output clipped to [0, 1]."""

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
    columns={
        "mse": "MSE",
        "mae": "MAE",
        "psnr": "PSNR, dB",
        "ssim": "SSIM",
        "latent_bits": "bits of the latent",
        "mse_at_equal_bits": "MSE at equal bits",
        "equal_bits": "these bits",
    },
    bounds=("mean_image",),
)
MEASURES = {"mse": mse, "mae": mae, "psnr": psnr, "ssim": ssim}
FLOAT = 32  # bits
EQUAL = 7 / 16  # bits per pixel, at most: a discrete latent of 128 codes, one for 4 x 4 pixels, takes as many


def score(model: Functions, data: Data, seed: int) -> dict[str, float | list[float]]:
    """Means over the test split: mse and mae per pixel in [0, 1], psnr in dB, ssim; and validation_mse, the mse of the
    validation split, by which settings can be chosen.

    latent_bits: of the latent of one image as it is stored: 32 a number, or those of the indices of a discrete latent
    mse_at_equal_bits: with every number of the latent rounded to one of 2 ** b evenly spaced values between the least
    and the largest of its dimension on validation; b is the whole number, 1 at least, that brings equal_bits, the bits
    of the latent of one image, to at most 7/16 a pixel. A discrete latent stays as it is.
    Lists: <measure>_by_class, in the order of the classes; mse_resampled and validation_mse_resampled, as in
    measures/resampling.py.
    """
    latents, validation = model.encode(data.test), model.encode(data.validation)
    scores = _scores(data, model.decode(latents))
    errors = mse(data.validation / np.float32(255), model.decode(validation))
    scores |= {"validation_mse": float(errors.mean()), "validation_mse_resampled": resampled_means(errors)}
    if model.code is not None:
        bits = float(model.code(data.test).shape[1] * np.log2(model.codebook_size))
        return scores | {"latent_bits": bits, "mse_at_equal_bits": scores["mse"], "equal_bits": bits}
    size = latents.shape[1]
    each = max(1, int(EQUAL * np.prod(data.test.shape[1:3]) / size))
    rounded = mse(data.test / np.float32(255), model.decode(_rounded(latents, validation, each)))
    return scores | {
        "latent_bits": float(FLOAT * size),
        "mse_at_equal_bits": float(rounded.mean()),
        "equal_bits": float(each * size),
    }


def references(data: Data, seeds: list[int]) -> list[dict[str, dict]]:
    """The mean of the training images, in place of any reconstruction: the same for every seed."""
    mean = data.train.mean(axis=0, dtype=np.float64) / 255
    scores = _scores(data, np.broadcast_to(mean.astype(np.float32), data.test.shape))
    return [{"mean_image": scores} for _ in seeds]


def _rounded(latents: np.ndarray, known: np.ndarray, bits: int) -> np.ndarray:
    """Latents (n, k), each the nearest of 2 ** bits evenly spaced values from the least to the largest one known."""
    low, high = known.min(axis=0), known.max(axis=0)
    step = np.maximum(high - low, 1e-9) / (2**bits - 1)
    return (low + step * np.clip(np.rint((latents - low) / step), 0, 2**bits - 1)).astype(np.float32)


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
