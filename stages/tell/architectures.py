"""What the page of all architectures says of each beside its verdicts: what it is and costs, warnings and pictures."""

import ast
import re
from pathlib import Path

from stages.common.names import spoken
from stages.common.registry import STAGES
from stages.common.task import FLOOR


def docstring_of(kind: str, name: str) -> str:
    """What an item is, by the docstring of its file, which is not imported, since that may take Keras; "" for a folder
    of the user's images, which has no file."""
    path = STAGES / kind / f"{name}.py"
    text = (ast.get_docstring(ast.parse(path.read_text())) or "") if path.exists() else ""
    return " ".join(re.sub(r"(?<=\w-)\n", "", text).split())  # a word may be hyphenated at the end of a line


def warnings_of(name: str, results: dict[str, dict]) -> dict[str, list[str]]:
    """What is wrong -> where and how much, of the warnings that name an architecture."""
    found: dict[str, list[str]] = {}
    for dataset, result in results.items():
        for warned in result["verdicts"]["warnings"].values():
            for what, who in warned.items():
                for detail in (detail for warned_of, detail in who if warned_of == name):
                    found.setdefault(what, []).append(f"{spoken(dataset)}{f': {detail}' if detail else ''}")
    return found


def pictures_of(name: str, results: dict[str, dict]) -> list[dict]:
    """The strips of images that Git keeps of it, seen from plots/: dataset, original, result and what these are; a test
    image and its reconstruction, or without a latent the strongest noise and what it makes of that. None of a private
    set.
    """
    found = []
    for dataset, result in results.items():
        if result["verdicts"]["data"]["private"] or name not in result["metrics"]:
            continue
        strips, whats = ("original", "reconstruction"), ("test images", "reconstructed")
        if "latent_size" not in result["metrics"][name]["facts"]:
            if "denoising" not in result["tasks"]:
                continue
            levels = [case.level for case in result["tasks"]["denoising"].described() if case.scale]
            strips, whats = (f"noisy_{levels[-1]}", f"denoised_{levels[-1]}"), ("test images with noise", "denoised")
        paths = [Path(dataset, "shown", name, f"{strip}.png") for strip in strips]
        found.append({"dataset": dataset, "whats": whats, "original": paths[0], "result": paths[1]})
    return found


def cost_of(name: str, results: dict[str, dict]) -> dict[str, tuple[int, float, int]]:
    """Data set -> multiply-adds of an image, these over PCA's (0 where that was not compared), and weights."""
    costs = {}
    for dataset, metrics in ((dataset, result["metrics"]) for dataset, result in results.items()):
        if name in metrics:
            count, weights = (metrics[name]["facts"][fact][0] for fact in ("multiply_adds", "parameters"))
            floor = metrics[FLOOR]["facts"]["multiply_adds"][0] if FLOOR in metrics else None
            costs[dataset] = count, count / floor if floor else 0, weights
    return costs


def architectures(results: dict[str, dict]) -> dict[str, dict]:
    """Architecture -> docstring, costs, warnings and pictures, of all that were compared on any data set, in the order
    of params.yaml. results: data set -> see results.read_results"""
    return {
        name: {
            "docstring": docstring_of("architectures", name),
            "costs": cost_of(name, results),
            "warnings": warnings_of(name, results),
            "pictures": pictures_of(name, results),
        }
        for name in dict.fromkeys(name for result in results.values() for name in result["metrics"])
    }


def damaged(blocks: dict[str, dict], architectures: list[str]) -> dict[tuple[str, float], list[str]]:
    """Noise and its greatest strength -> architectures that are trained on images with it, by their blocks."""
    found: dict[tuple[str, float], list[str]] = {}
    for name in architectures:
        if "noise" in blocks.get(name, {}):
            found.setdefault((blocks[name]["noise"], blocks[name]["strength"]), []).append(name)
    return found
