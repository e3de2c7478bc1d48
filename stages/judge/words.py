"""Words of verdicts: what is recommended, how sure that is, its gain and cost, the same for all pages and pictures."""

from stages.common.names import named
from stages.common.task import BEST, EQUIVALENT, FLOOR, INSUFFICIENT, ONE_SEED, WORSE, Task
from stages.judge.phrases import chance, gain, gain_over, measured, shortened, without_network
from stages.judge.words_of_rows import cost_of

LEADS = {  # of a sentence that ends with the names
    "take": "Recommended:",
    "none": "No network is needed. Recommended:",
    "open": "Not decided; more seeds or more test images would decide. Candidates:",
    "behind": "Not decided: the best is not usable. Usable, but worse than it:",
    ONE_SEED: "No verdict from one training run. Best mean:",
    "one usable": "No verdict from one training run. Best mean of what is usable:",
    INSUFFICIENT: "No method is good enough.",
}
NOBODY = "no method is good enough"  # in place of a recommendation
OPENED = {
    "open": "not decided; the likeliest: ",
    "behind": "not decided; usable, but worse than the best, which is not: ",
    ONE_SEED: "no verdict; the best mean: ",
    "one usable": "no verdict; the best mean of what is usable: ",
}


def words_of(decision: dict, rows: list[dict], task: Task, metrics: dict[str, dict]) -> dict[str, str]:
    """A decision in words. rows: of the task.

    name, take: the recommendation, the latter as a cell of a table in Markdown, in bold where it is one; lead: what
    stands before it in a sentence
    verdict, sure: how sure it is, in a few words and in a sentence; p_best: the chance to be the best, where these do
    not say it
    good: the main measure, where nothing is recommended that of the best architecture
    worth: whether a network, which PCA is not, is recommended: "yes", "no", or "open" where that is
    reference, floor: gains over the best classical method, with its name, and over PCA, of the best architecture where
    none is usable; beats: both, with names; gain: the first alone; these two say whose they are where it is not the
    recommended one
    multiply_adds, cost: as a cell of a table and as a sentence
    """
    kind = _kind(decision, by_name := {row["architecture"]: row for row in rows})
    front, floor, other = (by_name.get(name) for name in (decision["front"], FLOOR, decision["reference"]))
    first = by_name[decision["names"][0]] if decision["names"] else None
    network = front if kind in ("none", INSUFFICIENT) else first
    over_floor = network["gain_floor"] if floor and floor is not network else None
    over = over_floor if other is floor else network["gain_reference"]
    reference = "" if over is None else gain_over(over, decision["reference"], task)
    gains = [reference, "" if over_floor is None or other is floor else gain_over(over_floor, FLOOR, task)]
    whose, beats = "" if network is first else f"{named(network)}: ", "; ".join(filter(None, gains))
    equivalent = kind == "take" and first["verdict"] == EQUIVALENT
    return {
        "name": named(first) if first else "no method",
        "take": _take(kind, first) if first else NOBODY,
        "lead": LEADS[kind],
        "verdict": _verdict(kind, first),
        "sure": _sure(decision, kind, by_name, task),
        "p_best": f"{chance(first['p_best'])} sure to be the best itself" if equivalent else "",
        "good": _good(first, task) if first else whose + _good(network, task),
        "worth": _worth(decision, by_name),
        "reference": reference,
        "floor": "" if over_floor is None else gain(over_floor, task),
        "gain": whose + reference if reference else "",
        "beats": whose + beats if beats else "",
        **cost_of(first, floor, metrics),
    }


def _kind(decision: dict, by_name: dict[str, dict]) -> str:
    """The kind of a decision, one of LEADS: "behind" where all that is usable is worse than the best, which is not;
    "one usable" where from one seed the best is not usable, but another is."""
    kind, names = decision["kind"], decision["names"]
    if kind == "open" and all(by_name[name]["verdict"] == WORSE for name in names):
        return "behind"
    return "one usable" if kind == ONE_SEED and names[0] != decision["front"] else kind


def _take(kind: str, first: dict) -> str:
    bold = f"**{named(first)}**{without_network(kind, first['architecture'])}"
    return OPENED[kind] + named(first) if kind in OPENED else bold


def _worth(decision: dict, by_name: dict[str, dict]) -> str:
    count = {"none": 0, "take": 1}.get(decision["kind"])  # of all that may be taken the first is
    said = {by_name[name]["usable"] and name != FLOOR for name in decision["names"][:count]}
    return "open" if len(said) == 2 else "yes" if True in said else "no"


def _verdict(kind: str, first: dict | None) -> str:
    if kind in ("none", INSUFFICIENT):
        return "a classical method is enough" if first else "is good enough"
    if kind == "open":
        return f"not decided, best with a chance of {chance(first['p_best'])}"
    if kind == "behind":
        return "not decided, worse than the best"
    return {EQUIVALENT: "as good as the best", ONE_SEED: "one seed, no verdict"}.get(first["verdict"], first["verdict"])


def _sure(decision: dict, kind: str, by_name: dict[str, dict], task: Task) -> str:
    count = _sound(by_name.values())
    if kind in ("none", INSUFFICIENT):
        return _none_of(decision, by_name, task)
    if kind in (ONE_SEED, "one usable"):
        return "how much is chance is not known: every architecture was trained once"
    first, *others = (by_name[name] for name in decision["names"])
    if kind == "behind":
        return f"the best, {_with_mean(by_name[decision['front']], task)}, is not usable"
    if kind == "open":
        said = shortened([f"{named(row)} {chance(row['p_best'])}" for row in (first, *others)])
        return f"chances to be the best of {count}: {said}"
    names = shortened([named(row) for row in others]) if others else ""
    if first["verdict"] == BEST:
        said = f"{chance(first['p_best'])} sure to be the best of {count}"
        said += f"; as good, at no less cost: {names}" if names else ""
    else:
        said = f"{chance(first['p_within'])} sure to be as good as the best of {count}"
        cheapest = first["multiply_adds"] < min((row["multiply_adds"] for row in others), default=0)
        cost = "it costs least" if cheapest else "none of them costs less"
        said += f", as {names} {'are' if others[1:] else 'is'}; {cost}" if names else ""
    return said


def _sound(rows) -> int:
    """How many of the rows are of architectures of which no seed failed."""
    return sum(row.get("failed_seeds") == 0 for row in rows)


def _none_of(decision: dict, by_name: dict[str, dict], task: Task) -> str:
    """Why no architecture is to be taken, or none but PCA, which is then held against the others."""
    taken, other = decision["names"][:1], by_name.get(decision["reference"])
    rows = [row for row in by_name.values() if row["kind"] == "architecture" and row["architecture"] not in taken]
    if not rows:
        return "no other architecture takes part"
    front, count = rows[0], _sound(rows)
    ahead = _with_mean(front, task)
    who = "other architecture" if FLOOR in taken else "architecture"
    why = "better by significantly more than the margin" if taken and front["good_enough"] else "usable"
    said = f"none of the {count} {who}s is {why}" if count else f"every {who} fails in a training run"
    said = f"the best, {ahead}, is not {why}" if count == 1 else f"{said}; the best of them is {ahead}"
    if not taken and other and other is not front:
        said += f", the best classical method {_with_mean(other, task)}"
    return said


def _with_mean(row: dict, task: Task) -> str:
    return f"{named(row)} with {measured(row, task)}"


def _good(row: dict, task: Task) -> str:
    interval = "" if row["low"] is None else f", {row['low']:.3g} to {row['high']:.3g} with other seeds and images"
    return f"{task.label}: {measured(row, task)}{interval} ({task.better} is better)"
