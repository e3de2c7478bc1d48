"""Changes of scores, settings and pictures between two revisions, and whether they are real, from what Git keeps."""

import json
from typing import NamedTuple

import numpy as np
from ruamel.yaml import YAML
from scipy.stats import false_discovery_control

from stages.common.task import Task
from stages.compare.significance import LEVEL, paired_p
from tools.revisions import Revision

# The share of luck among what is called real, not the chance of any (Holm): with three seeds a row, the latter calls
# next to nothing real in a table of a hundred rows, even where all is better by a fifth.
RULE = (
    "Real: a paired t test over seeds and a difference beyond 1.96 standard errors of the test images; of all rows "
    "called real at most 5 % are expected to be luck (Benjamini and Hochberg 1995). Within noise: the rest. With one "
    "seed only the test images can be judged by."
)
NOISE = "within noise"


class Change(NamedTuple):
    """One main measure of one cell; old or new is None where the cell, or the task, is not there."""

    dataset: str
    architecture: str
    task: str
    old: float | None
    new: float | None
    verdict: str


class Differences(NamedTuple):
    """All that differs between two revisions."""

    rows: list[Change]
    compared: int  # scores that both have
    tasks: dict[str, Task]  # by name
    settings: list[tuple[str, object, object]]  # name, old and new value; ... where there is none
    pictures: list[str]  # paths


def flat(value, path: str = "") -> dict[str, object]:
    """Nested settings as {"training.patience": 5, ...}; lists stay whole."""
    if not isinstance(value, dict) or not value:
        return {path: value}
    return {key: leaf for name, part in value.items() for key, leaf in flat(part, f"{path}.{name}".lstrip(".")).items()}


def settings(revision: Revision) -> dict:
    """params.yaml of a revision."""
    content = revision.read("params.yaml")
    return YAML(typ="safe").load(content) if content else {}


def tasks_of(revision: Revision, params: dict) -> dict[str, Task]:
    """Tasks by name, as the references of the data sets describe them."""
    found = {}
    for dataset in params.get("datasets", []):
        content = revision.read(f"metrics/{dataset}/references.json")
        if content:
            found |= {task["name"]: Task(**task) for task in json.loads(content)["tasks"]}
    return found


def scores(revision: Revision, params: dict) -> dict[tuple[str, str, str], dict]:
    """(data set, architecture, task) -> scores, of all cells that params.yaml lists and that have been measured."""
    found = {}
    for dataset in params.get("datasets", []):
        for architecture in params.get("architectures", []):
            content = revision.read(f"metrics/{dataset}/{architecture}.json")
            if content:
                for task, own in json.loads(content)["scores"].items():
                    found[dataset, architecture, task] = own
    return found


def judge(old: dict, new: dict, task: Task) -> tuple[str, float | None]:
    """Of one measure that differs: which way, "better" or "worse", and the p value that it is no whim of the seeds.

    The p value is that of a paired t test where both have the same number of seeds above one, else None. "" where the
    difference is within 1.96 standard errors of the test images.
    """
    before, after = old[task.measure], new[task.measure]
    difference = float(np.mean(after) - np.mean(before))
    name = f"{task.measure}_resampled"
    if name in old and name in new:
        shifts = np.mean(new[name], axis=0) - np.mean(old[name], axis=0)
        if abs(difference) <= 1.96 * np.std(shifts, ddof=1):
            return "", None
    way = "better" if (difference < 0) == task.lower_is_better else "worse"
    paired = len(before) == len(after) > 1
    return way, paired_p(np.subtract(after, before)) if paired else None


def changes(old: dict, new: dict, tasks: dict[str, Task]) -> list[Change]:
    """All main measures that differ, appeared or are gone, by data set, architecture and task.

    old, new: as `scores` gives them; tasks: by name
    """
    rows, judged = [], []
    for key in sorted(set(old) | set(new)):
        if key[2] not in tasks:
            continue
        main = tasks[key[2]].measure
        before, after = (side[key].get(main) if key in side else None for side in (old, new))
        if before == after:
            continue
        means = [None if values is None else float(np.mean(values)) for values in (before, after)]
        if before is None or after is None:
            rows.append(Change(*key, *means, "new" if before is None else "gone"))
            continue
        way, p_value = judge(old[key], new[key], tasks[key[2]])
        judged.append((len(rows), way, p_value, len(after)))
        rows.append(Change(*key, *means, ""))
    tested = [entry for entry in judged if entry[2] is not None]
    luck = false_discovery_control([entry[2] for entry in tested]) if tested else []
    adjusted = dict(zip([entry[0] for entry in tested], luck, strict=True))
    for place, way, _, seeds in judged:
        if not way or (place in adjusted and adjusted[place] >= LEVEL):
            verdict = NOISE
        elif place in adjusted:
            verdict = f"{way}, real"
        else:
            verdict = f"{way} on these test images; {'one seed' if seeds == 1 else 'other seeds'}"
        rows[place] = rows[place]._replace(verdict=verdict)
    return rows


def differences(base: Revision, head: Revision) -> Differences:
    """Scores, settings and pictures that are not the same."""
    params = settings(base), settings(head)
    old, new = (scores(*pair) for pair in zip((base, head), params, strict=True))
    tasks = tasks_of(base, params[0]) | tasks_of(head, params[1])
    before, after = (flat(side) for side in params)
    named = sorted(before.keys() | after.keys())
    edited = [(key, *pair) for key in named if (pair := (before.get(key, ...), after.get(key, ...)))[0] != pair[1]]
    pictures = sorted(
        path
        for path in base.files("plots") | head.files("plots")
        if path.endswith(".png") and not path.startswith("plots/shown/") and base.read(path) != head.read(path)
    )
    return Differences(changes(old, new, tasks), len(set(old) & set(new)), tasks, edited, pictures)
