"""Changes of scores, settings and pictures between two revisions, and whether they are real, from what Git keeps."""

from typing import NamedTuple

import numpy as np
from scipy import stats

from stages.common.params import parsed
from stages.common.seeds import bootstrap
from stages.common.task import Task
from stages.judge.scale import scaled
from stages.judge.variances import errors
from tools.revisions import Revision

# The share of luck among what is called real, not the chance of any: with a few seeds a row, the latter calls next to
# nothing real in a table of a hundred rows, even where all is better by a fifth.
LUCK = 0.05
RULE = (
    "Real: Welch's t test over seeds, with variances moderated over all rows of a task (Smyth 2004) and with the error "
    "of the test images; of all rows called real at most 5 % are expected to be false positives (Benjamini and "
    "Hochberg 1995). Within noise: the rest. With one seed only the test images can be judged by."
)
NOISE = "within noise"


class Change(NamedTuple):
    """One main measure of one cell; old or new is None where the cell, or the case of the task, is not there."""

    dataset: str
    architecture: str
    task: str
    case: str
    old: float | None
    new: float | None
    verdict: str


class Differences(NamedTuple):
    """All that differs between two revisions."""

    rows: list[Change]
    compared: int  # scores that both have
    tasks: dict[tuple[str, str], Task]  # by name and case
    settings: list[tuple[str, object, object]]  # name, old and new value; ... where there is none
    pictures: list[str]  # paths
    decisions: list[tuple]  # data set, task, case, old and new decision; None where there is none


def flat(value, path: str = "") -> dict[str, object]:
    """Nested settings as {"training.patience": 5, ...}; lists stay whole."""
    if not isinstance(value, dict) or not value:
        return {path: value}
    return {key: leaf for name, part in value.items() for key, leaf in flat(part, f"{path}.{name}".lstrip(".")).items()}


def settings(revision: Revision) -> dict:
    """params.yaml of a revision."""
    content = revision.read("params.yaml")
    return parsed(content.decode(errors="replace"), f"params.yaml of {revision}") if content else {}


def tasks_of(revision: Revision, dataset: str) -> dict[tuple[str, str], Task]:
    """Tasks by name and case, as the references of a data set describe them."""
    tasks = revision.json(f"metrics/{dataset}/references.json", "tasks") or []
    return {(task["name"], case): one for task in tasks for case, one in Task(**task).by_case().items()}


def scores(revision: Revision, params: dict) -> dict[tuple[str, str, str, str], dict]:
    """(data set, architecture, task, case) -> scores, of all cells that params.yaml lists and that were measured."""
    found = {}
    for dataset in params.get("datasets", []):
        tasks = tasks_of(revision, dataset)
        for architecture in params.get("architectures", []):
            scores = revision.json(f"metrics/{dataset}/scores/{architecture}.json", "scores") or {}
            for (task, case), one in tasks.items():
                if one.measure in scores.get(task, {}):
                    found[dataset, architecture, task, case] = scores[task]
    return found


def decisions(revision: Revision, params: dict) -> dict[tuple[str, str, str], dict]:
    """(data set, task, case) -> decision, see stages/judge/__main__.py, of all that has been judged. Earlier revisions
    have one decision for a task."""
    found = {}
    for dataset in params.get("datasets", []):
        for content in revision.json(f"metrics/{dataset}/verdicts.json", "verdicts") or []:
            for task, judged in content["tasks"].items():
                cases = judged.get("cases", {"": judged})
                found |= {(dataset, task, case): decision for case, decision in cases.items()}
    return found


def redecided(old: dict, new: dict) -> list[tuple]:
    """Data set, task, case, old and new decision where another method is recommended, or one no longer for sure;
    nothing where one of the two revisions has no verdicts at all."""
    keys = [key for key in dict.fromkeys([*old, *new]) if old and new]
    pairs = [(*key, old.get(key), new.get(key)) for key in keys]
    return [row for row in pairs if len({side and (side["kind"], *side["names"][:1]) for side in row[3:]}) > 1]


def verdicts(old: dict, new: dict, tasks: dict[tuple[str, str], Task]) -> dict[tuple, str]:
    """For each cell and case that both have and that moved, which way its main measure did and whether that is real."""
    chances = {}
    for use, task in tasks.items():
        both = [key for key in sorted(set(old) & set(new)) if key[2:] == use]
        if both:
            luck = p_values([old[key] for key in both], [new[key] for key in both], task)
            chances |= dict(zip(both, luck, strict=True))
    moved = [key for key in chances if old[key][tasks[key[2:]].measure] != new[key][tasks[key[2:]].measure]]
    tested = [key for key in moved if not np.isnan(chances[key])]
    adjusted = stats.false_discovery_control([chances[key] for key in tested]) if tested else []
    real = dict(zip(tested, (luck < LUCK for luck in adjusted), strict=True))
    found = {}
    for key in moved:
        task = tasks[key[2:]]
        before, after = (scaled(np.mean(side[key][task.measure]), task) for side in (old, new))
        way = "better" if after > before else "worse"
        if key in real:
            found[key] = f"{way}, real" if real[key] else NOISE
        else:
            seen = abs(after - before) > 1.96 * np.sqrt(image_variance(old[key], new[key], task))
            found[key] = f"{way} on these test images; one seed" if seen else NOISE
    return found


def changes(old: dict, new: dict, tasks: dict[tuple[str, str], Task]) -> list[Change]:
    """All main measures that differ, appeared or are gone, by data set, architecture, task and case.

    old, new: as `scores` gives them; tasks: by name and case
    """
    judged, rows = verdicts(old, new, tasks), []
    for key in sorted(set(old) | set(new)):
        if key in judged or key not in old or key not in new:
            main = tasks[key[2:]].measure
            means = [float(np.mean(side[key][main])) if key in side else None for side in (old, new)]
            rows.append(Change(*key, *means, judged.get(key, "new" if key not in old else "gone")))
    return rows


def image_variance(old: dict, new: dict, task: Task) -> float:
    """Variance of the difference of two means over bootstrap samples of the test images, which are the same for both
    where their number is."""
    before, after = (scaled(bootstrap(side, task.measure), task) for side in (old, new))
    if len(before) != len(after):
        return float(np.var(before, ddof=1) + np.var(after, ddof=1))
    return float(np.var(after - before, ddof=1))


def p_values(before: list[dict], after: list[dict], task: Task) -> np.ndarray:
    """Two-sided p values (k,) that nothing but seeds and test images moved the means of k methods from one state to
    another; nan where one of the two has a single seed, and the variance over seeds is not known.

    before, after: scores of each method in the task. Welch's t test with moderated variances, whose squared error also
    has the variance of the difference over the same bootstrap samples of the test images.
    """
    pairs, main = list(zip(before, after, strict=True)), task.measure
    scores = [side[main] for side in (*before, *after)]
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
    tasks = {}
    for revision, side in zip((base, head), params, strict=True):
        for dataset in side.get("datasets", []):
            tasks |= tasks_of(revision, dataset)
    before, after = (flat(side) for side in params)
    named = sorted(before.keys() | after.keys())
    edited = [(key, *pair) for key in named if (pair := (before.get(key, ...), after.get(key, ...)))[0] != pair[1]]
    pictures = sorted(
        path
        for path in base.files("plots") | head.files("plots")
        if path.endswith(".png") and path.split("/")[2:3] != ["shown"] and base.read(path) != head.read(path)
    )
    decided = redecided(decisions(base, params[0]), decisions(head, params[1]))
    return Differences(changes(old, new, tasks), len(set(old) & set(new)), tasks, edited, pictures, decided)
