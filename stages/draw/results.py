"""Results of one data set for its figures: what Git keeps in metrics/ and plots/."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from stages.common.results import NO_NETWORK, read_metrics, read_references, read_summary, read_verdicts
from stages.common.task import Task


class Results(NamedTuple):
    """What the figures of a data set see."""

    dataset: str
    tasks: dict[str, Task]
    metrics: dict[str, dict]  # architecture -> content of its metrics file, in the order of params.yaml
    references: dict[str, dict]  # task -> classical method -> scores
    summary: dict[str, dict[str, list[dict]]]  # task -> case -> its rows, best first, in the order of the tasks
    shown: dict[str, dict[str, np.ndarray]]  # architecture -> name -> uint8 images, see evaluate/picture_arrays.py
    classical: dict[str, np.ndarray]  # the same of classical methods

    @property
    def uses(self) -> list[tuple[Task, list[dict]]]:
        """Every case of every task, with its rows."""
        tasks = self.summary.items()
        return [(self.tasks[task].by_case()[case], rows) for task, cases in tasks for case, rows in cases.items()]

    def scores(self, task: str) -> dict[str, dict]:
        """Architecture -> its scores in a task, of those that take part; of "latent_use", of those with a latent."""
        return {name: content["scores"][task] for name, content in self.metrics.items() if task in content["scores"]}


def read_shown(dataset: str, architecture: str, image_shape: list[int]) -> dict[str, np.ndarray]:
    """Name -> uint8 images (n, height, width, channels), from strips of n images side by side; masks and maps are grey
    where images are in colour."""
    height, width, _ = image_shape
    shown = {}
    for path in sorted(Path("plots", dataset, "shown", architecture).glob("*.png")):
        strip = np.asarray(Image.open(path))
        shown[path.stem] = strip.reshape(height, -1, width, *strip.shape[2:] or (1,)).transpose(1, 0, 2, 3)
    return shown


def read_results(dataset: str) -> Results:
    """All that has been measured and judged of a data set."""
    verdicts = read_verdicts(dataset)
    metrics = read_metrics(dataset, verdicts["architectures"], verdicts.get("failed"))
    tasks, content = read_references(dataset)
    judged = read_summary(dataset)
    summary = {name: judged[name] for name in tasks if name in judged}
    shapes = {name: own["facts"]["image_shape"] for name, own in metrics.items()}
    shown = {name: read_shown(dataset, name, shape) for name, shape in shapes.items()}
    classical = read_shown(dataset, NO_NETWORK, next(iter(shapes.values())))
    return Results(dataset, tasks, metrics, content["scores"], summary, shown, classical)
