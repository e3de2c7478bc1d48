"""New images: decoded draws from a mixture fitted to the latents, and from the prior where there is one."""

from stages.compare.style import image_rows, spoken


def draw(shown):
    count = len(shown.images)
    rows = {}
    for name, samples in {"prior": shown.samples, "mixture": shown.mixture_samples}.items():
        if samples is not None:
            lines = len(samples) // count // (1 if shown.samples is None else 2)
            rows |= {f"{name} {i + 1}": samples[i * count : (i + 1) * count] for i in range(lines)}
    return image_rows(rows, f"{spoken(shown.architecture)} on {spoken(shown.dataset)}: new images")
