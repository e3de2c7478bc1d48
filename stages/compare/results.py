"""Results of one data set, as Git keeps them, for tables and figures."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from stages.common.stage import UserError
from stages.common.task import Task
from stages.compare.ranking import ranked


class Results(NamedTuple):
    """What the figures of a data set see."""

    dataset: str
    tasks: dict[str, Task]
    metrics: dict[str, dict]  # architecture -> content of its metrics file, in the order of params.yaml
    references: dict[str, dict]  # task -> method without a network -> scores
    summary: dict[str, list[dict]]  # task -> the rows of `ranked`
    shown: dict[str, dict[str, np.ndarray]]  # architecture -> name -> uint8 images, see stages/evaluate/shown.py


def architectures_of(params: dict, dataset: str) -> list[str]:
    """Architectures that are compared on a data set: all, or on a folder of one's own those chosen for it."""
    own = params["data"][dataset]["folder"]
    return own["architectures"] if own else params["architectures"]


def read_metrics(dataset: str, architectures: list[str]) -> dict[str, dict]:
    """The metrics file of every architecture. Raises UserError where one is missing or trained on other seeds."""
    metrics = {}
    for name in architectures:
        path = Path("metrics", dataset, f"{name}.json")
        if not path.exists():
            raise UserError(f"{path} is missing: `dvc repro evaluate@{dataset}-{name}` makes it")
        metrics[name] = json.loads(path.read_text())
    seeds = {name: tuple(content["facts"]["seeds"]) for name, content in metrics.items()}
    if len(set(seeds.values())) > 1:
        raise UserError(f"the architectures on {dataset} were trained on different seeds: {seeds}; run `dvc repro`")
    return metrics


def read_references(dataset: str) -> tuple[dict[str, Task], dict]:
    """Tasks by name, and the whole content of the references' metrics file."""
    content = json.loads(Path("metrics", dataset, "references.json").read_text())
    return {task["name"]: Task(**task) for task in content["tasks"]}, content


def read_shown(dataset: str, architecture: str, image_shape: list[int]) -> dict[str, np.ndarray]:
    """Name -> uint8 images (n, height, width, channels), from strips of n images side by side."""
    height, width, channels = image_shape
    return {
        path.stem: np.asarray(Image.open(path)).reshape(height, -1, width, channels).transpose(1, 0, 2, 3)
        for path in sorted(Path("plots/shown", dataset, architecture).glob("*.png"))
    }


def read_results(dataset: str, params: dict) -> Results:
    """All that has been measured of a data set, ranked anew. params: all settings."""
    metrics = read_metrics(dataset, architectures_of(params, dataset))
    tasks, content = read_references(dataset)
    references = content["scores"]
    summary = {
        name: rows
        for name, task in tasks.items()
        if name in params["tasks"] and (rows := ranked(metrics, references.get(name, {}), task, params["verdicts"]))
    }
    shown = {name: read_shown(dataset, name, own["facts"]["image_shape"]) for name, own in metrics.items()}
    return Results(dataset, tasks, metrics, references, summary, shown)
