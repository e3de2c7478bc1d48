"""Compression: bits that images take, counted from a real bitstream, and what is left of them, at common rates.

The latents are quantised, with steps that fit the decoder and a dead zone, and entropy-coded, all images into one
stream, with tables fitted on the training images. The decoder and the tables belong to the codec and are not counted.
A discrete latent is coded as it is. Codecs get all images on one sheet.
"""

from collections.abc import Callable
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import AfterValidator, Field, PositiveFloat, PositiveInt
from sklearn.decomposition import PCA

from stages.common.subset import spread
from stages.common.task import Task
from stages.evaluate.measures.bjontegaard import Curve, ordered, psnr_gain, quality_at, rate_change
from stages.evaluate.measures.codecs import coded
from stages.evaluate.measures.entropy_coding import tables_of
from stages.evaluate.measures.image_quality import psnr, ssim
from stages.evaluate.measures.latent_codec import Codec
from stages.evaluate.measures.quantisation import Quantiser, sensitivity
from stages.evaluate.measures.resampling import resampled_means
from stages.evaluate.protocol import Data, Functions

TASK = Task(
    measure="psnr_gain",
    better="higher",
    label="PSNR above a PCA coder's, mean over common rates",
    margin="absolute",
    unit="dB",
    headline=("psnr_gain", "rate_change"),
    columns={
        "psnr_gain": "above the PCA coder (BD-PSNR), dB",
        "rate_change": "bits at equal PSNR (BD-rate), %",
        "overlap": "share of the common rates",
        "bits_per_pixel": "compared about, bits per pixel",
        "psnr_low": "PSNR at the low rate, dB",
        "psnr_middle": "at the middle, dB",
        "psnr_high": "at the high, dB",
    },
)

TABLE_IMAGES = 10_000  # training images that the tables are fitted on, at most
CHOOSING = 100  # validation images on which the dead zone is chosen, at most
OUTSIDE = 0.0005  # share of training latents left out at either end of the range that is quantised
DEAD_ZONES = (1.0, 1.2)  # steps; 1 is none, at 1.4 nobody gained
STEPS = 2.0 ** -np.arange(-3, 10)  # how far one step of a latent moves an image, Euclidean, pixels in [0, 1]
HALVINGS = 10  # of the range of steps, on the logarithm, until the one of the middle rate is found
SMALLEST = 0.001  # bits per pixel; coding nothing is put here, since 0 has no logarithm
REACH = 2.0  # bits per pixel up to which the PCA coder is measured, for all that is compared with it
AT = ("psnr_low", "psnr_middle", "psnr_high")
SHOWN = 9  # rates at which a curve is read off for charts
CODECS = {  # Pillow's options, and qualities from the lowest
    "jpeg": ("JPEG", {"optimize": True}, (1, 3, 5, 10, 20, 30)),
    "webp": ("WEBP", {"method": 6}, (0, 5, 10, 20, 30)),
    "avif": ("AVIF", {"subsampling": "4:4:4", "max_threads": 1}, (0, 10, 20, 30, 40)),
}


def _rising(rates: list[float]) -> list[float]:
    if sorted(set(rates)) != rates:
        raise ValueError("rates are to rise")
    return rates


Rates = Annotated[list[PositiveFloat], Field(min_length=3, max_length=3), AfterValidator(_rising)]


class Point(NamedTuple):
    """One setting of a coder on a set of images."""

    rate: float  # bits per pixel (a pixel of three channels is one pixel)
    psnr: np.ndarray  # dB, (n,)
    ssim: np.ndarray  # (n,)


