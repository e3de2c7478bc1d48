"""Verdicts on one data set: all architectures ranked in every case of every task, and the recommended one, from what
Git keeps alone.

python -m stages.judge --dataset mnist

It writes metrics/<dataset>/summary/<task>.json, the rows of ranking.py for one case after the other, and
metrics/<dataset>/verdicts.json:

architectures: those that were compared; data: of the data set's block what pages say
tasks: task -> summary, a sentence on all of its cases (summaries.py), and cases, name, "" for the only one -> decision
(decisions.py) with what Case has, gain, same_at_half, words and rows, architecture -> words (words_of_rows.py)
unknowable: sentences on what a folder of so few images cannot tell
warnings: task or "training" -> what is wrong -> with whom, an architecture or "all", and the figures
failed: architecture -> seed -> why it failed; all else is of the other seeds
chosen_by_error: the architecture, and task -> case -> what that choice costs
pairs: plain against variational ones; latent_sizes: what PCA needs; budget: seeds, how many
networks are limited, and of how many the second half of the epochs lowered or raised the loss

In all of this folder metrics are architecture -> content of its metrics file, settings are `verdicts` of params.yaml.
"""

import json
from pathlib import Path

from stages.common.names import use_of
from stages.common.params import read_params
from stages.common.results import architectures_of, by_use, read_dataset, write_verdicts
from stages.common.stage import fresh, run
from stages.common.task import Case, Task
from stages.common.unlabelled import named_as_measured
from stages.judge.budgets import same_at_half
from stages.judge.chosen_by_error import chosen_by_error
from stages.judge.decisions import decide
from stages.judge.failed_seeds import of_working_seeds
from stages.judge.latent_sizes import by_spectrum
from stages.judge.limits import unknowable
from stages.judge.plain_or_variational import pairs
from stages.judge.ranking import ranked
from stages.judge.summaries import summary
from stages.judge.warnings import TRAINING, warnings
from stages.judge.words import words_of
from stages.judge.words_of_rows import words_of_row

BUDGET = ("latent_size", "epochs", "passes_per_epoch", "batch_size")


def decided(
    tables: dict[str, list[dict]], task: Task, metrics: dict[str, dict], references: dict, settings: dict
) -> dict:
    """The decisions on the cases of a task, and what they come to. tables: case -> rows; references: method -> scores
    in this task."""
    described, by_case = {case.name: case for case in task.described()}, task.by_case()
    cases = {}
    for name, rows in tables.items():
        case = described.get(name, Case("", task.measure))._asdict()
        cases[name] = case | decided_in(rows, by_case[name], metrics, references, settings)
    return {"summary": summary(list(cases.values()), len(described)), "cases": cases}


def decided_in(rows: list[dict], task: Task, metrics: dict[str, dict], references: dict, settings: dict) -> dict:
    """The decision on one case with gain, that of what is recommended over the best classical method (None where that
    is one itself); same_at_half, whether it would be the same at half of the epochs, None where that is not known; and
    its words, among them budget, which say so."""
    decision = decide(rows)
    reference = next((row["architecture"] for row in rows if row["kind"] == "reference"), None)
    of_rows = {
        row["architecture"]: words_of_row(row, reference, task, metrics[row["architecture"]], settings["level"])
        for row in rows
        if row["kind"] == "architecture"
    }
    same, budget = same_at_half(decision, metrics, references, task, settings)
    first = next((row for row in rows if row["architecture"] in decision["names"][:1]), {})
    gain = first.get("gain_reference", first.get("gain_floor"))
    gain = None if decision["reference"] in decision["names"][:1] else gain
    words = words_of(decision, rows, task, metrics) | {"budget": budget}
    return decision | {"gain": gain, "same_at_half": same, "words": words, "rows": of_rows}


