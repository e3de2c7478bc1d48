"""Verdicts on the ablations of one data set: which settings matter, and what blocks of changes gain and cost.

python -m stages.judge.ablations --dataset mnist

It writes metrics/<dataset>/ablation_verdicts.json: settings, setting -> answer, curves (architecture ->
points; both see varied_settings.py) and for its size where larger latents no longer help (enough, sentence), which
networks are as good as the best with more (as_good, a sentence) and error against bits (sizes, envelope, see
latent_envelope.py); and blocks of changes.
"""

import json
from pathlib import Path

import numpy as np

from stages.common.params import read_params
from stages.common.results import architectures_of, read_metrics, read_references, write_verdicts
from stages.common.stage import run
from stages.judge import larger_latents, latent_envelope
from stages.judge.failed_seeds import fails, of_working_seeds
from stages.judge.latent_sizes import by_training, enough
from stages.judge.varied_settings import TASK, answer, points_of

LATENT_SIZE = "latent_size"


def read_measured(dataset: str, architectures: list[str]) -> tuple[dict[str, dict], dict[str, dict]]:
    """Metrics files by architecture, without the seeds that failed, of those that are there; and the scores of
    classical methods, task -> method -> scores."""
    scored = [name for name in architectures if Path("metrics", dataset, "scores", f"{name}.json").exists()]
    metrics, references = read_metrics(dataset, scored), read_references(dataset)[1]["scores"]
    return of_working_seeds(metrics, references), references


def read_ablations(
    dataset: str, architectures: list[str], metrics: dict[str, dict], references: dict[str, dict]
) -> dict[str, tuple[dict, list[dict]]]:
    """Architecture -> the metrics file of what is compared, and a row for every variant, as
    row_of in stages/ablate/__main__.py makes it, with fails; of all that have been varied and measured, in the order
    that is given, without variants of which no seed has finite scores.

    metrics, references: what `read_measured` gives; fails: how many seeds of the variant failed, which its scores are
    without, "" where none did
    """
    ablations = {}
    for name in architectures:
        path = Path("metrics", dataset, "ablations", f"{name}.json")
        if path.exists() and TASK.name in metrics.get(name, {"scores": {}})["scores"]:
            rows = json.loads(path.read_text())["variants"]
            kept = (_of_seeds_that_work(row, references) for row in rows)
            ablations[name] = metrics[name], [row for row in kept if row]
    return ablations


def _of_seeds_that_work(row: dict, references: dict[str, dict]) -> dict | None:
    """A variant as it is read, with the scores of the seeds that work; None where no seed has finite ones."""
    seeds = list(range(len(row["scores"][TASK.measure])))
    variant = {"": {"facts": {"seeds": seeds}, "scores": {TASK.name: row["scores"]} | row["further"]}}
    kept = of_working_seeds(variant, references)[""]
    scores = kept["scores"].pop(TASK.name, None)
    return scores and row | {"scores": scores, "further": kept["scores"], "fails": fails(kept)}


def varied(ablations: dict[str, tuple[dict, list[dict]]], settings: dict) -> dict[str, dict[str, list[dict]]]:
    """Setting -> architecture -> points, of all settings of a data set that have been varied alone."""
    curves: dict[str, dict[str, list[dict]]] = {}
    for architecture, (base, rows) in ablations.items():
        alone = [row for row in rows if row["value"] is not None]
        for name in dict.fromkeys(row["setting"] for row in alone):
            points = points_of(base, [row for row in alone if row["setting"] == name], settings)
            curves.setdefault(name, {})[architecture] = points
    return curves


def blocks(dataset: str, data: dict, ablations: dict[str, tuple[dict, list[dict]]]) -> list[dict]:
    """Every block of changes: name, architecture, changes, and the figures of a table as compared and as changed; data:
    the data set's block of params.yaml."""
    return [
        {
            "name": row["setting"],
            "architecture": architecture,
            "changes": row["changes"],
            "compared": _cells(data, base["scores"][TASK.name], base["facts"]),
            "changed": _cells(data | _within(row["changes"], f"data.{dataset}."), row["scores"], row["facts"]),
        }
        for architecture, (base, rows) in ablations.items()
        for row in rows
        if row["value"] is None
    ]


def _within(changes: dict, block: str) -> dict:
    """The changes to settings of one block, by name within it."""
    return {key.removeprefix(block): value for key, value in changes.items() if key.startswith(block)}


def _cells(data: dict, scores: dict, facts: dict) -> dict:
    means = {measure: float(np.mean(scores[measure])) for measure in ("validation_mse", "mse", "ssim")}
    cost = {name: facts[name][0] for name in ("latent_size", "compression_ratio", "parameters", "multiply_adds")}
    return means | cost | {"epochs": data["epochs"] * data["passes_per_epoch"], "seeds": len(scores["mse"])}


def judged(curves: dict[str, list[dict]], name: str, settings: dict) -> dict:
    """What is said of one setting: its answer and curves, and of the latent's size where larger ones no longer help."""
    content: dict = {"answer": answer(curves), "curves": curves}
    if name == LATENT_SIZE:
        smallest = enough(curves, settings)
        content |= {"enough": smallest, "sentence": by_training(curves, smallest)}
    return content


def main(dataset: str) -> None:
    params = read_params()
    settings, measured = params["verdicts"], read_measured(dataset, architectures_of(params, dataset))
    ablations = read_ablations(dataset, params["ablated"]["architectures"], *measured)
    curves = varied(ablations, settings)
    content = {name: judged(points, name, settings) for name, points in curves.items()}
    if LATENT_SIZE in content:
        sizes = latent_envelope.curves(ablations)
        as_good = larger_latents.sentence(measured[0], ablations, settings)
        content[LATENT_SIZE] |= {"as_good": as_good, "sizes": sizes, "envelope": latent_envelope.envelope(sizes)}
    verdicts = {"settings": content, "blocks": blocks(dataset, params["data"][dataset], ablations)}
    write_verdicts(dataset, verdicts, "ablation_verdicts")
    for name, said in content.items():
        print(f"{dataset}: {name}: {said['answer']}")


if __name__ == "__main__":
    run(main)
