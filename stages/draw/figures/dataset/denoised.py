"""Test images with weak and with strong Gaussian noise, and what every architecture and the best classical methods make
of them, best at the strong noise first."""

import numpy as np

from stages.common.names import spoken
from stages.draw.style import image_rows

TASK = "denoising"  # the page shows it there
SHOWS_IMAGES = True  # not drawn of a private data set
SHOWN = 5  # images with each noise
HELPS = 0.5  # dB at one of them, without which a classical method is for other damage and not shown


def draw(results):
    levels = [case for case in results.tasks[TASK].described() if case.scale]
    ends = list(dict.fromkeys([levels[0], levels[-1]]))
    means = [{row["architecture"]: row["mean"] for row in results.summary[TASK][case.name]} for case in ends]

    def beside(shown, name):
        return np.concatenate([shown[f"{name}_{case.level}"][:SHOWN] for case in ends])

    first = next(iter(results.shown.values()))
    rows = {"original": np.concatenate([first["original"][:SHOWN]] * len(ends)), "with noise": beside(first, "noisy")}
    captions = {"original": [case.name if i == SHOWN // 2 else "" for case in ends for i in range(SHOWN)]}
    for row in results.summary[TASK][ends[-1].name]:
        name = row["architecture"]
        label = spoken(name).replace(" ", "\n")
        gains = ", ".join(f"{of_case[name]:+z.1f}" for of_case in means)
        if row["kind"] == "architecture":
            rows[f"{label}\n{gains}"] = beside(results.shown[name], "denoised")
        elif max(of_case[name] for of_case in means) > HELPS:
            rows[f"({label})\n{gains}"] = beside(results.classical, name)
    title = f"{spoken(results.dataset)}: noisy test images, denoised (PSNR gain in dB; in brackets: classical method)"
    return image_rows(rows, title, captions)
