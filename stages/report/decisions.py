"""Decisions: what to take for each task, read from `choice` of the summary, in the words that all pages use."""

from typing import NamedTuple

from stages.common.task import Task
from stages.compare.ranking import FLOOR, TAKE, without_network
from stages.compare.style import spoken
from stages.compare.verdicts import ONE_SEED

LIMITED = "†"  # marks whoever is budget-limited, wherever its rank shows
SIMPLE = 2  # an architecture with at most so many times the multiply-adds of PCA


class Decision(NamedTuple):
    """What to take for one task on one data set."""

    kind: str  # "take" an architecture; "none": no network; "open": more seeds would tell; "one seed"
    rows: list[dict]  # what to take, then what is as good; of what is open, the candidates, the likeliest first
    front: dict  # the row with the best mean
    reference: dict | None  # of the best method without a network, PCA where there is no other
    simple: bool  # whether a simple or no network is to be taken, and enough
    insufficient: bool  # whether what is to be taken, with or without a network, lacks the least values of the task


def decide(rows: list[dict]) -> Decision:
    """The decision that the rows of a task's summary hold."""
    own = [row for row in rows if row["kind"] == "architecture"]
    chosen = [row for row in rows if row["choice"]]
    chosen.sort(key=lambda row: (row["choice"] != TAKE, -(row.get("p_best") or 0), row.get("rank", 0)))
    kind, other = "open", without_network(rows)
    if own[0]["verdict"] == ONE_SEED:
        kind = ONE_SEED
    elif chosen[0]["choice"] == TAKE:
        needless = chosen[0] is (other or own[0]) and not (chosen[0]["kind"] == "architecture" and chosen[0]["usable"])
        kind = "none" if needless else "take"
    floor = [row["multiply_adds"] for row in own if row["architecture"] == FLOOR]
    small = kind == "none" or (kind == "take" and bool(floor) and chosen[0]["multiply_adds"] <= SIMPLE * floor[0])
    network = chosen[0]["kind"] == "architecture"  # PCA as the method without one is never usable: it is no better
    insufficient = not chosen[0]["usable"] and kind == ("take" if network else "none")
    return Decision(kind, chosen, own[0], other, small and not insufficient, insufficient)


def named(row: dict) -> str:
    """The name of a row's method, with a mark where more epochs would have lowered its objective."""
    return spoken(row["architecture"]) + (LIMITED if row.get("budget_limited") else "")


def gain(value: float, task: Task) -> str:
    """A difference as people write it, + is better: in per cent or in the unit of the task's main measure."""
    if task.margin == "relative":  # of seeds that differ wildly an interval reaches into the millions
        return f"{100 * value:+.0f} %" if value >= -10 else "below -1,000 %"
    return f"{value:+.2f} {task.unit}" if task.unit else f"{value:+.3f}"


def many(value: float) -> str:
    """A count of three digits: 950, 311 k, 1.24 M."""
    for size, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.0f}"


def shortened(rows: list[dict], write=named) -> str:
    """The first three rows in words, and how many more there are."""
    more = f" and {len(rows) - 3} more" if len(rows) > 3 else ""
    return ", ".join(write(row) for row in rows[:3]) + more


def gain_on(row: dict, kind: str, other: dict | None, task: Task) -> str:
    """How far a row is above the best method without a network ("reference") or PCA ("floor"), which has the row
    `other`; "" where that is not known or it is the row's own."""
    if other is None or f"gain_{kind}" not in row or row["architecture"] == other["architecture"]:
        return ""
    return gain(row[f"gain_{kind}"], task)


def why_no_network(decision: Decision) -> str:
    """Why no network is to be taken."""
    return "no method is good enough" if decision.insufficient else "no architecture is usable"


