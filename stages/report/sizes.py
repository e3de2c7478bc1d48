"""How large a latent: where more latents stop paying, by PCA's spectrum and by the sizes that were trained."""

import numpy as np

from stages.compare.ranking import FLOOR
from stages.compare.style import spoken
from stages.report.ablations import TASK
from stages.report.results import validation_errors

KEPT = (0.9, 0.99)  # shares of the variance of images


def numbers_for(spectrum: dict, error: float) -> float | None:
    """The number of principal components with which PCA has so low an error, between the sizes of the spectrum on
    logarithmic scales; None where none of them is enough.

    spectrum: latent_sizes and validation_mse, which falls
    """
    sizes, errors = np.log(spectrum["latent_sizes"]), np.log(np.maximum(spectrum["validation_mse"], 1e-30))
    if np.log(error) < errors[-1]:
        return None
    return float(np.exp(np.interp(-np.log(error), -errors, sizes)))


def spectrum_says(result: dict, size: int) -> list[str]:
    """Sentences on what PCA needs: how many numbers hold so much of the variance, beyond which more have little left to
    tell, and what the best network saves at the size that is compared."""
    spectrum, said = result["spectrum"], []
    mean_image = result["references"].get(TASK.name, {}).get("mean_image")
    if mean_image:
        variance = float(np.mean(mean_image[TASK.measure]))
        found = {share: numbers_for(spectrum, (1 - share) * variance) for share in KEPT}
        told = [f"{100 * share:.0f} % of the variance with {count:.0f}" for share, count in found.items() if count]
        if told:
            end = f"; beyond that, {100 * (1 - KEPT[-1]):.0f} % is left to gain" if found[KEPT[-1]] else ""
            said.append(f"PCA keeps {' numbers, '.join(told)} numbers{end}.")
    errors = {
        name: error
        for name, error in validation_errors(result["metrics"]).items()
        if name != "pca" and result["metrics"][name]["cost"]["latent_size"] == size
    }
    if errors:
        name = min(errors, key=errors.get)
        count = numbers_for(spectrum, errors[name])
        needs = f"as many as {count:.0f}" if count else f"more than {spectrum['latent_sizes'][-1]}"
        said.append(f"For the error that {spoken(name)} reaches with {size}, PCA needs {needs}.")
    return said


def enough(curves: dict[str, list[dict]], verdicts: dict) -> dict[str, int]:
    """Architecture -> the smallest latent whose validation error is within the margin of the lowest of all sizes.

    curves: architecture -> points of an ablation of the size, see ablations.points_of
    """
    found = {}
    for name, points in curves.items():
        allowed = (1 + verdicts["margins"][TASK.name]) * min(point["validation"] for point in points)
        found[name] = min(point["value"] for point in points if point["validation"] <= allowed)
    return found


def trained_say(curves: dict[str, list[dict]], smallest: dict[str, int]) -> str:
    """Sentences on where more latents stop paying, and on what PCA is ahead of with the most; smallest: what `enough`
    gives."""
    largest = max(point["value"] for points in curves.values() for point in points)
    errors = {
        name: point["validation"] for name, points in curves.items() for point in points if point["value"] == largest
    }
    behind = [spoken(name) for name, error in errors.items() if error > errors.get(FLOOR, np.inf)]
    paying = [spoken(name) for name, size in smallest.items() if size == largest]
    stopped = [f"{spoken(name)} from {size} on" for name, size in smallest.items() if size < largest]
    parts = [f"more latents stop paying for {', '.join(stopped)}"] if stopped else []
    parts += [f"up to {largest}, the most that was tried, they pay for {', '.join(paying)}"] if paying else []
    sentence = "; ".join(parts)
    ahead = f" With {largest}, {spoken(FLOOR)} has less error than {', '.join(behind)}." if behind else ""
    return f"{sentence[0].upper()}{sentence[1:]}.{ahead}"
