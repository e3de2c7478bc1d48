"""Decisions: what is recommended for a task, from the rows of its ranking."""

from stages.common.results import without_network
from stages.common.task import AS_GOOD, BEST, CANDIDATE, EQUIVALENT, FLOOR, INSUFFICIENT, ONE_SEED, TAKE, WORSE

SIMPLE = 2  # an architecture with at most so many times the multiply-adds of PCA


def choose(rows: list[dict]) -> list[dict]:
    """The rows with `choice`, which is None unless said here, and always of an architecture with failed seeds.

    Where architectures are usable and best or equivalent: "take" for the one of them with the fewest multiply-adds, "as
    good" for the others. Else "candidate" for the usable ones that more seeds might tell from each other. Where none is
    usable: "take" for the best classical method, if it is good enough.
    """
    networks = [row for row in rows if row["kind"] == "architecture"]
    useful, other = [row for row in networks if row["usable"]], without_network(rows)
    leading = [row for row in useful if row["verdict"] in (BEST, EQUIVALENT)]
    if networks[0]["verdict"] == ONE_SEED:
        sound = [row for row in networks if not row["failed_seeds"]]
        choices = dict.fromkeys((row["architecture"] for row in useful or sound), CANDIDATE)
    elif leading:
        choices = dict.fromkeys((row["architecture"] for row in leading), AS_GOOD)
        choices[min(leading, key=lambda row: row["multiply_adds"])["architecture"]] = TAKE
    elif useful:
        candidates = [row for row in useful if row["verdict"] != WORSE] or useful
        choices = dict.fromkeys((row["architecture"] for row in candidates), CANDIDATE)
    else:
        choices = {other["architecture"]: TAKE} if other and other["good_enough"] else {}
    return [row | {"choice": choices.get(row["architecture"])} for row in rows]


def decide(rows: list[dict]) -> dict:
    """The decision that the rows of one case of a task hold in their `choice`.

    kind: "take" an architecture; "none": no network; "open": more seeds would tell; "one seed"; "insufficient": no
    method is good enough, with or without a network
    group: the kind, but instead of "take" "network" or, where that is as small as SIMPLE says, "simple"
    names: the recommended one, then what is as good; of what is open, the candidates, the likeliest first; nobody
    where no method is good enough
    front: who has the best mean; reference: the best classical method, PCA where there is no other, or None
    budget_limited: whether what is to be taken is
    """
    networks = [row for row in rows if row["kind"] == "architecture"]
    chosen = [row for row in rows if row["choice"]]
    chosen.sort(key=lambda row: (row["choice"] != TAKE, -(row.get("p_best") or 0), row.get("rank", 0)))
    first, other = chosen[0] if chosen else {}, without_network(rows)
    kind = "open"
    if networks[0]["verdict"] == ONE_SEED:
        kind = ONE_SEED
    elif not chosen:
        kind = INSUFFICIENT
    elif first["choice"] == TAKE:
        kind = "none" if first is other else "take"
    group = kind
    if kind == "take":
        floor = next((row["multiply_adds"] for row in networks if row["architecture"] == FLOOR), 0)
        group = "simple" if first["multiply_adds"] <= SIMPLE * floor else "network"
    return {
        "kind": kind,
        "group": group,
        "names": [row["architecture"] for row in chosen],
        "front": networks[0]["architecture"],
        "reference": other and other["architecture"],
        "budget_limited": first.get("budget_limited", False),
    }