def score(model: Functions, data: Data, seed: int, *, rates: Rates, images: PositiveInt) -> dict[str, float | list]:
    """Of `images` test images: psnr_gain, dB above the PCA coder (BD-PSNR), over rates from the first to the last;
    psnr_low, psnr_middle, psnr_high, dB at each of them; rate_change, the per cent of bits by which it differs from the
    PCA coder at equal PSNR (BD-rate), over the PSNRs that it has at these rates.

    rates: low, middle and high, bits per pixel

    Nothing is extrapolated. Above its highest rate a coder keeps its PSNR, for it may spend fewer bits. One that begins
    above the low rate is compared from there on, and has no PSNR at lower rates; one that begins above the high rate is
    compared where it begins, and one with a single rate, such as a discrete latent, there alone; both have no PSNR at
    the three rates. overlap: the share of the common range, on the logarithm, that is compared over (0 for a single
    rate); bits_per_pixel: the geometric mean of its ends.
    stream_bits, stream_psnr: bits of all these images in one stream of the `codec` that is kept, and PSNR; measured
    Lists: rates, psnrs and ssims, read off the curve at rates from low to high, or at the single one; dead_zone in
    steps, chosen on validation by the gain, and step, that of the codec which is kept: the smallest whose rate on
    validation is not above the middle one (both empty for a discrete latent).
    """
    coder = data.references["compression"]["pca_coder"]
    validation, test = (ordered(coder[f"{of}rates"], coder[f"{of}psnrs"]) for of in ("validation_", ""))
    sets = _sets(data, images)
    chosen = {"step": [], "dead_zone": []}
    if model.code is not None:
        bits, stream = _streamed(model, data, sets["test"], codec(model, data, **chosen))
        points = [stream]
    else:
        latents = {split: model.encode(getattr(data, split))[places] for split, places in sets.items()}
        own = _coder_of(latents["train"], sensitivity(model.decode, latents["train"]), model.decode)
        zone, _, points = _tuned(
            own,
            {split: (getattr(data, split)[sets[split]], latents[split]) for split in ("validation", "test")},
            rates,
            rates[-1],
            validation,
        )
        step = own.step_for(latents["validation"], rates[1] * np.prod(data.test.shape[1:3]), zone)
        bits, stream = _streamed(model, data, sets["test"], own.codec(step, zone))
        chosen = {"step": [step], "dead_zone": [zone]}
    start, end = _compared(points, rates)
    at = np.geomspace(start, end, SHOWN) if end > start else np.array([start])
    shown = {f"{name}s": quality_at(_curve(points, name), at).tolist() for name in ("psnr", "ssim")}
    streamed = {"stream_bits": float(bits), "stream_psnr": float(stream.psnr.mean())}
    return _scores(points, test, rates) | streamed | {"rates": at.tolist()} | shown | chosen


def codec(model: Functions, data: Data, *, step: list[float], dead_zone: list[float]) -> Codec:
    """The codec of a model, fitted to training images alone; step and dead_zone: as in its scores."""
    known = spread(TABLE_IMAGES, len(data.train))
    if model.code is not None:
        return Codec(tables_of(model.code(data.train)[known], model.codebook_size))
    latents = model.encode(data.train)[known]
    return _coder_of(latents, sensitivity(model.decode, latents), model.decode).codec(*step, *dead_zone)


def references(data: Data, seeds: list[int], *, rates: Rates, images: PositiveInt) -> list[dict[str, dict]]:
    """PCA with all components and the same quantiser and coder; JPEG, WebP and AVIF with all images on one sheet.
    Nothing is drawn by chance: the same for every seed.

    rates, psnrs and ssims are the measured points; the PCA coder has validation_rates and validation_psnrs as well.
    """
    sets = _sets(data, images)
    shape = data.test.shape[1:]
    pictures = {split: getattr(data, split)[chosen] for split, chosen in sets.items()}
    flat = {split: own.reshape(len(own), -1) / np.float32(255) for split, own in pictures.items()}
    size, n = flat["train"].shape[1], len(flat["train"])
    pca = PCA(min(size, n - 1), svd_solver="covariance_eigh" if size < 4096 else "auto").fit(flat["train"])

    def decode(latents):
        return np.clip(pca.inverse_transform(latents).reshape(-1, *shape), 0, 1)

    latents = {split: pca.transform(own) for split, own in flat.items()}
    zone, validation, test = _tuned(
        _coder_of(latents["train"], np.ones(latents["train"].shape[1], np.float32), decode),
        {split: (pictures[split], latents[split]) for split in ("validation", "test")},
        rates,
        REACH,
    )
    coders = {"pca_coder": test}
    for name, (codec, options, qualities) in CODECS.items():
        coders[name] = [
            _measured(pictures["test"], bits, decoded / np.float32(255))
            for quality in qualities
            for bits, decoded in [coded(pictures["test"], codec, quality=quality, **options)]
        ]
    scores = {}
    for name, points in coders.items():
        scores[name] = _scores(points, _curve(test), rates)
        scores[name]["rates"] = [point.rate for point in points]
        scores[name] |= {f"{of}s": [float(getattr(point, of).mean()) for point in points] for of in ("psnr", "ssim")}
    scores["pca_coder"] |= {
        "dead_zone": [zone],
        "validation_rates": [point.rate for point in validation],
        "validation_psnrs": [float(point.psnr.mean()) for point in validation],
    }
    return [scores for _ in seeds]