def answer(decision: Decision, rows: list[dict], task: Task) -> dict[str, str]:
    """A decision as cells of a table: take, sure, reference and floor (what the architecture gains on the best method
    without a network and on PCA; where no architecture is usable, the one in front), cost, usable.

    rows: of the task's summary
    """
    first, reference = decision.rows[0], decision.reference
    network = decision.front if decision.kind == "none" else first
    floor = next((row for row in rows if row["architecture"] == FLOOR), None)
    cells = {
        "reference": gain_on(network, "floor" if reference is floor else "reference", reference, task),
        "floor": gain_on(network, "floor", floor, task),
    }
    if cells["reference"]:
        cells["reference"] += f" on {spoken(reference['architecture'])}"
    if decision.kind == "take":
        sure = f"{first['verdict']}, P(best) {first['p_best']:.2f}"
        sure += f"; as good: {shortened(decision.rows[1:])}" if decision.rows[1:] else ""
    elif decision.kind == "open":
        sure = "P(best) " + shortened(decision.rows, lambda row: f"{named(row)} {row['p_best']:.2f}")
    elif decision.kind == "none":
        sure = f"{why_no_network(decision)}; in front: {named(network)}"
    else:
        sure = f"{ONE_SEED}, no verdict"
    cost = many(first["multiply_adds"]) if "multiply_adds" in first else ""
    if cost and floor and floor is not first:
        cost += f", {first['multiply_adds'] / floor['multiply_adds']:.3g} x PCA"
    without = decision.kind == "none" or first is floor
    opened = {"open": "open: ", ONE_SEED: "in front: "}.get(decision.kind, "")
    return cells | {
        "take": f"{opened}**{named(first)}**{' (no network)' if without else ''}",
        "sure": sure,
        "cost": cost,
        "usable": "yes" if network["usable"] else "no",
    }


def enough(decisions: dict[str, dict[str, Decision]], tasks: dict[str, Task]) -> list[str]:
    """Where a simple or no network is to be taken, a line for each task, and how the best architecture compares."""
    lines = []
    for name, task in tasks.items():
        found = {d: by_task[name] for d, by_task in decisions.items() if name in by_task and by_task[name].simple}
        parts = []
        for dataset, decision in found.items():
            first, front = decision.rows[0], decision.front
            why = first.get("verdict")
            if decision.kind == "none":
                value = front.get("gain_reference", front.get("gain_floor"))
                why = f"no architecture is usable, in front {named(front)} {'' if value is None else gain(value, task)}"
            parts.append(f"{spoken(dataset)}: {named(first)} ({why.strip()})")
        lines += [f"{name}: {'; '.join(parts)}"] if parts else []
    return lines


def listed(words: list[str]) -> str:
    """Words as people list them: a, b and c."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def places(found: list[tuple[str, str]]) -> str:
    """Pairs of data set and task in words, those with the same tasks together."""
    by_dataset, by_tasks = {}, {}
    for dataset, task in found:
        by_dataset.setdefault(dataset, []).append(task)
    for dataset, tasks in by_dataset.items():
        by_tasks.setdefault(listed(tasks), []).append(spoken(dataset))
    return ", ".join(f"{tasks} on {listed(datasets)}" for tasks, datasets in by_tasks.items())


def takeaways(decisions: dict[str, dict[str, Decision]]) -> list[str]:
    """Three sentences over all data sets: what to take, where a simple or no network is enough, and what is open.

    decisions: data set -> task -> decision
    """
    networks, without, simple, insufficient, undecided, count, limited = {}, [], {}, {}, {}, 0, 0
    for dataset, by_task in decisions.items():
        for task, decision in by_task.items():
            count += 1
            first = decision.rows[0]
            if decision.kind == "none" and not decision.insufficient:
                without.append((dataset, task))
            elif decision.kind in ("take", "none"):
                group = insufficient if decision.insufficient else simple if decision.simple else networks
                limited += group is networks and first["budget_limited"]
                group.setdefault(spoken(first["architecture"]), []).append((dataset, task))
            else:
                undecided.setdefault(decision.kind, []).append((dataset, task))
    taken = "; ".join(f"{name} for {places(found)}" for name, found in networks.items())
    of_these = sum(map(len, networks.values()))
    longer = f" Training for longer would lower the loss of {limited} of these {of_these} (budget-limited)."
    enough = [f"no architecture is usable for {places(without)}"] if without else []
    enough += [f"{name} is as good as any for {places(found)}" for name, found in simple.items()]
    ahead = [f"{places(found)} (ahead: {name})" for name, found in insufficient.items()]
    why = {"open": "more seeds would tell which one", ONE_SEED: "one seed is no verdict"}
    left = "; ".join(f"{places(found)} ({why[kind]})" for kind, found in undecided.items())
    decided = count - sum(map(len, undecided.values()))
    needless = []
    if enough:
        spared = len(without) + sum(map(len, simple.values()))
        needless += [f"**A simple or no network is enough** in {spared} of {count} comparisons: {'; '.join(enough)}."]
    if ahead:
        needless += [f"**No method is good enough** for {listed(ahead)}."]
    pays = "**A network pays** wherever that is decided: one is better than what needs none."
    return [
        f"**What to take:** {taken or 'no larger network is told to be the one'}.{longer if limited else ''}",
        " ".join(needless or [pays]),
        f"**Decided:** {decided} of {count} comparisons" + (f"; open: {left}." if left else "."),
    ]
