"""New images: decoded draws from a mixture fitted to the latents, where there are any, and from a prior."""

from stages.draw.style import image_rows


def draw(shown):
    if shown.latents is None:
        return None
    count = len(shown.images)
    rows = {}
    for name, samples in {"prior": shown.samples, "mixture": shown.mixture_samples}.items():
        if samples is not None:
            lines = len(samples) // count // (1 if shown.samples is None else 2)
            rows |= {f"{name} {i + 1}": samples[i * count : (i + 1) * count] for i in range(lines)}
    return image_rows(rows, f"{shown.name}: new images")
