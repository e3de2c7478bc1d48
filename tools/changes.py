"""Changes of scores, settings and pictures between two revisions, and whether they are real, from what Git keeps."""

from typing import NamedTuple

import numpy as np
from scipy import stats

from stages.common.params import parsed
from stages.common.task import Task
from stages.compare.verdicts import errors, scaled
from tools.revisions import Revision

# The share of luck among what is called real, not the chance of any: with a few seeds a row, the latter calls next to
# nothing real in a table of a hundred rows, even where all is better by a fifth.
LUCK = 0.05
RULE = (
    "Real: Welch's t test over seeds, with variances moderated over all rows of a task (Smyth 2004) and with the error "
    "of the test images; of all rows called real at most 5 % are expected to be luck (Benjamini and Hochberg 1995). "
    "Within noise: the rest. With one seed only the test images can be judged by."
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
    return parsed(content.decode(errors="replace"), f"params.yaml of {revision}") if content else {}


def tasks_of(revision: Revision, params: dict) -> dict[str, Task]:
    """Tasks by name, as the references of the data sets describe them."""
    found = {}
    for dataset in params.get("datasets", []):
        tasks = revision.json(f"metrics/{dataset}/references.json", "tasks") or []
        found |= {task["name"]: Task(**task) for task in tasks}
    return found


def scores(revision: Revision, params: dict) -> dict[tuple[str, str, str], dict]:
    """(data set, architecture, task) -> scores, of all cells that params.yaml lists and that have been measured."""
    found = {}
    for dataset in params.get("datasets", []):
        for architecture in params.get("architectures", []):
            scores = revision.json(f"metrics/{dataset}/{architecture}.json", "scores") or {}
            for task, own in scores.items():
                found[dataset, architecture, task] = own
    return found


def verdicts(old: dict, new: dict, tasks: dict[str, Task]) -> dict[tuple[str, str, str], str]:
    """For each cell and task that both have and that moved, which way its main measure did and whether that is real."""
    chances = {}
    for name, task in tasks.items():
        both = [key for key in sorted(set(old) & set(new)) if key[2] == name]
        if both:
            luck = p_values([old[key] for key in both], [new[key] for key in both], task)
            chances |= dict(zip(both, luck, strict=True))
    moved = [key for key in chances if old[key][tasks[key[2]].measure] != new[key][tasks[key[2]].measure]]
    tested = [key for key in moved if not np.isnan(chances[key])]
    adjusted = stats.false_discovery_control([chances[key] for key in tested]) if tested else []
    real = dict(zip(tested, (luck < LUCK for luck in adjusted), strict=True))
    found = {}
    for key in moved:
        task = tasks[key[2]]
        before, after = (scaled(np.mean(side[key][task.measure]), task) for side in (old, new))
        way = "better" if after > before else "worse"
        if key in real:
            found[key] = f"{way}, real" if real[key] else NOISE
        else:
            seen = abs(after - before) > 1.96 * np.sqrt(image_variance(old[key], new[key], task))
            found[key] = f"{way} on these test images; one seed" if seen else NOISE
    return found


def changes(old: dict, new: dict, tasks: dict[str, Task]) -> list[Change]:
    """All main measures that differ, appeared or are gone, by data set, architecture and task.

    old, new: as `scores` gives them; tasks: by name
    """
    judged, rows = verdicts(old, new, tasks), []
    for key in sorted(set(old) | set(new)):
        if key[2] in tasks and (key in judged or key not in old or key not in new):
            main = tasks[key[2]].measure
            means = [float(np.mean(side[key][main])) if key in side else None for side in (old, new)]
            rows.append(Change(*key, *means, judged.get(key, "new" if key not in old else "gone")))
    return rows


def image_variance(old: dict, new: dict, task: Task) -> float:
    """Variance of the difference of two means over bootstrap samples of the test images, which are the same for both
    where their number is."""
    before, after = (scaled(np.mean(own[f"{task.measure}_resampled"], axis=0), task) for own in (old, new))
    if len(before) != len(after):
        return float(np.var(before, ddof=1) + np.var(after, ddof=1))
    return float(np.var(after - before, ddof=1))


def p_values(before: list[dict], after: list[dict], task: Task) -> np.ndarray:
    """Two-sided p values (k,) that nothing but seeds and test images moved the means of k methods from one state to
    another; nan where one of the two has a single seed, and the seeds' luck is not known.

    before, after: scores of each method in the task. Welch's t test with moderated variances, whose squared error also
    has the variance of the difference over the same bootstrap samples of the test images.
    """
    pairs, main = list(zip(before, after, strict=True)), task.measure
    scores = [own[main] for own in (*before, *after)]
    spread, df = errors(scores, [np.ptp(values) > 0 for values in scores], task)
    squares, df = spread.reshape(2, -1) ** 2, df.reshape(2, -1)
    gaps = np.array([scaled(np.mean(new[main]), task) - scaled(np.mean(old[main]), task) for old, new in pairs])
    square = squares.sum(axis=0) + [image_variance(old, new, task) for old, new in pairs]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = 2 * stats.t.sf(np.abs(gaps) / np.sqrt(square), square**2 / (squares**2 / df).sum(axis=0))
    found = np.where(square == 0, (gaps == 0).astype(float), found)
    return np.where([1 in (len(old[main]), len(new[main])) for old, new in pairs], np.nan, found)


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