def budget(metrics: dict[str, dict], tables: dict[str, dict[str, list[dict]]]) -> dict:
    """How many seeds there are, how many networks are budget-limited in some task, of how many the second half of the
    epochs lowered and raised the loss, and the most that it gained."""
    facts = [content["facts"] for content in metrics.values()]
    gains = [gained for of_network in facts for gained in of_network.get("gain_of_second_half", [])]
    rows = (row for cases in tables.values() for rows in cases.values() for row in rows)
    limited = {row["architecture"] for row in rows if row.get("budget_limited")}
    counts = {"seeds": len(facts[0]["seeds"]), "limited": len(limited), "gained": max(gains, default=0.0)}
    return counts | {"lowered": sum(gained > 0 for gained in gains), "raised": sum(gained < 0 for gained in gains)}


def judged(result: dict, tables: dict[str, dict[str, list[dict]]], data: dict, settings: dict) -> dict:
    """All verdicts on a data set. result: see read_dataset and `warnings`; tables: task -> case -> rows; data: the data
    set's block in params.yaml."""
    folder, warned = data["folder"] or {}, warnings(result, settings["overfitting"])
    metrics, tasks = result["metrics"], {name: result["tasks"][name] for name in tables}
    references = result["references"]
    if missing := [[name, ""] for name in folder.get("architectures", ()) if name not in metrics]:
        warned.setdefault(TRAINING, {})["not compared, since a stage of theirs failed"] = missing
    return {
        "architectures": list(metrics),
        "data": {name: data[name] for name in BUDGET}
        | {"folder": bool(folder), "minutes": folder.get("minutes"), "private": folder.get("private", False)},
        "tasks": {
            name: decided(tables[name], task, metrics, references.get(name, {}), settings)
            for name, task in tasks.items()
        },
        "failed": {n: c["facts"]["failed_seeds"] for n, c in metrics.items() if "failed_seeds" in c["facts"]},
        "unknowable": _unknowable(result, folder) if folder else [],
        "warnings": warned,
        "chosen_by_error": chosen_by_error(metrics, tables, tasks),
        "pairs": pairs(metrics, tasks, settings),
        "latent_sizes": by_spectrum(result, data["latent_size"]),
        "budget": budget(metrics, tables),
    }


def _unknowable(result: dict, folder: dict) -> list[str]:
    """What so few images of the user cannot tell."""
    facts = next(iter(result["metrics"].values()))["facts"]
    folds = facts.get("folds", [1])[0]
    share = 1 if folds > 1 else facts["images"][2] / sum(facts["images"])  # of pictures, also where they are cut
    test = round(share * sum(folder.get(name) or 0 for name in ("images", "validation", "test")))
    if facts.get("seen_classes"):  # the headline: half of the classes, never seen, against the others
        return unknowable(test, test - test // 2, folds, test // 2)
    others = result["tasks"]["anomaly"].options["images"] if "anomaly" in result["tasks"] else test  # at most
    return unknowable(test, folder.get("anomalous") or others, folds)


def main(dataset: str) -> None:
    params = read_params()
    result = named_as_measured(read_dataset(dataset, architectures_of(params, dataset), params["tasks"]))
    references, settings = result["references"], params["verdicts"]
    result["metrics"] = metrics = of_working_seeds(result["metrics"], references)
    folder, tables = fresh(Path("metrics", dataset, "summary")), {}
    for name, task in result["tasks"].items():
        cases = {case: ranked(metrics, references.get(name, {}), one, settings) for case, one in task.by_case().items()}
        if cases := {case: rows for case, rows in cases.items() if rows}:
            tables[name] = cases
            lines = (json.dumps(row) for rows in cases.values() for row in rows)
            (folder / f"{name}.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
    verdicts = judged(result, tables, params["data"][dataset], settings)
    write_verdicts(dataset, verdicts)
    for use, decision in by_use(verdicts["tasks"]).items():
        words, named = decision["words"], decision["words"]["name"] if decision["names"] else ""
        print(f"{dataset}: {use_of(*use)}: {words['lead']} {named} ({words['sure']})")


if __name__ == "__main__":
    run(main)
