"""Strengths and weaknesses of every architecture over all data sets, in words, from the decisions and ranks on each."""

from typing import NamedTuple

from stages.common.names import spoken, use_of
from stages.common.task import BEST, CANDIDATE, EQUIVALENT, ONE_SEED, TAKE, UNDECIDED, WORSE, Task
from stages.judge.phrases import advantage, listed
from stages.judge.summaries import spans
from stages.judge.words_of_rows import rank_of

WORST = 3  # cases that are named


class Entry(NamedTuple):
    """An architecture in one case of a task on a data set."""

    dataset: str
    task: Task
    case: dict  # the decision, with what Case has
    row: dict  # of the ranking


def entries_of(name: str, verdicts: dict[str, dict], results: dict[str, dict]) -> list[Entry]:
    """All cases in which an architecture takes part."""
    return [
        Entry(dataset, result["tasks"][task], verdicts[dataset]["tasks"][task]["cases"][case], row)
        for dataset, result in results.items()
        for task, cases in result["tables"].items()
        for case, rows in cases.items()
        for row in rows
        if row["architecture"] == name and row["kind"] == "architecture"
    ]


def where(entries: list[Entry], gains: bool = False) -> list[str]:
    """Tasks, with the cases of each where that is not all, and the data sets that have the same ones together; on
    request with gains over the best classical method."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    together: dict[tuple[str, str], list[Entry]] = {}
    said = []
    for entry in entries:
        groups.setdefault((entry.task.name, entry.dataset), []).append(entry)
    for (task, _), same in groups.items():
        spanned = spans([entry.case for entry in same]) if len(same) < len(same[0].task.cases) else [""]
        together.setdefault((task, listed(spanned)), []).extend(same)
    for (task, cases), same in together.items():
        datasets = dict.fromkeys(spoken(entry.dataset) for entry in same)
        won = [entry for entry in same if gains and entry.case["gain"] is not None]
        gained = advantage([one.case["gain"] for one in won], [one.case["reference"] for one in won], same[0].task)
        use = f"{spoken(task)} ({cases})" if cases else spoken(task)
        said.append(f"{use} on {listed(list(datasets))}" + f", {gained}" * bool(gained))
    return said


def unknown(entries: list[Entry]) -> str:
    """Why nothing is known of an architecture, "" where it has a verdict in any case."""
    verdicts = {entry.row["verdict"] for entry in entries}
    if verdicts & {BEST, EQUIVALENT, UNDECIDED, WORSE}:
        return ""
    return "one seed is no verdict" if verdicts == {ONE_SEED} else "it fails in a training run"


def advice(entries: list[Entry], taken: list[Entry], as_good: list[Entry], candidate: list[Entry]) -> str:
    """When to use an architecture, in a sentence; entries: all in which it takes part."""
    said = []
    if taken:
        said = [f"for {listed(where(taken))}"]
    elif as_good:
        said = [f"where you have it anyway, for {listed(where(as_good))}: another, at no more cost, is as good there"]
    if candidate:
        said.append(
            f"it may be the best for {listed(where(candidate))}, which more seeds or more test images would decide"
        )
    if not said and (why := unknown(entries)):
        return f"not known: {why}."
    worse = all(entry.row["verdict"] == WORSE for entry in entries)
    none = "in none of these cases: another method is better" if worse else "in none of these cases is it recommended"
    return f"{'; '.join(said) or none}."


def worst(entries: list[Entry]) -> list[str]:
    """The cases with the lowest ranks of those in which it is worse than the best."""
    below = sorted((entry for entry in entries if entry.row["verdict"] == WORSE), key=lambda one: -one.row["rank"])
    return [
        f"{use_of(one.task.name, one.row['case'])} on {spoken(one.dataset)} (rank {rank_of(one.row)})"
        for one in below[:WORST]
    ]


def strengths(verdicts: dict[str, dict], results: dict[str, dict]) -> dict[str, dict]:
    """Architecture -> advice, a sentence; recommended, as_good (usable, too) and worst, cases in words; unknown, why
    nothing is known; counts, of the
    cases in which it is each of these and of all in which it takes part. In the order of params.yaml.

    verdicts: by data set, see common/results.py: read_verdicts; results: by data set, with metrics, tasks and tables,
    task -> case -> rows of the ranking
    """
    told = {}
    for name in dict.fromkeys(name for result in results.values() for name in result["metrics"]):
        entries = entries_of(name, verdicts, results)
        usable = [entry for entry in entries if entry.row["usable"] and entry.row["verdict"] in (BEST, EQUIVALENT)]
        taken, candidate = ([one for one in entries if one.row["choice"] == kind] for kind in (TAKE, CANDIDATE))
        candidate = [one for one in candidate if one.row["p_best"] != 0]  # None, from one seed, is not known
        as_good = [entry for entry in usable if entry.row["choice"] != TAKE]
        told[name] = {
            "advice": advice(entries, taken, as_good, candidate),
            "recommended": where(taken, gains=True),
            "as_good": where(as_good),
            "worst": worst(entries),
            "unknown": unknown(entries),
            "counts": [len(taken), len(as_good), sum(one.row["verdict"] == WORSE for one in entries), len(entries)],
        }
    return told
