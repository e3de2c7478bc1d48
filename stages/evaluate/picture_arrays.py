"""Shown arrays: what pictures need of a trained model, each array in a file of its name."""

from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.decomposition import PCA

from stages.common.stage import fresh
from stages.common.subset import spread
from stages.evaluate.measures.anomaly_map import as_grey
from stages.evaluate.measures.corruption import corrupted
from stages.evaluate.measures.detection import known_images
from stages.evaluate.measures.detectors import model_detectors
from stages.evaluate.measures.image_quality import mse
from stages.evaluate.task_interface import Data, Functions
from stages.train.components import solver

COUNT = 10  # images in a row
NOISE = 0.2  # standard deviation of the Gaussian noise in pictures of one architecture
POINTS = 2000  # test images in the latent space
ROWS = 5  # of samples


def noise_levels(tasks: dict[str, dict]) -> list[float]:
    """The weakest and the strongest Gaussian noise of denoising, which pictures show; tasks: name -> options."""
    levels = tasks.get("denoising", {}).get("gaussian", [])
    return [levels[i] for i in (0, -1) if levels]


def noisy(data: Data, level: float) -> np.ndarray:
    """The shown test images with noise, uint8: the same for all that denoise them."""
    return corrupted(data.test[data.shown], "gaussian", level, seed=0)


def compared(model: Functions, data: Data, seed: int, levels: list[float]) -> dict[str, np.ndarray]:
    """Images that compare architectures, each uint8 (n, height, width, channels): original, noisy_ and denoised_ with
    each of the levels of noise behind; where there is a latent also reconstruction and mixture, and where there is a
    prior, prior."""
    original = data.test[data.shown]
    images = {"original": original} | {f"noisy_{level}": noisy(data, level) for level in levels}
    images |= {f"denoised_{level}": _bytes(model.reconstruct(noisy(data, level))) for level in levels}
    if model.encode is not None:
        images["reconstruction"] = _bytes(model.reconstruct(original))
    samplers = {"mixture": model.sample_mixture, "prior": model.sample}
    return images | {name: _bytes(draw(len(original), seed)) for name, draw in samplers.items() if draw is not None}


def located(model: Functions, data: Data, seed: int, threshold: float) -> dict[str, np.ndarray]:
    """The user's anomalies that have masks, ten at most, with what shows where their defects are, each uint8
    (n, height, width, channels): defect, defect_mask, and defect_map, see `as_grey`. threshold: of the maps."""
    known = np.flatnonzero(data.anomaly_masks.any(axis=(1, 2)))
    chosen = known[spread(COUNT, len(known))]
    maps = model_detectors(model, known_images(data), seed).maps(data.anomalies[chosen])
    grey = {"defect_mask": 255 * data.anomaly_masks[chosen], "defect_map": as_grey(maps, threshold)}
    return {"defect": data.anomalies[chosen]} | {name: array[..., None] for name, array in grey.items()}


def classical(data: Data, scores: dict[str, dict], levels: list[float]) -> dict[str, np.ndarray]:
    """<method>_<level>: the same noisy images as each classical method denoises them, with the parameters that it has
    for this level. scores: method -> its scores in denoising, lists over seeds."""
    from stages.evaluate.measures.classical_denoisers import METHODS

    chosen = {name: dict(zip(own["damage"][0], own["parameters"][0], strict=True)) for name, own in scores.items()}
    return {
        f"{name}_{level}": _bytes(
            METHODS[name][0](data.train, "gaussian", level)(noisy(data, level), *parameters[str(level)])
        )
        for name, parameters in chosen.items()
        for level in levels
    }


def single(model: Functions, data: Data, before: np.ndarray) -> dict[str, np.ndarray]:
    """Arrays for the pictures of one architecture. Images: uint8 or float (n, height, width, channels).

    images, noisy, denoised: shown test images, with noise, and what the model makes of the latter
    The others where there is a latent:
    before, after: reconstructions of the shown test images by the untrained and the trained model
    latents (n, 2): of test images, on their first two principal axes; explained: the share of the variance these hold;
    labels (n,) and classes, where there are any
    worst_*, best_*: images, reconstructions and errors (MSE) of the test images that come back worst and best
    mixture_samples, and with a prior samples: decoded draws; with a prior interpolation: decoded points on the line
    between the latents of two test images
    """
    damaged = noisy(data, NOISE)
    arrays = {"images": data.test[data.shown], "noisy": damaged, "denoised": _bytes(model.reconstruct(damaged))}
    return arrays if model.encode is None else arrays | _of_latent(model, data) | {"before": before}


def _of_latent(model: Functions, data: Data) -> dict[str, np.ndarray]:
    """What `single` has beside denoised images, and beside what an untrained model gives."""
    latents = model.encode(data.test)
    reconstructions = model.decode(latents)
    errors = mse(data.test / np.float32(255), reconstructions)
    order = np.argsort(errors, kind="stable")
    points, explained = _flattened(latents[:POINTS])
    arrays = {
        "after": reconstructions[data.shown],
        "latents": points,
        "explained": np.array(explained),
        "mixture_samples": model.sample_mixture(ROWS * COUNT, seed=0),
    }
    by_image = {"images": data.test, "reconstructions": reconstructions, "errors": errors}
    for name, chosen in {"worst": order[::-1][:COUNT], "best": order[:COUNT]}.items():
        arrays |= {f"{name}_{what}": values[chosen] for what, values in by_image.items()}
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
    """Write <name>.png for each uint8 (n, height, width, channels), n images side by side, to an emptied folder, which
    Git keeps also where there is none."""
    fresh(folder)
    if not images:
        (folder / ".gitkeep").touch()
    for name, row in images.items():
        n, height, width, channels = row.shape
        strip = row.transpose(1, 0, 2, 3).reshape(height, n * width, channels)
        Image.fromarray(strip.squeeze(2) if channels == 1 else strip).save(folder / f"{name}.png")


def _bytes(images: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(images, 0, 1) * 255).astype(np.uint8)


def _flattened(latents: np.ndarray) -> tuple[np.ndarray, float]:
    """Latents (n, k) -> (n, 2), on their first two principal axes, and the share of the variance these hold."""
    if latents.shape[1] == 1:
        return np.column_stack([latents, np.zeros(len(latents))]), 1.0
    projection = PCA(2, svd_solver=solver(*latents.shape), random_state=0).fit(latents)
    return projection.transform(latents), float(projection.explained_variance_ratio_.sum())
