"""How much memory a comparison takes at its peak: where all latents of vector quantized are scored, or all pixels."""

from distributed.system import MEMORY_LIMIT

from stages.check.data_sets import DataSet
from tools.own.estimate import images_of

STAGE = 1.05e9  # bytes of any stage that has loaded TensorFlow
SAMPLED = 25  # bytes for each value of the samples that generation draws, which any stage that scores holds at once
# Bytes for each pixel of a training image: of each channel, and for copies of latents, of which vector quantized has
# one number a pixel. Measured on 50,000 grey and 45,000 coloured images, and about a tenth more.
CHANNEL, LATENT = 4, 20
SAID = 2e9  # less is not worth a line
SMALLEST = 8  # height and width


def peak(params: dict, data: DataSet, jobs: int) -> float:
    """Bytes with `jobs` stages side by side."""
    pixels, samples = data.image_size**2, params["tasks"].get("generation", {}).get("images", 0)
    stage = STAGE + SAMPLED * samples * pixels * data.folder.channels
    return jobs * stage + images_of(params, data)["train"] * pixels * (CHANNEL * data.folder.channels + LATENT)


def lines(params: dict, data: DataSet, jobs: int, limit: float = MEMORY_LIMIT) -> list[str]:
    """What to say of it: nothing where it is little, and what to do where this machine has less."""
    taken = peak(params, data, jobs)
    if taken <= limit:
        return [f"memory: about {_spoken(taken)}"] if taken > SAID else []
    fits = next(((size, need) for size, need in _smaller(params, data) if need <= limit), None)
    advice = f"SIZE={fits[0]} JOBS=1 takes {_spoken(fits[1])}" if fits else "give fewer images"
    note = f"note: this machine has {_spoken(limit)}, stages may be killed; {advice}"
    return [f"memory: about {_spoken(taken)}", note]


def _smaller(params: dict, data: DataSet):
    """Values of SIZE=, the largest first, and the bytes that each takes with one stage at a time; where images are cut
    into patches, which stay as they are, those of whole images."""
    side, whole = data.image_size, data.folder.whole
    for size in range(whole, side, -side) if whole else range(side, SMALLEST - 1, -4):
        changed = {"folder": data.folder.model_copy(update={"whole": size})} if whole else {"image_size": size}
        yield size, peak(params, data.model_copy(update=changed), 1)


def _spoken(size: float) -> str:
    return f"{size / 1e9:.1f} GB"
