"""Text of all pages: templates filled with results, decisions, warnings and rules."""

import re
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stages.common.registry import about, load
from stages.compare.style import in_cell, spoken
from stages.compare.verdicts import against
from stages.report import warnings
from stages.report.decisions import LIMITED, SIMPLE, Decision, answer, enough, gain, named, takeaways
from stages.report.overall import overall
from stages.report.pairs import pairs, score
from stages.report.results import best_epochs, hardest_class, mean_score, regrets, seeds_of
from stages.report.tuning import read_tuning, summed


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
    environment.filters |= {"spoken": spoken, "gain": gain, "about": about, "named": named}
    environment.globals |= {"LIMITED": LIMITED, "answer": answer, "average": lambda values: float(np.mean(values))}
    text = re.sub(r" +$", "", environment.get_template(name).render(**values), flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


def report(
    params: dict,
    results: dict[str, dict],
    decisions: dict[str, dict[str, Decision]],
    missing: list[str],
    varied: dict,
    published: dict,
) -> str:
    """REPORT.md.

    results: of the data sets that have been compared, see results.read_dataset; missing: the others
    decisions: data set -> task -> what is to be taken; varied: data set -> "answers", setting -> text, and "sizes", the
    sentences on the size of the latent, and "pictures", whether that size was varied
    published: metrics/published.json; {} where nothing was measured again
    """
    met = pairs(results, params["verdicts"])
    tasks = {name: task for result in results.values() for name, task in result["tasks"].items()}
    tuned = {dataset: read_tuning(dataset, list(result["metrics"])) for dataset, result in results.items()}
    return filled(
        "report.md.j2",
        params=params,
        results=results,
        missing=missing,
        tasks=tasks,
        described="; ".join(
            f"{name}: {task.label}{', ' if task.unit else ''}{task.unit}" for name, task in tasks.items()
        ),
        decisions=decisions,
        takeaways=takeaways(decisions),
        enough=enough(decisions, tasks),
        regrets={dataset: found for dataset, result in results.items() if (found := regrets(result))},
        overall=overall(results, params["verdicts"]),
        pairs=met,
        score=score(met),
        tuned={dataset: (own, summed(own)) for dataset, own in tuned.items() if own},
        limits={dataset: _limits(result) for dataset, result in results.items()},
        rules=warnings.RULES,
        simple=SIMPLE,
        varied=varied,
        published=published,
    )


def _limits(result: dict) -> dict:
    """How many seeds and networks there are, how many are budget-limited, and the most that the second half of the
    epochs gained."""
    facts = [content["facts"] for content in result["metrics"].values()]
    gains = [gained for own in facts for gained in own.get("gain_of_second_half", [])]
    limited = sum(own.get("budget_limited", [False])[0] for own in facts)
    return {"seeds": seeds_of(result), "networks": len(gains), "limited": limited, "gained": max(gains, default=0.0)}


def page(
    params: dict, dataset: str, result: dict, decisions: dict[str, Decision], sizes: list[str], pictures: list[str]
) -> str:
    """The page of one data set; sizes: sentences on the size of the latent; pictures: names of those that there are."""
    return filled(
        "dataset.md.j2",
        params=params,
        dataset=dataset,
        result=result,
        decisions=decisions,
        sizes=sizes,
        seeds=seeds_of(result),
        facts=next(iter(result["metrics"].values()))["facts"],
        warnings=warnings.warnings(result),
        tuning=read_tuning(dataset, list(result["metrics"])),
        epochs={name: best_epochs(content) for name, content in result["metrics"].items()},
        against=lambda p: against(p, params["verdicts"]["level"]),
        mean_score=mean_score,
        hardest_class=hardest_class,
        figures={name: load("compare/figures/dataset", name) for name in pictures},
    )
