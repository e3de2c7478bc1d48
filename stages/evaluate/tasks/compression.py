"""Compression: what is left of images that take no more than so many bits, counted from a real bitstream."""

import numpy as np
from pydantic import PositiveInt

from stages.common.subset import spread
from stages.common.task import Case, Task
from stages.evaluate.measures.latent_codec import Codec, tables_of
from stages.evaluate.measures.latent_coder import TABLE_IMAGES, Coder, fitted_coder, tuned
from stages.evaluate.measures.rate_distortion import Point, Rates, curve_of, gains, listed, measured, ordered, read_off
from stages.evaluate.task_interface import Data, Functions, Scores

TASK = Task(
    measure="",
    better="higher",
    label="best PSNR",
    margin="absolute",
    unit="dB",
    columns={
        "psnr_gain": "above the PCA coder (BD-PSNR), dB",
        "rate_change": "bits at equal PSNR (BD-rate), %",
        "overlap": "share of the common rates",
        "bits_per_pixel": "compared about, bits per pixel",
    },
)

CHOOSING = 100  # validation images on which the dead zone is chosen, at most
SHOWN = 9  # rates at which a curve is read off for charts


def cases(*, rates: Rates, images: PositiveInt) -> tuple[Case, ...]:
    """Every rate: who needs more is not in this case."""
    scale = "{} bits per pixel"
    return tuple(Case(f"at most {scale.format(rate)}", f"psnr_{rate}", scale, rate) for rate in rates)


def method(*, rates: Rates, images: PositiveInt) -> str:
    """How compression is measured."""
    return (
        f"Compression: of {images:,} test images, every latent is quantised with a step that is inversely proportional "
        "to how far it moves the image, and entropy-coded by a real coder into one stream for all images; its bytes "
        "are counted, the decoder and the coder's tables (fitted on training images) are not. The dead zone around the "
        "centre is chosen on validation. The PCA coder does the same with all components. JPEG, WebP and AVIF code all "
        f"images on one sheet, its header included. With at most {', '.join(map(str, rates))} bits per pixel, each "
        "judged by itself: the best mean PSNR of all steps, or qualities, whose stream takes no more, the finest of "
        "which is searched. Who needs more bits with any seed, as a discrete latent with its single rate may, is not "
        "compared there. Beside it, BD-PSNR and BD-rate (Bjontegaard 2001) against the PCA coder, from the lowest to "
        "the highest of these rates, from where a coder begins (share of the common rates); who has a single rate is "
        "compared there (share 0)."
    )


def score(model: Functions, data: Data, seed: int, *, rates: Rates, images: PositiveInt) -> Scores:
    """Of `images` test images: psnr_<rate> for each of the rates, dB, the best of all points of the coder that use at
    most so many bits per pixel, none where all use more; psnr_gain, dB above the PCA coder (BD-PSNR), over rates from
    the first to the last; rate_change, the per cent of bits by which it differs from the PCA coder at equal PSNR
    (BD-rate), over the PSNRs that it has at these rates. Neither where the references have no PCA coder.

    Nothing is extrapolated, see `method`. overlap: the share of the common range, on the logarithm, that is compared
    over; bits_per_pixel: the geometric mean of its ends.
    stream_bits, stream_psnr: bits of all these images in one stream of the `codec` that is kept, and PSNR; measured
    Lists: psnr_<rate>_resampled; rates, psnrs and ssims, read off the curve between these rates; dead_zone in
    steps, chosen on validation by the gain, and step, that of the codec which is kept: the smallest whose rate on
    validation is not above the middle one (both empty for a discrete latent).
    """
    coder = data.references["compression"].get("pca_coder")  # none where it is not finite
    validation, test = (coder and ordered(coder[f"{of}rates"], coder[f"{of}psnrs"]) for of in ("validation_", ""))
    single = {"step": [], "dead_zone": []}, []  # type: tuple[dict[str, list[float]], list[Point]]  # rate, of a discrete latent
    chosen, points = single if model.code is not None else _chosen(model, data, images, rates, validation)
    bits, stream = _streamed(model, data, images, codec(model, data, **chosen))
    points = points or [stream]
    streamed = {"stream_bits": float(bits), "stream_psnr": float(stream.psnr.mean())}
    return gains(points, test, rates) | streamed | read_off(points, rates, SHOWN) | chosen


