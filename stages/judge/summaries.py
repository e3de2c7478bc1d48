"""Summary of a task over its cases: where the answer is the same, and from where on it is another, in one sentence."""

from itertools import groupby

from stages.common.names import spoken
from stages.common.task import INSUFFICIENT, ONE_SEED
from stages.judge.phrases import listed, shortened, without_network


def answer_of(decision: dict) -> str:
    """What a decision comes to, in a few words: two cases with the same words have the same answer."""
    if decision["kind"] == INSUFFICIENT:
        return "no method is good enough"
    if decision["kind"] == ONE_SEED:
        return "no verdict from one seed"
    if decision["kind"] == "open":
        return f"not decided ({shortened(list(map(spoken, decision['names'])))})"
    first = decision["names"][0]
    return spoken(first) + without_network(decision["kind"], first)


def spans(cases: list[dict]) -> list[str]:
    """Cases in words, the levels of one scale together: "at most 0.1 and 0.2 bits per pixel", "salt and pepper".

    cases: dicts with the fields of common/task.py: Case, which decisions have
    """
    words: list[str] = []
    for scale, run in groupby(cases, key=lambda case: case["scale"]):
        names, levels = zip(*((case["name"], case["level"]) for case in run), strict=True)
        joined = names[0].replace(scale.format(levels[0]), scale.format(listed(list(map(str, levels)))))
        words += [joined] if scale else names
    return words


def parts(decisions: list[dict], count: int) -> list[tuple[str, list[dict]]]:
    """The decisions on the cases of a task that have the same answer together, and where that is, in words, "" where
    the task has no cases. A scale on which the answer changes once has its threshold, "from noise of sigma 0.2
    on" and "below".

    count: how many cases the task has; those that no method takes part in have no decision
    """
    if len(set(map(answer_of, decisions))) == 1:
        return [("in every case" if len(decisions) == count > 1 else listed(spans(decisions)), decisions)]
    on_scale, told = [one for one in decisions if one["scale"]], []
    runs = [list(run) for _, run in groupby(on_scale, key=answer_of)]
    if len(runs) == 2:
        below, above = runs
        told = [(f"from {above[0]['scale'].format(above[0]['level'])} on", above), ("below", below)]
        decisions = [one for one in decisions if not one["scale"]]
    for answer in dict.fromkeys(map(answer_of, decisions)):
        same = [one for one in decisions if answer_of(one) == answer]
        told.append((listed(spans(same)), same))
    return told


def summary(decisions: list[dict], count: int) -> str:
    """The answers to all cases of a task, "" where it has none; count: see `parts`."""
    return "; ".join(f"{where}: {answer_of(same[0])}" for where, same in parts(decisions, count)) if count else ""
