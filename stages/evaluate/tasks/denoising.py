"""Denoising: the clean image estimated from a damaged one, each strength of noise and each other damage by itself."""

from typing import Annotated

from pydantic import AfterValidator, Field, PositiveFloat, PositiveInt

from stages.common.settings import Rate, rising
from stages.common.subset import spread
from stages.common.task import Case, Task
from stages.evaluate.task_interface import Data, Functions, Scores

TASK = Task(
    measure="",
    better="higher",
    label="PSNR gain",
    margin="absolute",
    unit="dB",
    columns={"clean_psnr": "PSNR of clean images, dB"},
)

Noise = Annotated[list[PositiveFloat], Field(min_length=1), AfterValidator(rising)]
SHORTER = True  # scored with a quarter and half of the epochs as well: it is cheap
CHOOSING = 30  # validation images on which a classical method's parameter is chosen, at most


def cases(*, gaussian: Noise, salt_and_pepper: Rate, block: Rate, images: PositiveInt) -> tuple[Case, ...]:
    """Every strength of Gaussian noise, salt and pepper, and a black block."""
    scale = "noise of sigma {}"
    levels = [Case(scale.format(level), f"gain_{level}", scale, level) for level in gaussian]
    return *levels, Case("salt and pepper", "gain_salt_and_pepper"), Case("a black block", "gain_block")


def method(*, gaussian: Noise, salt_and_pepper: Rate, block: Rate, images: PositiveInt) -> str:
    """How denoising is measured."""
    levels = ", ".join(map(str, gaussian))
    return (
        f"Denoising: {images:,} test images with Gaussian noise of sigma {levels}, clipped and rounded to whole "
        f"numbers; with salt and pepper on {100 * salt_and_pepper:.0f} % of the pixels; with a black block of "
        f"{100 * block:.0f} % of the sides (inpainting without knowing where it is). Each is judged by itself: by "
        "how many dB the PSNR of the denoised image is above that of the damaged image. Classical methods know damage "
        "and strength: the parameters of wavelet, total-variation, median, switching-median and non-local-means "
        "denoisers are chosen on validation for each, inpainting fills the only black block of the known size, and "
        "linear regression is fitted to damaged and clean training images. Autoencoders know neither; some are "
        "trained on damaged images, see equal terms."
    )


def score(
    model: Functions, data: Data, seed: int, *, gaussian: Noise, salt_and_pepper: Rate, block: Rate, images: PositiveInt
) -> Scores:
    """Of `images` test images: gain_<sigma>, how many dB the PSNR of what the model makes of a noisy image is above the
    noisy image's own; gain_salt_and_pepper and gain_block, the same from other damage; clean_psnr, of what the model
    makes of undamaged images.

    gaussian, salt_and_pepper, block: strengths as in measures/corruption.py
    Gains from Gaussian noise are means over images, as is usual; those from other damage are of the mean squared error
    of all images, since a block on black ground leaves an image as it was, whose PSNR has no bound.
    Lists: gain_<...>_resampled; damage, the names of all.
    """
    from stages.evaluate.measures.restoration import restoration

    pictures, kinds = data.test[spread(images, len(data.test))], _kinds(gaussian, salt_and_pepper, block)
    of_clean = model.reconstruct(pictures)
    return restoration(pictures, lambda _, damaged: model.reconstruct(damaged), of_clean, kinds, seed)


def references(
    data: Data, seeds: list[int], *, gaussian: Noise, salt_and_pepper: Rate, block: Rate, images: PositiveInt
) -> list[dict[str, Scores]]:
    """All classical denoisers. Clean images get what is chosen for the weakest Gaussian noise. The noise of the first
    seed stands for all, as these methods take long.

    parameters: the chosen ones, in the order of damage
    """
    from stages.evaluate.measures.classical_denoisers import METHODS, fitted
    from stages.evaluate.measures.restoration import restoration

    seed, kinds = seeds[0], _kinds(gaussian, salt_and_pepper, block)
    pictures = data.test[spread(images, len(data.test))]
    validation = data.validation[spread(CHOOSING, len(data.validation))]

    def scores_of(name):
        own = {damage: fitted(name, data.train, validation, *kind, seed) for damage, kind in kinds.items()}
        restore = {damage: function for damage, (function, _) in own.items()}
        of_clean = restore[str(gaussian[0])](pictures)
        scores = restoration(pictures, lambda damage, images: restore[damage](images), of_clean, kinds, seed)
        return scores | {"parameters": [list(chosen) for _, chosen in own.values()]}

    results = {name: scores_of(name) for name in METHODS}
    return [results for _ in seeds]


def _kinds(gaussian, salt_and_pepper, block) -> dict[str, tuple[str, float]]:
    kinds = {str(level): ("gaussian", level) for level in gaussian}
    return kinds | {"salt_and_pepper": ("salt_and_pepper", salt_and_pepper), "block": ("block", block)}