def codec(model: Functions, data: Data, *, step: list[float], dead_zone: list[float]) -> Codec:
    """The codec of a model, fitted to training images alone; step and dead_zone: as in its scores."""
    if model.code is None:
        return _coder(model, data).codec(*step, *dead_zone)
    return Codec(tables_of(model.code(data.train)[spread(TABLE_IMAGES, len(data.train))], model.codebook_size))


def usage(model: Functions, data: Data, seed: int, scores: Scores) -> dict[str, np.ndarray]:
    """The arrays of the codec, see measures/latent_codec.py."""
    return codec(model, data, step=scores["step"], dead_zone=scores["dead_zone"]).arrays()  # type: ignore[arg-type]


def references(data: Data, seeds: list[int], *, rates: Rates, images: PositiveInt) -> list[dict[str, Scores]]:
    """PCA with all components and the same quantiser and coder; JPEG, WebP and AVIF with all images on one sheet.
    Nothing is drawn by chance: the same for every seed.

    rates, psnrs and ssims are the measured points; the PCA coder has validation_rates and validation_psnrs as well.
    """
    from stages.evaluate.measures.codecs import pca_coder, picture_codecs

    pictures = {split: getattr(data, split)[chosen] for split, chosen in _sets(data, images).items()}
    pictures["train"] = data.train[spread(TABLE_IMAGES, len(data.train))]
    zone, validation, test = pca_coder(pictures, rates)
    coders = {"pca_coder": test} | picture_codecs(pictures["test"], rates)
    scores = {name: gains(points, curve_of(test), rates) | listed(points) for name, points in coders.items()}  # type: ignore[operator]
    scores["pca_coder"] |= {"dead_zone": [zone]} | listed(validation, "validation_", ("psnr",))
    return [scores for _ in seeds]


def _coder(model: Functions, data: Data) -> Coder:
    """A coder of the latents of training images."""
    return fitted_coder(model.encode(data.train), model.decode) if model.coder is None else model.coder()


def _sets(data: Data, images: int) -> dict[str, np.ndarray]:
    """Indices of the images of a split that are looked at."""
    counts = {"validation": min(CHOOSING, images), "test": images}
    return {split: spread(count, len(getattr(data, split))) for split, count in counts.items()}


def _chosen(model: Functions, data: Data, images: int, rates, reference) -> tuple[dict[str, list], list[Point]]:
    """Step and dead zone of the codec that is kept, and the points with this dead zone on test; reference: a curve."""
    splits = {split: (getattr(data, split), chosen) for split, chosen in _sets(data, images).items()}
    pairs = {split: (images[chosen], model.encode(images)[chosen]) for split, (images, chosen) in splits.items()}
    coder = _coder(model, data)
    zone, _, points = tuned(coder, pairs, rates, rates[-1], reference)
    step = coder.step_for(pairs["validation"][1], rates[len(rates) // 2] * np.prod(data.test.shape[1:3]), zone)
    return {"step": [step], "dead_zone": [zone]}, points


def _streamed(model: Functions, data: Data, images: int, codec: Codec) -> tuple[int, Point]:
    """Bits of some of the test images, all in one stream of the codec, and what is left of them."""
    chosen = spread(images, len(data.test))
    latents = model.encode(data.test)[chosen]
    numbers = codec.numbers(latents if model.code is None else model.code(data.test)[chosen])
    bits = codec.bits(numbers)
    if codec.quantiser is not None:
        latents = codec.quantiser.values(numbers)
    return bits, measured(data.test[chosen], bits, model.decode(latents))
