"""Changes of scores, settings and pictures between two revisions, and whether they are real, from what Git keeps."""

from typing import NamedTuple

import numpy as np

from stages.common.params import parsed
from stages.common.task import Task
from tools.revisions import Revision
from tools.significance import Cells, verdicts


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


def scores(revision: Revision, params: dict) -> Cells:
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
    found: dict[tuple[str, str, str], dict] = {}
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


def changes(old: Cells, new: Cells, tasks: dict[tuple[str, str], Task]) -> list[Change]:
    """All main measures that differ, appeared or are gone, by data set, architecture, task and case.

    old, new: as `scores` gives them; tasks: by name and case
    """
    judged, rows = verdicts(old, new, tasks), []
    for key in sorted(set(old) | set(new)):
        if key in judged or key not in old or key not in new:
            main = tasks[key[2:]].measure
            before, after = (float(np.mean(side[key][main])) if key in side else None for side in (old, new))
            rows.append(Change(*key, before, after, judged.get(key, "new" if key not in old else "gone")))
    return rows


def differences(base: Revision, head: Revision) -> Differences:
    """Scores, settings and pictures that are not the same."""
    params = settings(base), settings(head)
    old, new = (scores(*pair) for pair in zip((base, head), params, strict=True))
    tasks: dict[tuple[str, str], Task] = {}
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
