"""Verdicts over all data sets: who is best where the data sets, too, might have been others; and the takeaways.

python -m stages.judge.across_datasets

It writes plots/across-datasets.json, of all data sets that have been judged: datasets; scope, these in words;
takeaways (takeaways.py); architectures (strengths.py); advice, sentences on plain and variational ones; other_sizes
(other_sizes.py); tasks, what `across` gives; rules, simple and latent_use, the figures in the rules of warnings and
decisions and of the use of the latent; verdicts, their settings.
"""

from pathlib import Path

import numpy as np

from stages.common.json_file import write
from stages.common.params import read_params
from stages.common.results import read_dataset, read_summary, read_verdicts
from stages.common.stage import UserError, run
from stages.common.task import Task
from stages.common.unlabelled import named_as_measured
from stages.evaluate.measures.latent_use import ACTIVE, DRAWS, LIKELIHOOD_IMAGES
from stages.judge import other_sizes
from stages.judge.ablations import read_ablations
from stages.judge.decisions import SIMPLE
from stages.judge.draws import Draws, chances, drawn, scores_in
from stages.judge.prior_weights import advice
from stages.judge.strengths import strengths
from stages.judge.takeaways import scope, takeaways
from stages.judge.warnings import rules


def across(results: dict[str, dict], settings: dict) -> dict[str, dict[str, dict]]:
    """Task -> case, of those that more than one data set has, with more than one seed: data sets; rows, a dict for each
    architecture that all of them have, best first, with its mean distance to the best (on the scale of scale.py)
    and p_best, its chance to have the smallest; and flips, data set -> who is best without it, where that is another.

    In each draw the data sets are drawn anew, too (a bootstrap, Efron 1979), and so are seeds and test images on each.
    results: data set -> metrics and tasks, those that were measured
    """
    # Task and case -> data set -> metrics, and the task in this case.
    uses: dict[tuple[str, str], dict[str, tuple[dict, Task]]] = {}
    for dataset, result in results.items():
        for task in result["tasks"].values():
            for case, one in task.by_case().items():
                uses.setdefault((task.name, case), {})[dataset] = result["metrics"], one
    tables: dict[str, dict[str, dict]] = {}
    for (task, case), measured_on in uses.items():
        having = {dataset: measured for dataset, measured in measured_on.items() if _several(*measured)}
        names = [list(scores_in(*measured)) for measured in having.values()]
        common = [name for name in names[0] if all(name in others for others in names)] if len(names) > 1 else []
        if common:
            found = {"datasets": list(having)} | _across(list(having.items()), common, settings)
            tables.setdefault(task, {})[case] = found
    return tables


def _several(metrics: dict[str, dict], task: Task) -> bool:
    """Whether any architecture takes part, and from more than one seed, without which no chance is known."""
    return any(len(scores[task.measure]) > 1 for scores in scores_in(metrics, task).values())


def _across(results: list[tuple[str, tuple[dict, Task]]], names: list[str], settings: dict) -> dict:
    """Rows and flips of one case of a task."""
    random, count = np.random.default_rng(0), settings["draws"]
    measured, drawings = [], []
    for _, (metrics, task) in results:
        draws, all_names = drawn(metrics, {}, task, settings), scores_in(metrics, task)
        draws = draws.only([list(all_names).index(name) for name in names])
        measured.append(draws.means - draws.means.max())
        values = random.permutation(draws.values)  # the chance draws of one data set are not those of another
        drawings.append(values - values.max(axis=1, keepdims=True))
    distances, drawn_distances = np.array(measured), np.array(drawings)
    chosen = random.integers(0, len(results), (count, len(results)))
    values, means = drawn_distances[chosen.T, np.arange(count)].mean(axis=0), distances.mean(axis=0)
    p_best, _ = chances(Draws(means, values), 0.0)
    order = np.argsort(-means, kind="stable")
    rows = [{"architecture": names[i], "distance": float(means[i]), "p_best": float(p_best[i])} for i in order]
    without = {d: names[np.delete(distances, i, axis=0).mean(axis=0).argmax()] for i, (d, _) in enumerate(results)}
    return {"rows": rows, "flips": {d: name for d, name in without.items() if name != rows[0]["architecture"]}}


def judged(verdicts: dict[str, dict], results: dict[str, dict], settings: dict) -> dict:
    """All that is said of the data sets together.

    verdicts, results: by data set, see common/results.py: read_verdicts and read_dataset, with ablations, see
    `read_ablations`, and tables, task -> case -> rows
    """
    decisions = {dataset: content["tasks"] for dataset, content in verdicts.items()}
    described = {name: task for result in results.values() for name, task in result["tasks"].items()}
    first = {dataset: next(iter(result["metrics"].values())) for dataset, result in results.items()}
    return {
        "datasets": list(verdicts),
        "scope": scope({dataset: metrics["facts"]["image_shape"] for dataset, metrics in first.items()}),
        "takeaways": takeaways(decisions, described),
        "architectures": strengths(verdicts, results),
        "advice": advice(verdicts, results),
        "other_sizes": other_sizes.sentences(results, settings),
        "tasks": across(results, settings),
        "rules": rules(
            list(dict.fromkeys(task for content in verdicts.values() for task in content["tasks"])),
            settings["overfitting"],
        ),
        "simple": SIMPLE,
        "latent_use": {"images": LIKELIHOOD_IMAGES, "draws": DRAWS, "active": ACTIVE},
        "verdicts": settings,
    }


def main() -> None:
    params = read_params()
    read = {dataset: read_verdicts(dataset) for dataset in params["datasets"]}
    verdicts = {dataset: content for dataset, content in read.items() if content}
    if not verdicts:
        raise UserError("nothing to tell: no data set has been judged; `make demo` compares the digits")
    results = {}
    for dataset, said in verdicts.items():
        read_in = read_dataset(dataset, said["architectures"], list(said["tasks"]), said.get("failed"))
        result = named_as_measured(read_in)
        measured = result["metrics"], result["references"]
        ablations = read_ablations(dataset, params["ablated"]["architectures"], *measured)
        results[dataset] = result | {"ablations": ablations, "tables": read_summary(dataset)}
    content = judged(verdicts, results, params["verdicts"])
    write(Path("plots/across-datasets.json"), content)
    for told in content["takeaways"]:
        for line in told["lines"]:
            print(f"{told['use']}: {line}")


if __name__ == "__main__":
    run(main)
