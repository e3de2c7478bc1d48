"""Takeaways over all data sets, a few words for every use, from the decisions on each."""

from stages.common.names import spoken
from stages.common.task import Task
from stages.judge.phrases import advantage, listed
from stages.judge.summaries import answer_of, parts


def takeaways(decisions: dict[str, dict[str, dict]], tasks: dict[str, Task]) -> list[dict]:
    """What is recommended, for every task: task; use, its name as a heading has it, which stands before the colon of
    what it says of itself; about, the rest of that; and lines, what is recommended, data sets with the same answers
    together: one line, or one for all of these where the task has several cases.

    decisions: data set -> task -> its summary and cases, as read_verdicts has them; tasks: by name
    """
    told = []
    for name, task in tasks.items():
        groups: dict[tuple, dict[str, list[tuple[str, list[dict]]]]] = {}
        for dataset, content in decisions.items():
            if name in content:
                cases = parts(list(content[name]["cases"].values()), len(task.cases))
                key = tuple((where, answer_of(same[0])) for where, same in cases)
                groups.setdefault(key, {})[dataset] = cases
        lines = []
        for own in groups.values():
            where = "" if len(own) == len(decisions) else f"{listed(list(map(spoken, own)))}: "
            lines.append(where + _text(list(own.values()), task))
        if lines:
            use, _, about = task.about.partition(": ")
            lines = lines if task.cases else ["; ".join(lines)]
            told.append({"task": name, "use": use, "about": about, "lines": lines})
    return told


def scope(shapes: dict[str, list[int]]) -> str:
    """Which images were compared, in words. shapes: data set -> height, width and channels of an image."""
    colours = {1: "grey", 3: "colour"}
    return listed([f"{spoken(n)} ({h} x {w}, {colours.get(c, f'{c} channels')})" for n, (h, w, c) in shapes.items()])


def _text(of_datasets: list[list[tuple[str, list[dict]]]], task: Task) -> str:
    """The answers of data sets that have the same, each with what it gains."""
    said = []
    for alike in zip(*of_datasets, strict=True):
        same = [decision for _, cases in alike for decision in cases]
        won = [one for one in same if one["gain"] is not None and one["kind"] == "take"]
        gained = advantage([one["gain"] for one in won], [one["reference"] for one in won], task)
        where = f"{alike[0][0]}: " if alike[0][0] else ""
        said.append(f"{where}{answer_of(same[0])}" + (f", {gained}" if gained else ""))
    return "; ".join(said)