class _Coder(NamedTuple):
    """A quantiser and entropy coder of latents whose steps are still to be chosen."""

    centre: np.ndarray  # (k,)
    train: np.ndarray  # latents that tables are fitted on, (n, k)
    sensitivities: np.ndarray  # (k,)
    decode: Callable

    def points(self, pictures, latents, rates, reach: float, dead_zone: float) -> list[Point]:
        """First that nothing is coded and every latent is the centre; then one for each step, from the last whose rate
        is at most the low one to the first that reaches `reach`."""
        pixels = np.prod(pictures.shape[:3])
        settings = [(SMALLEST * pixels, np.tile(self.centre, (len(latents), 1)))]
        for step in STEPS:
            codec = self.codec(step, dead_zone)
            numbers = codec.numbers(latents)
            bits = max(codec.bits(numbers), SMALLEST * pixels)
            if bits <= rates[0] * pixels:
                settings = settings[:1]
            settings.append((bits, codec.quantiser.values(numbers)))
            if bits >= reach * pixels:
                break
        return [_measured(pictures, bits, self.decode(restored)) for bits, restored in settings]

    def codec(self, step: float, dead_zone: float) -> Codec:
        """With that step, and tables that fit it."""
        quantiser = Quantiser(self.centre, np.float32(step) / np.maximum(self.sensitivities, 1e-9), dead_zone)
        return Codec(tables_of(quantiser.numbers(self.train)), quantiser)

    def step_for(self, latents, bits: float, dead_zone: float) -> float:
        """The smallest step, of a fine grid of them, whose stream of latents (n, k) takes at most so many bits an
        image; the largest where none does."""
        coarse, fine = STEPS[0], STEPS[-1]
        for _ in range(HALVINGS):
            step = float(np.sqrt(coarse * fine))
            codec = self.codec(step, dead_zone)
            if codec.bits(codec.numbers(latents)) > bits * len(latents):
                fine = step
            else:
                coarse = step
        return float(coarse)


def _coder_of(latents: np.ndarray, sensitivities: np.ndarray, decode: Callable) -> _Coder:
    """From latents of training images, whose median becomes the centre."""
    ends = np.quantile(latents, (OUTSIDE, 1 - OUTSIDE), axis=0).astype(np.float32)
    return _Coder(np.median(latents, axis=0), np.clip(latents, *ends), sensitivities, decode)


def _tuned(coder, sets, rates, reach, reference=None) -> tuple[float, list[Point], list[Point]]:
    """The dead zone with the largest gain on validation over the reference, or over none, and the points with it."""
    candidates = {zone: coder.points(*sets["validation"], rates, reach, zone) for zone in DEAD_ZONES}
    curves = {zone: _curve(points) for zone, points in candidates.items()}
    reference = reference or curves[DEAD_ZONES[0]]
    best = max(DEAD_ZONES, key=lambda zone: psnr_gain(curves[zone], reference, rates[0], rates[-1]))
    return best, candidates[best], coder.points(*sets["test"], rates, reach, best)


def _sets(data: Data, images: int) -> dict[str, np.ndarray]:
    """Which images of each split are looked at."""
    counts = {"train": TABLE_IMAGES, "validation": min(CHOOSING, images), "test": images}
    return {split: spread(count, len(getattr(data, split))) for split, count in counts.items()}


def _curve(points: list[Point], quality: str = "psnr") -> Curve:
    return ordered([point.rate for point in points], [getattr(point, quality).mean() for point in points])


def _compared(points: list[Point], rates: list[float]) -> tuple[float, float]:
    """The rates from which and to which a coder is compared; see `score`."""
    start = max(rates[0], min(point.rate for point in points))
    return start, start if len(points) == 1 else max(start, rates[-1])


def _scores(points: list[Point], reference: Curve, rates: list[float]) -> dict[str, float | list]:
    start, end = _compared(points, rates)
    curve = _curve(points)
    resampled = ordered([point.rate for point in points], [resampled_means(point.psnr) for point in points])
    scores = {
        "psnr_gain": float(psnr_gain(curve, reference, start, end)),
        "psnr_gain_resampled": psnr_gain(resampled, reference, start, end).tolist(),
        "rate_change": rate_change(curve, reference, start, end),
        "overlap": float(np.log(end / start) / np.log(rates[-1] / rates[0])),
        "bits_per_pixel": float(np.sqrt(start * end)),
    }
    if end > start:
        own = quality_at(curve, np.array(rates))
        scores |= {name: float(psnr) for name, rate, psnr in zip(AT, rates, own, strict=True) if rate >= start}
    return scores


def _measured(pictures: np.ndarray, bits: float, images: np.ndarray) -> Point:
    given = pictures / np.float32(255)
    return Point(float(bits / np.prod(pictures.shape[:3])), psnr(given, images), ssim(given, images))


def _streamed(model: Functions, data: Data, chosen: np.ndarray, codec: Codec) -> tuple[int, Point]:
    """Bits of some of the test images, all in one stream of the codec, and what is left of them."""
    latents = model.encode(data.test)[chosen]
    numbers = codec.numbers(latents if model.code is None else model.code(data.test)[chosen])
    bits = codec.bits(numbers)
    if codec.quantiser is not None:
        latents = codec.quantiser.values(numbers)
    return bits, _measured(data.test[chosen], bits, model.decode(latents))
