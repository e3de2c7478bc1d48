"""Answers of the live page: for each task what to take, how sure, at what cost and what it beats, and the rows behind.

Decisions, gains and names are those of the report, so that the two never disagree.
"""

from stages.common.task import Task
from stages.compare.ranking import FLOOR
from stages.compare.style import spoken
from stages.compare.verdicts import BEST
from stages.report.decisions import Decision, decide, gain, listed

SHOWN = ("kind", "mean", "low", "high", "verdict", "p_best", "usable", "budget_limited", "rank_low", "rank_high")


def purpose(task: Task, rows: list[dict], metrics: dict[str, dict]) -> dict:
    """One task: what it is, its answer, and its rows, best first.

    rows: of metrics/summary; metrics: architecture -> content of its metrics file
    """
    title, _, about = task.about.partition(": ")
    return {
        "name": task.name,
        "title": title if about else spoken(task.name),
        "about": about or title,
        "measure": f"{task.label}{f', {task.unit}' if task.unit else ''}",
        "better": task.better,
        "answer": answer(decide(rows), task, metrics),
        "rows": [row_of(row, task, metrics) for row in rows],
    }


def row_of(row: dict, task: Task, metrics: dict[str, dict]) -> dict:
    """What the table shows of a row of the summary; gain: over the best method without a network, as a number and in
    words; multiply_adds of an architecture."""
    own = {name: row.get(name) for name in SHOWN} | {"name": row["architecture"]}
    over = next((row[kind] for kind in ("gain_reference", "gain_floor") if row.get(kind) is not None), None)
    own |= {"gain": over, "gain_told": "" if over is None else gain(over, task)}
    if row["kind"] == "bound":
        own["usable"] = None  # nobody takes it: it is there to measure by
    if row["kind"] == "architecture":
        own["multiply_adds"] = metrics[row["architecture"]]["cost"]["multiply_adds"]
    return own


def answer(choice: Decision, task: Task, metrics: dict[str, dict]) -> dict:
    """A decision in words: lead and names of what to take; good, sure, cost, beats: a sentence each, or ""."""
    take, kind = choice.rows[0], choice.kind
    names = [take["architecture"]]
    lead = "Take"
    if kind == "none" and choice.insufficient:
        lead = "No method is good enough. Ahead:"
    elif kind == "none":
        lead = "No network is needed. Take" if choice.reference else "Nothing is of use here. In front:"
    elif kind == "one seed":
        lead = "No verdict from one training run. In front:"
    elif kind == "open":
        lead = "Not decided: more training runs would tell between"
        names = [row["architecture"] for row in choice.rows[:3]]
    return {
        "lead": lead,
        "names": names,
        "good": _good(take, task),
        "sure": _sure(choice, len([name for name in metrics if task.name in metrics[name]["scores"]])),
        "cost": _cost(take, metrics),
        "beats": _beats(choice, task),
    }


def _good(row: dict, task: Task) -> str:
    interval = "" if row["low"] is None else f", {row['low']:.3g} to {row['high']:.3g} with other seeds and images"
    return f"{task.label}: {row['mean']:.3g}{f' {task.unit}' if task.unit else ''}{interval} ({task.better} is better)"


def _sure(choice: Decision, count: int) -> str:
    rows, take = choice.rows, choice.rows[0]
    if choice.kind == "none":
        return f"None of the {count} architectures is usable; {_beaten(choice)}"
    if choice.kind == "one seed":
        return "How much is luck is not known: every architecture was trained once"
    if choice.kind == "open":
        told = [f"{spoken(row['architecture'])} {_percent(row['p_best'])}" for row in rows[:3]]
        said = f"Chances to be the best of {count}: {listed(told)}"
    elif take["verdict"] == BEST:
        said = f"{_percent(take['p_best'])} sure to be the best of {count}"
    else:
        said = f"{_percent(take['p_within'])} sure to be as good as the best of {count}"
        if len(rows) > 1:
            said += f", as {listed([spoken(row['architecture']) for row in rows[1:]])} are; it costs least"
    said += "; but no method is good enough" if choice.insufficient else ""
    return said + ("; but longer training might change that" if take.get("budget_limited") else "")


def _beaten(choice: Decision) -> str:
    front = choice.front
    return f"in front of them is {spoken(front['architecture'])} with {front['mean']:.3g}"


def _percent(chance: float) -> str:
    return "more than 99 %" if chance > 0.99 else "less than 1 %" if chance < 0.01 else f"{100 * chance:.0f} %"


def _cost(row: dict, metrics: dict[str, dict]) -> str:
    if row["kind"] != "architecture":
        return "Nothing to train, and no network to run"
    cost = metrics[row["architecture"]]["cost"]
    return f"{cost['multiply_adds']:,} multiply-adds an image; {cost['parameters']:,} weights"


def _beats(choice: Decision, task: Task) -> str:
    """Gains of what is to be taken over what needs no network, as the report tells them."""
    take = choice.rows[0]
    others = {"reference": choice.reference, "floor": {"architecture": FLOOR}}
    told = {
        spoken(other["architecture"]): gain(take[f"gain_{kind}"], task)
        for kind, other in others.items()
        if take.get(f"gain_{kind}") is not None and take["architecture"] != other["architecture"]
    }
    return "; ".join(f"{difference} on {name}" for name, difference in told.items())
