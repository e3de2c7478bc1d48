"""Compression: bits that an image takes, counted from a real bitstream, and what is left of it.

The latents are quantised with one step for all dimensions (for PCA, reverse water-filling: Cover and Thomas,
"Elements of information theory", section 10.3.3) and entropy-coded, all images into one stream, with tables fitted on
the training images. The decoder and the tables belong to the codec and are not counted. A discrete latent is coded as
it is.
"""

import io
from typing import Annotated, NamedTuple

import numpy as np
from PIL import Image
from pydantic import Field, PositiveInt
from sklearn.decomposition import PCA

from stages.common.subset import spread
from stages.common.task import Task
from stages.evaluate.measures.entropy_coding import clipped, encoded, tables_of
from stages.evaluate.measures.image_quality import psnr, ssim
from stages.evaluate.measures.resampling import resampled_means
from stages.evaluate.protocol import Data, Functions

TASK = Task(
    measure="psnr_gain",
    better="higher",
    label="PSNR above a PCA coder's at equal rate",
    margin="absolute",
    unit="dB",
    headline=("psnr_gain", "bits_per_pixel"),
    columns={
        "psnr_gain": "above the PCA coder, dB",
        "bits_per_pixel": "bits per pixel",
        "psnr": "PSNR, dB",
        "ssim": "SSIM",
    },
)

TABLE_IMAGES = 10_000  # training images that the tables are fitted on, at most
OUTSIDE = 0.0005  # share of training latents left out at either end of the range that is quantised
STEPS = 2.0 ** -np.arange(-1.0, 9.5, 0.5)  # of the PCA coder, in the scale of its coefficients
QUALITIES = (1, 3, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95)  # of JPEG
Bits = Annotated[list[Annotated[int, Field(ge=1, le=12)]], Field(min_length=1)]


class Point(NamedTuple):
    """One setting of a coder on a set of images."""

    rate: float  # bits per pixel (a pixel of three channels is one pixel)
    psnr: np.ndarray  # dB, (n,)
    ssim: np.ndarray  # (n,)


def score(model: Functions, data: Data, seed: int, *, bits: Bits, images: PositiveInt) -> dict[str, float | list]:
    """Of `images` test images at the best of `bits`: psnr_gain (dB above the PCA coder's curve at the same rate),
    bits_per_pixel, psnr in dB, ssim. The best is the one with the largest gain on as many validation images.

    bits: the widest dimension of the latent is quantised to 2 ** bits levels, the others with the same step
    Lists: rates, psnrs and ssims of all `bits`; setting, the index of the best.
    """
    sets = [split[spread(images, len(split))] for split in (data.validation, data.test)]
    train = data.train[spread(TABLE_IMAGES, len(data.train))]
    if model.code is not None:
        validation, test = ([_discrete_point(model, train, pictures)] for pictures in sets)
    else:
        latents = model.encode(data.train)[spread(TABLE_IMAGES, len(data.train))]
        center = np.median(latents, axis=0)
        low, high = np.quantile(latents, (OUTSIDE, 1 - OUTSIDE), axis=0)
        widest = max(float((high - low).max()), 1e-9)
        validation, test = (
            [_point(pictures, model.encode(pictures), latents, center, widest / 2**b, model.decode) for b in bits]
            for pictures in sets
        )
    curves = data.references["compression"]["pca_coder"]
    return _scores(validation, test, curves)


def references(data: Data, seed: int, *, bits: Bits, images: PositiveInt) -> dict[str, dict]:
    """PCA with all components and the same quantiser and coder, and JPEG, whole files and without their headers."""
    sets = [split[spread(images, len(split))] for split in (data.validation, data.test)]
    shape = data.test.shape[1:]
    train = data.train[spread(TABLE_IMAGES, len(data.train))].reshape(-1, np.prod(shape)) / np.float32(255)
    pca = PCA(min(train.shape[1], len(train) - 1), svd_solver="covariance_eigh" if train.shape[1] < 4096 else "auto")
    latents = pca.fit_transform(train)

    def decode(values):
        return pca.inverse_transform(values).reshape(-1, *shape)

    coders = {"pca_coder": []}
    for pictures in sets:
        own = pca.transform(pictures.reshape(len(pictures), -1) / np.float32(255))
        coders["pca_coder"].append([_point(pictures, own, latents, 0.0, step, decode) for step in STEPS])
    for header in (True, False):
        name = "jpeg" if header else "jpeg_without_header"
        coders[name] = [[_jpeg_point(pictures, quality, header) for quality in QUALITIES] for pictures in sets]
    curves = {
        f"{split}_{axis}": values
        for split, points in zip(("validation", "test"), coders["pca_coder"], strict=True)
        for axis, values in (("rates", [p.rate for p in points]), ("psnrs", [float(p.psnr.mean()) for p in points]))
    }
    scores = {name: _scores(*points, curves) for name, points in coders.items()}
    scores["pca_coder"] |= curves
    return scores


