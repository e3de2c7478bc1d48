"""How much memory a comparison takes at its peak: where all latents of vector quantized are scored, or all pixels."""

from distributed.system import MEMORY_LIMIT

from tools.own.estimate import images_of

STAGE = 1.1e9  # bytes of any stage that has loaded TensorFlow
# Bytes for each pixel of a training image: of each channel, and for copies of latents, of which vector quantized has
# one number a pixel. Measured on 50,000 grey and 45,000 coloured images, and about a tenth more.
CHANNEL, LATENT = 4, 20
SAID = 2e9  # less is not worth a line
SMALLEST = 8  # height and width


def peak(params: dict, dataset: str, jobs: int) -> float:
    """Bytes with `jobs` stages side by side."""
    data = params["data"][dataset]
    pixels = images_of(params, dataset)["train"] * data["image_size"] ** 2
    return jobs * STAGE + pixels * (CHANNEL * data["folder"]["channels"] + LATENT)


def told(params: dict, dataset: str, jobs: int, limit: float = MEMORY_LIMIT) -> list[str]:
    """What to say of it: nothing where it is little, and what to do where this machine has less."""
    taken = peak(params, dataset, jobs)
    lines = [f"memory: about {_spoken(taken)}"] if taken > SAID or taken > limit else []
    if taken > limit:
        fits = next((own for own in _smaller(params, dataset) if own[1] <= limit), None)
        advice = f"SIZE={fits[0]} JOBS=1 takes {_spoken(fits[1])}" if fits else "give fewer images"
        lines.append(f"note: this machine has {_spoken(limit)}, stages may be killed; {advice}")
    return lines


def _smaller(params: dict, dataset: str):
    """Sizes of images, the largest first, and the bytes that each takes with one stage at a time."""
    data = params["data"][dataset]
    for size in range(data["image_size"], SMALLEST - 1, -4):
        yield size, peak(params | {"data": {dataset: data | {"image_size": size}}}, dataset, 1)


def _spoken(size: float) -> str:
    return f"{size / 1e9:.1f} GB"
