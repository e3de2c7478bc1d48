"""Shown arrays: what pictures need of a trained model, each array in a file of its name."""

from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.decomposition import PCA

from stages.common.stage import fresh
from stages.evaluate.measures.corruption import corrupted
from stages.evaluate.measures.image_quality import mse
from stages.evaluate.protocol import Data, Functions

NOISE = 0.2  # standard deviation of the Gaussian noise in pictures
COUNT = 10  # images in a row
POINTS = 2000  # test images in the latent space
ROWS = 5  # of samples


def compared(model: Functions, data: Data, seed: int) -> dict[str, np.ndarray]:
    """Images that compare architectures, each uint8 (n, height, width, channels): original, reconstruction, noisy,
    denoised, mixture and, where there is a prior, prior."""
    original = data.test[data.shown]
    noisy = corrupted(original, "gaussian", NOISE, seed=0)
    images = {
        "original": original,
        "reconstruction": _bytes(model.decode(model.encode(original))),
        "noisy": noisy,
        "denoised": _bytes(model.decode(model.encode(noisy))),
        "mixture": _bytes(model.sample_mixture(len(original), seed)),
    }
    if model.sample is not None:
        images["prior"] = _bytes(model.sample(len(original), seed))
    return images


def single(model: Functions, data: Data, before: np.ndarray) -> dict[str, np.ndarray]:
    """Arrays for the pictures of one architecture. Images: uint8 or float (n, height, width, channels).

    images, before, after: shown test images, and their reconstructions by the untrained and the trained model
    latents (n, 2): of test images, on their first two principal axes; explained: the share of the variance these hold;
    labels (n,) and classes, where there are any
    worst_*, best_*: images, reconstructions and errors (MSE) of the test images that come back worst and best
    mixture_samples, and with a prior samples: decoded draws; with a prior interpolation: decoded points on the line
    between the latents of two test images
    """
    latents = model.encode(data.test)
    reconstructions = model.decode(latents)
    errors = mse(data.test / np.float32(255), reconstructions)
    order = np.argsort(errors, kind="stable")
    points, explained = _flattened(latents[:POINTS])
    arrays = {
        "images": data.test[data.shown],
        "before": before,
        "after": reconstructions[data.shown],
        "latents": points,
        "explained": np.array(explained),
        "mixture_samples": model.sample_mixture(ROWS * COUNT, seed=0),
    }
    for name, chosen in {"worst": order[::-1][:COUNT], "best": order[:COUNT]}.items():
        arrays[f"{name}_images"] = data.test[chosen]
        arrays[f"{name}_reconstructions"] = reconstructions[chosen]
        arrays[f"{name}_errors"] = errors[chosen]
    if data.test_labels is not None:
        arrays |= {"labels": data.test_labels[:POINTS], "classes": np.array(data.classes)}
    if model.sample is not None:
        arrays["samples"] = model.sample(ROWS * COUNT, seed=0)
        first, second = latents[data.shown[:2]]
        arrays["interpolation"] = model.decode(np.linspace(first, second, COUNT, dtype=np.float32))
    return arrays


def write_arrays(folder: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write <name>.npy for each array to an emptied folder."""
    fresh(folder)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)


def write_strips(folder: Path, images: dict[str, np.ndarray]) -> None:
    """Write <name>.png for each uint8 (n, height, width, channels), n images side by side, to an emptied folder."""
    fresh(folder)
    for name, own in images.items():
        n, height, width, channels = own.shape
        strip = own.transpose(1, 0, 2, 3).reshape(height, n * width, channels)
        Image.fromarray(strip.squeeze(2) if channels == 1 else strip).save(folder / f"{name}.png")


def _bytes(images: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(images, 0, 1) * 255).astype(np.uint8)


def _flattened(latents: np.ndarray) -> tuple[np.ndarray, float]:
    """Latents (n, k) -> (n, 2), on their first two principal axes, and the share of the variance these hold."""
    if latents.shape[1] == 1:
        return np.column_stack([latents, np.zeros(len(latents))]), 1.0
    projection = PCA(2, svd_solver="covariance_eigh").fit(latents)
    return projection.transform(latents), float(projection.explained_variance_ratio_.sum())