def _scores(validation: list[Point], test: list[Point], curves: dict[str, list]) -> dict[str, float | list]:
    gains = [_gain(point, curves["validation_rates"], curves["validation_psnrs"]) for point in validation]
    best = int(np.argmax(gains))
    chosen = test[best]
    gain = _gain(chosen, curves["test_rates"], curves["test_psnrs"])
    return {
        "psnr_gain": gain,
        "psnr_gain_resampled": resampled_means(chosen.psnr - chosen.psnr.mean() + gain),
        "bits_per_pixel": chosen.rate,
        "psnr": float(chosen.psnr.mean()),
        "ssim": float(chosen.ssim.mean()),
        "setting": [best],
        "rates": [point.rate for point in test],
        "psnrs": [float(point.psnr.mean()) for point in test],
        "ssims": [float(point.ssim.mean()) for point in test],
    }


def _gain(point: Point, rates: list[float], psnrs: list[float]) -> float:
    """dB above a curve, which is read between its points on the logarithm of the rate."""
    order = np.argsort(rates)
    floor = 1e-4  # bits per pixel: nothing at all has no logarithm
    reached = np.interp(
        np.log(max(point.rate, floor)), np.log(np.maximum(np.array(rates)[order], floor)), np.array(psnrs)[order]
    )
    return float(point.psnr.mean() - reached)


def _measured(pictures: np.ndarray, bits: float, reconstructions: np.ndarray) -> Point:
    images, given = pictures / np.float32(255), np.clip(reconstructions, 0, 1)
    return Point(bits / np.prod(pictures.shape[:3]), psnr(images, given), ssim(images, given))


def _point(pictures, latents, train_latents, center, step, decode) -> Point:
    """Quantise latents with a step, code them, and decode what the stream holds."""
    low, high = np.quantile(train_latents, (OUTSIDE, 1 - OUTSIDE), axis=0)
    tables = tables_of(_whole(np.clip(train_latents, low, high), center, step))
    numbers = clipped(_whole(latents, center, step), tables)
    restored = (center + step * numbers).astype(np.float32)
    return _measured(pictures, 32 * len(encoded(numbers, tables)), decode(restored))


def _whole(latents: np.ndarray, center, step: float) -> np.ndarray:
    return np.rint((latents - center) / step).astype(np.int64)


def _discrete_point(model: Functions, train: np.ndarray, pictures: np.ndarray) -> Point:
    tables = tables_of(model.code(train).astype(np.int64), model.codebook_size)
    bits = 32 * len(encoded(model.code(pictures).astype(np.int64), tables))
    return _measured(pictures, bits, model.decode(model.encode(pictures)))


def _jpeg_point(pictures: np.ndarray, quality: int, header: bool) -> Point:
    bits, decoded = 0, np.empty_like(pictures)
    for i, picture in enumerate(pictures):
        file = io.BytesIO()
        Image.fromarray(picture.squeeze()).save(file, "JPEG", quality=quality)
        bits += 8 * (len(file.getvalue()) if header else _scan_length(file.getvalue()))
        decoded[i] = np.asarray(Image.open(file)).reshape(picture.shape)
    return _measured(pictures, bits, decoded / np.float32(255))


def _scan_length(file: bytes) -> int:
    """Bytes of the entropy-coded data alone: after the start-of-scan segment, before the end-of-image marker."""
    start = file.index(b"\xff\xda")
    return len(file) - 2 - (start + 2 + int.from_bytes(file[start + 2 : start + 4], "big"))
