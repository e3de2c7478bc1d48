"""Reconstruction: error of the output on images not seen in training. All test images, output clipped to [0, 1]."""

import numpy as np

from stages.common.seeds import kept_epochs
from stages.common.task import Task
from stages.evaluate.measures.image_quality import mae, mse, psnr, ssim
from stages.evaluate.measures.resampling import resampled_means
from stages.evaluate.task_interface import Data, Functions, Scores, Warnings

TASK = Task(
    measure="mse",
    better="lower",
    label="test MSE",
    margin="relative",
    headline=("mse",),
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
SHORTER = True  # scored with a quarter and half of the epochs as well: it is cheap
MEASURES = {"mse": mse, "mae": mae, "psnr": psnr, "ssim": ssim}
FLOAT = 32  # bits
EQUAL = 7 / 16  # bits per pixel, at most: a discrete latent of 128 codes, one for 4 x 4 pixels, takes as many
UNSTABLE = 0.05  # standard deviation of the MSE over seeds, relative to the mean
EARLY = 0.05  # validation error of the kept epoch above that of a later one, relative to the later one's
RULE = (
    f"an MSE whose standard deviation over seeds is above {100 * UNSTABLE:.0f} % of its mean depends on the seed; an "
    f"epoch is kept early whose validation reconstruction error is more than {100 * EARLY:.0f} % above a later one's"
)


def method() -> str:
    """How reconstruction is measured."""
    return (
        "Reconstruction: MSE and MAE are per pixel and channel in [0, 1], of output clipped to [0, 1], as in every "
        "task. PSNR is in dB, averaged over images. SSIM: Gaussian window, sigma 1.5, 11 x 11, data range 1, the mean "
        f"of all windows that fit. A latent has {FLOAT} bits a number, a discrete one those of its indices; at equal "
        "bits, every number of a latent is rounded so that an image takes at most 7/16 bits a pixel, as a discrete "
        f"latent of 128 codes for 4 x 4 pixels does; none takes more than its {FLOAT}."
    )


def score(model: Functions, data: Data, seed: int) -> Scores:
    """Means over the test split: mse and mae per pixel in [0, 1], psnr in dB, ssim; and validation_mse, the mse of the
    validation split, by which settings can be chosen.

    latent_bits: of the latent of one image as it is stored
    mse_at_equal_bits: with every number of the latent rounded to one of 2 ** b evenly spaced values between the least
    and the largest of its dimension on validation; b is the whole number, 1 at least, that brings equal_bits, the bits
    of the latent of one image, to at most 7/16 a pixel. Where that leaves a number all its 32 bits, and where the
    latent is discrete, it stays as it is.
    Lists: <measure>_by_class, in the order of the classes; mse_resampled, as in measures/resampling.py.
    """
    latents, validation = model.encode(data.test), model.encode(data.validation)
    scores = _scores(data, model.decode(latents))
    errors = mse(data.validation / np.float32(255), model.decode(validation))
    scores["validation_mse"] = float(errors.mean())
    if model.code is not None:
        bits = float(model.code(data.test).shape[1] * np.log2(model.codebook_size))
        return scores | {"latent_bits": bits, "mse_at_equal_bits": scores["mse"], "equal_bits": bits}
    size, rounded = latents.shape[1], scores["mse"]
    each = min(FLOAT, max(1, int(EQUAL * np.prod(data.test.shape[1:3]) / size)))
    if each < FLOAT:
        restored = model.decode(_rounded(latents, validation, each))
        rounded = float(mse(data.test / np.float32(255), restored).mean())
    scores |= {"latent_bits": float(FLOAT * size), "mse_at_equal_bits": rounded}
    return scores | {"equal_bits": float(each * size)}


def references(data: Data, seeds: list[int]) -> list[dict[str, dict]]:
    """The mean of the training images, in place of any reconstruction: the same for every seed."""
    mean = data.train.mean(axis=0, dtype=np.float64) / 255
    scores = _scores(data, np.broadcast_to(mean.astype(np.float32), data.test.shape))
    scores["validation_mse"] = float(np.mean(np.square(data.validation / 255 - mean)))  # no failed seed is below it
    return [{"mean_image": scores} for _ in seeds]


def warnings(metrics: dict[str, dict], references: dict[str, dict]) -> Warnings:
    """Errors that depend on the seed, and epochs that were kept early."""
    for name, content in metrics.items():
        if (spread := deviation(content["scores"]["reconstruction"]["mse"])) > UNSTABLE:
            yield "depends on the seed", name, f"standard deviation {100 * spread:.0f} %"
        if early := [above for above in errors_above_later(content) if above > EARLY]:
            what = "kept an early epoch, by a loss with other terms: a later one reconstructs better"
            seeds = f"{len(early)} of {len(content['curves'])} seeds"
            yield what, name, f"{seeds}, error up to {100 * max(early):.0f} % above the later one's"


def errors_above_later(metrics: dict) -> list[float]:
    """How far the validation reconstruction error of the kept epoch lies above the least of later ones, by seed.

    Relative to the later one, below 0 where none is better. A log density, which may be negative, counts as the squared
    error that changes it as much (Rybkin et al. 2021, equation 4). Without seeds whose last epoch is kept, and without
    all where the loss does not report this error.
    """
    ratios = []
    for terms, kept in zip(metrics["curves"].values(), kept_epochs(metrics), strict=True):
        errors = terms.get("val_reconstruction", [])
        if later := errors[kept + 1 :]:
            above = errors[kept] - min(later)
            density = min(errors) < 0 and np.expm1(2 * above / np.prod(metrics["facts"]["image_shape"]))
            ratios.append(float(density or above / min(later)))
    return ratios


def deviation(scores: list[float]) -> float:
    """Standard deviation over seeds relative to the mean; 0 for a single seed."""
    return float(np.std(scores, ddof=1) / np.mean(scores)) if len(scores) > 1 else 0.0


def _rounded(latents: np.ndarray, known: np.ndarray, bits: int) -> np.ndarray:
    """Latents (n, k), each the nearest of 2 ** bits evenly spaced values from the least to the largest one known."""
    low, high = known.min(axis=0), known.max(axis=0)
    step = np.maximum(high - low, 1e-9) / (2**bits - 1)
    return (low + step * np.clip(np.rint((latents - low) / step), 0, 2**bits - 1)).astype(np.float32)


def _scores(data: Data, reconstructions: np.ndarray) -> Scores:
    images = data.test / np.float32(255)
    scores = {}  # type: Scores
    for name, measure in MEASURES.items():
        values = measure(images, reconstructions)
        scores[name] = float(values.mean())
        if name == TASK.measure:
            scores[f"{name}_resampled"] = resampled_means(values)
        if data.test_labels is not None:
            by_class = [values[data.test_labels == label] for label in np.unique(data.test_labels)]
            scores[f"{name}_by_class"] = [float(group.mean()) for group in by_class]
    return scores
