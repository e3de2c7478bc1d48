"""Text of all pages: templates filled with results and verdicts."""

import re
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stages.common.names import LIMITED, in_cell, named, spoken, use_of
from stages.common.registry import about, first_sentence
from stages.common.results import by_use
from stages.common.seeds import stopped_by
from stages.common.task import Task
from stages.common.unlabelled import without_classes
from stages.tell import questions
from stages.tell.architectures import architectures, damaged, docstring_of
from stages.tell.next_steps import by_map, commands, far_heading
from stages.tell.results import best_epochs, located, mean_score, read_tuning


def filled(name: str, **values) -> str:
    """A template of this folder with its values in it, no space at the end of a line, one line break at that of all.

    No value breaks the cell of a table that it stands in; what a macro writes is marked safe, since it has cells.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        finalize=lambda value: in_cell(value) if isinstance(value, str) and not hasattr(value, "__html__") else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"spoken": spoken, "about": about, "named": named, "stopped_by": stopped_by}
    environment.globals |= {"LIMITED": LIMITED, "use_of": use_of, "average": lambda values: float(np.mean(values))}
    environment.globals |= {"zip": zip, "counts": lambda values: Counter(values).most_common()}
    text = re.sub(r" +$", "", environment.get_template(name).render(**values), flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


def measures(task: Task, far: str | None = None) -> dict[str, str]:
    """Measure -> heading, of a table of all that a task measures besides the verdicts on its only case. far: heading of
    the user's own anomalies, where there are any."""
    unit = f", {task.unit}" if task.unit else ""
    cases = {case.measure: f"{case.name}{unit}" for case in task.described()}
    others = task.columns | ({"auroc_far": far} if far and "auroc_far" in task.columns else {})
    return cases | {measure: heading for measure, heading in others.items() if measure != task.measure}


def rows_of_methods(cases: dict[str, list[dict]], judged: dict) -> list[dict]:
    """A row for each method that is in any case of a task, with its hardest class; cases: name -> rows; judged: what
    read_verdicts has of the task."""
    rows: dict[str, dict] = {}
    for case, ranked in reversed(cases.items()):
        said = judged["cases"][case]["rows"]
        for row in ranked:
            name = row["architecture"]
            rows.setdefault(name, row | {"hardest_class": said.get(name, {}).get("hardest_class", "")})
    return list(rows.values())


def report(results: dict[str, dict], missing: list[str], across: dict, published: dict) -> str:
    """REPORT.md.

    results: of the data sets that have been compared, see results.read_results, with what varying settings showed under
    varied, setting -> answer and more; missing: the other data sets; across: plots/across-datasets.json
    published: metrics/published.json; {} where nothing was measured again
    """
    return filled(
        "report.md.j2",
        results=results,
        missing=missing,
        tasks=tasks_of(results),
        across=across,
        published=published,
        lines=questions.lines(results),
        pairs=questions.pairs(results),
        halves=questions.halves(results),
        detectors=questions.detectors(results, tasks_of(results)),
        by_error=questions.by_error(results),
        settings=questions.settings(results),
        published_probes=questions.published_probes(results, published),
    )


def interleaved(rows: list[dict], task: Task) -> list[dict]:
    """Rows of a case in the order in which a table shows them: architectures as they are ranked, each classical method
    before the first that it is better than."""
    shown = [row for row in rows if row["kind"] == "architecture"]
    for other in (row for row in rows if row["kind"] != "architecture"):
        worse = [row["mean"] > other["mean"] if task.lower_is_better else row["mean"] < other["mean"] for row in shown]
        shown.insert(worse.index(True) if True in worse else len(shown), other)
    return shown


def tasks_of(results: dict[str, dict]) -> dict[str, Task]:
    """Name -> task, of all data sets."""
    return {name: task for result in results.values() for name, task in result["tasks"].items()}


def method(results: dict[str, dict], across: dict, recipe: dict) -> str:
    """plots/method.md. results, across: see `report`; recipe: metrics/recipe.json, with the blocks of all architectures
    (architecture) of params.yaml"""
    tuned = {dataset: read_tuning(dataset, list(result["metrics"])) for dataset, result in results.items()}
    tuned = {dataset: rows for dataset, rows in tuned.items() if rows}
    values = {"results": results, "tasks": tasks_of(results), "across": across, "recipe": recipe, "tuned": tuned}
    compared = list(dict.fromkeys(name for result in results.values() for name in result["metrics"]))
    return filled("method.md.j2", damaged=damaged(recipe["architecture"], compared), **values)


def architectures_page(results: dict[str, dict], missing: list[str], across: dict) -> str:
    """plots/architectures.md. Arguments: see `report`."""
    told = {name: said | across["architectures"][name] for name, said in architectures(results).items()}
    return filled("architectures.md.j2", architectures=told, missing=missing, across=across)


def page(params: dict, dataset: str, result: dict, figures: dict) -> str:
    """The page of one data set; result: see results.read_results; figures: name -> module, of those that were drawn."""
    facts, tasks = next(iter(result["metrics"].values()))["facts"], result["tasks"]
    own, decisions = bool(result["verdicts"]["data"]["folder"]), by_use(result["verdicts"]["tasks"])
    far = far_heading(params["data"][dataset]["anomalies"]) if own else None
    return filled(
        "dataset.md.j2",
        params=params,
        dataset=dataset,
        images=first_sentence(docstring_of("prepare/datasets", dataset)),
        result=result | {"tasks": tasks if facts.get("seen_classes") else without_classes(tasks, far)},
        verdicts=result["verdicts"],
        decisions=decisions,
        commands=commands(dataset, decisions, list(result["metrics"])) if own else [],
        by_map=by_map(result["metrics"]) if own else "",
        facts=facts,
        tuning=read_tuning(dataset, list(result["metrics"])),
        epochs={name: best_epochs(content) for name, content in result["metrics"].items()},
        mean_score=mean_score,
        located=located,
        measures=partial(measures, far=far),
        interleaved=interleaved,
        rows_of_methods=rows_of_methods,
        figures=figures,
    )
