"""How large a latent: where larger latents no longer help, by PCA's spectrum and by the sizes that were trained."""

import numpy as np

from stages.common.names import spoken
from stages.common.task import FLOOR
from stages.judge.chosen_by_error import validation_errors
from stages.judge.phrases import listed, numbers
from stages.judge.varied_settings import TASK

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


def by_spectrum(result: dict, size: int) -> dict:
    """What PCA needs: sentences on how many numbers hold so much of the variance, and on what the best network saves at
    the size that is compared; validation_mse, architecture -> error, of those with this size; and components, how many
    PCA needs for the least of these errors, None where its spectrum ends before or none has this size."""
    spectrum, metrics = result["spectrum"], result["metrics"]
    sizes = {name: own["facts"].get("latent_size", [None])[0] for name, own in metrics.items()}
    errors = validation_errors({name: own for name, own in metrics.items() if sizes[name] == size})
    needed = numbers_for(spectrum, min(errors.values())) if errors else None
    sentences = _of_variance(result)
    networks = {name: error for name, error in errors.items() if name != FLOOR}
    if networks:
        name = min(networks, key=networks.get)
        count = numbers_for(spectrum, networks[name])
        needs = f"{count:.0f}" if count else f"more than {spectrum['latent_sizes'][-1]}"
        sentences.append(f"To have the error of {spoken(name)} with {numbers(size)}, PCA needs {needs}.")
    return {"sentences": sentences, "size": size, "validation_mse": errors, "components": needed}


def _of_variance(result: dict) -> list[str]:
    mean_image = result["references"].get(TASK.name, {}).get("mean_image")
    if not mean_image:
        return []
    variance = float(np.mean(mean_image["validation_mse"]))  # of the images that the spectrum is measured on
    counts = {share: numbers_for(result["spectrum"], (1 - share) * variance) for share in KEPT}
    rounded = {share: round(count) for share, count in counts.items() if count}
    parts = [f"{100 * share:.0f} % of the variance with {numbers(count)}" for share, count in rounded.items()]
    end = f"; beyond that, {100 * (1 - KEPT[-1]):.0f} % is left to gain" if counts[KEPT[-1]] else ""
    return [f"PCA keeps {', '.join(parts)}{end}."] if parts else []


def enough(curves: dict[str, list[dict]], settings: dict) -> dict[str, int]:
    """Architecture -> the smallest latent whose validation error is within the margin of the lowest of all sizes.
    curves: architecture -> points of an ablation of the size, see varied_settings.py"""
    smallest = {}
    for name, points in curves.items():
        allowed = (1 + settings["margins"][TASK.name]) * min(point["validation"] for point in points)
        smallest[name] = min(point["value"] for point in points if point["validation"] <= allowed)
    return smallest


def by_training(curves: dict[str, list[dict]], smallest: dict[str, int]) -> str:
    """Sentences on the size to take, the smallest without a gain from more, and on what PCA is ahead of with the
    largest; smallest: what `enough` gives."""
    largest = max(point["value"] for points in curves.values() for point in points)
    points = [(name, point) for name, of_name in curves.items() for point in of_name]
    errors = {name: point["validation"] for name, point in points if point["value"] == largest}
    behind = [spoken(name) for name, error in errors.items() if error > errors.get(FLOOR, np.inf)]
    taken: dict[int, list[str]] = {}
    for name, size in smallest.items():
        taken.setdefault(size, []).append(spoken(name))
    parts = [f"{numbers(n)} for {listed(taken[n])}, without a gain from more" for n in sorted(taken) if n < largest]
    if largest in taken:
        parts.append(f"{largest} or more for {listed(taken[largest])}, with a gain up to the largest that was tried")
    ahead = f" With {largest}, {spoken(FLOOR)} has less error than {listed(behind)}." if behind else ""
    return f"Recommended for reconstruction: {'; '.join(parts)}.{ahead}"
