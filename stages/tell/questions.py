"""Answers to the questions of the report that concern all data sets, from the verdicts on each."""

import numpy as np

from stages.common.names import use_of
from stages.common.results import by_use
from stages.common.task import BEST, EQUIVALENT, UNDECIDED, WORSE, Task

ANOMALY = "anomaly"
DETECTORS = ("auroc", "auroc_error", "auroc_density", "auroc_mahalanobis", "auroc_neighbours", "auroc_map")
WHOLE = ("classes never seen", "other data set")  # anomalies that are no damaged images, as evaluation names them
OWN = "kind "  # begins the name of a kind of the user's anomalies
DAMAGED = "damaged images"
WORDS = (BEST, EQUIVALENT, UNDECIDED, WORSE)
MAIN = "error or density"  # the detector of the task's main measure, as evaluation names it


def lines(results: dict[str, dict]) -> list[tuple[tuple[str, str], str, dict]]:
    """Use, data set and decision, of every decision, the cases of a task together."""
    decisions = {dataset: by_use(result["verdicts"]["tasks"]) for dataset, result in results.items()}
    uses = dict.fromkeys(use for by_case in decisions.values() for use in by_case)
    return [(use, d, by_case[use]) for use in uses for d, by_case in decisions.items() if use in by_case]


def pairs(results: dict[str, dict]) -> list[dict]:
    """A row for every data set and pair of networks: dataset, variational, counts, verdict -> in how many cases, and
    better_in, the tasks in which the variational one is better in some case."""
    rows = []
    for dataset, result in results.items():
        for pair in result["verdicts"]["pairs"]:
            cells = [(task, cell["verdict"]) for task, cases in pair["tasks"].items() for cell in cases.values()]
            verdicts = [verdict for _, verdict in cells]
            counts = {word: verdicts.count(word) for word in ("better", "equivalent", "undecided", "worse")}
            better = dict.fromkeys(task for task, verdict in cells if verdict == "better")
            row = {"dataset": dataset, "variational": pair["variational"]}
            rows.append(row | {"counts": counts, "better_in": list(better)})
    return rows


def halves(results: dict[str, dict]) -> list[dict]:
    """Whether each answer is the same at half of the epochs, of those of which that is known: task, use, dataset, words
    and same."""
    return [
        {"task": use[0], "use": use_of(*use), "dataset": dataset}
        | {"words": decision["words"]["budget"], "same": decision["same_at_half"]}
        for use, dataset, decision in lines(results)
        if decision["same_at_half"] is not None
    ]


def detectors(results: dict[str, dict], tasks: dict[str, Task]) -> dict:
    """What tells an anomaly: headings; words, data set -> those of the decision; rows, a dict for each data set and
    group of anomalies (about) with the mean of each detector over architectures; best, about -> the heading of the one
    with the highest mean over data sets."""
    words, rows = {}, []
    for dataset, result in results.items():
        if ANOMALY in result["verdicts"]["tasks"]:
            scores = [metrics["scores"].get(ANOMALY, {}) for metrics in result["metrics"].values()]
            scores = [own for own in scores if set(DETECTORS) <= set(own)]
            if scores:
                (decision,) = result["verdicts"]["tasks"][ANOMALY]["cases"].values()
                words[dataset] = decision["words"]
                means = np.mean([[np.mean(own[name]) for name in DETECTORS] for own in scores], axis=0)
                about = result["tasks"][ANOMALY].label.removeprefix("AUROC of ")
                rows.append({"dataset": dataset, "about": about, "means": means.tolist()})
                if (means := of_damage(scores)) is not None:
                    rows.append({"dataset": dataset, "about": DAMAGED, "means": means.tolist()})
    if not rows:
        return {"rows": []}
    headings = [MAIN] + [tasks[ANOMALY].columns[name] for name in DETECTORS[1:]]
    by_about = {}  # type: dict[str, list[list[float]]]
    for row in rows:
        by_about.setdefault(row["about"], []).append(row["means"])
    best = {about: headings[int(np.argmax(np.mean(means, axis=0)))] for about, means in by_about.items()}
    return {"words": words, "rows": rows, "headings": headings, "best": best}


def of_damage(scores: list[dict]) -> np.ndarray | None:
    """The mean AUROC of each of DETECTORS (detectors,), over damaged images of all kinds and architectures; None where
    there are none. scores: of the task, of each architecture"""
    tables = []
    for own in scores:
        kinds = own.get("anomalies", [[]])[0]
        if columns := [i for i, kind in enumerate(kinds) if kind not in WHOLE and not kind.startswith(OWN)]:
            tables.append(np.mean(own["auroc_by_anomaly"], axis=0)[:, columns].mean(axis=1))
    return np.mean(tables, axis=0) if tables else None


def by_error(results: dict[str, dict]) -> list[dict]:
    """For every data set the architecture with the lowest validation error: dataset, architecture, count, of the cases
    of other tasks in which it has a verdict, and worse, in how many of these it is worse than the best; without data
    sets where it has none, as from one seed."""
    rows = []
    for dataset, result in results.items():
        if choice := result["verdicts"]["chosen_by_error"]:
            others = [cases for task, cases in choice["tasks"].items() if task != "reconstruction"]
            verdicts = [standing["verdict"] for cases in others for standing in cases.values()]
            verdicts = [verdict for verdict in verdicts if verdict in WORDS]
            row = {"dataset": dataset, "architecture": choice["architecture"]}
            rows.append(row | {"count": len(verdicts), "worse": verdicts.count(WORSE)})
    return [row for row in rows if row["count"]]


def settings(results: dict[str, dict]) -> dict[str, dict[str, str]]:
    """Setting that was varied -> data set -> how its values change the error."""
    found: dict[str, dict[str, str]] = {}
    for dataset, result in results.items():
        for name, said in result["varied"].items():
            found.setdefault(name, {})[dataset] = said["answer"]
    return found


def published_probes(results: dict[str, dict], published: dict) -> dict[str, list[float]]:
    """Data set -> published accuracies of linear probes, of those where no latent is better than classical features."""
    found = {}
    for dataset, result in results.items():
        decision = result["verdicts"]["tasks"].get("features", {"cases": {"": {"kind": ""}}})["cases"][""]
        rows = [row for row in published.get("rows", []) if (row["check"], row["dataset"]) == ("probe", dataset)]
        if decision["kind"] == "none" and rows:
            found[dataset] = [row["published"] for row in rows]
    return found
