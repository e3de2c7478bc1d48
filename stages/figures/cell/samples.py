"""New images: decoded draws from a mixture fitted to the latents, and from the prior where there is one."""

from stages.style import image_rows, spoken


def draw(cell):
    count = len(cell.images)
    rows = {}
    for name, samples in {"prior": cell.samples, "mixture": cell.mixture_samples}.items():
        if samples is not None:
            lines = len(samples) // count // (1 if cell.samples is None else 2)
            rows |= {f"{name} {i + 1}": samples[i * count : (i + 1) * count] for i in range(lines)}
    return image_rows(rows, f"{spoken(cell.architecture)} on {spoken(cell.dataset)}: new images")
