"""Compare all architectures on one data set, from the metrics that Git keeps.

python -m stages.compare --dataset mnist
"""

import argparse
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from PIL import Image

from stages.catalogue import UserError, load, read_params, run
from stages.evidence import compare, interval
from stages.style import save

FLOOR = "pca"  # what every architecture is held against, besides the best one


class Results(NamedTuple):
    """What the figures of a data set see."""

    dataset: str
    metrics: dict[str, dict]  # architecture -> content of its metrics file, in the order of params.yaml
    summary: list[dict]  # the rows that `summarise` makes
    strips: dict[str, np.ndarray]  # architecture -> uint8 (2, n, height, width, channels): images, reconstructions


def read_metrics(dataset: str, architectures: list[str]) -> dict[str, dict]:
    """The metrics file of every architecture. Raises UserError where one is missing or trained on other seeds."""
    metrics = {}
    for name in architectures:
        path = Path("metrics", dataset, f"{name}.json")
        if not path.exists():
            raise UserError(f"{path} is missing: `dvc repro evaluate@{dataset}-{name}` makes it")
        metrics[name] = json.loads(path.read_text())
    seeds = {name: tuple(content["facts"]["seeds"]) for name, content in metrics.items()}
    if len(set(seeds.values())) > 1:
        raise UserError(f"the architectures on {dataset} were trained on different seeds: {seeds}; run `dvc repro`")
    return metrics


def summarise(metrics: dict[str, dict], tasks: list[str]) -> list[dict]:
    """A row for each task and architecture, best first: the main measure, its interval, and what it amounts to.

    rank: 1 for the best mean and all that tie with it, else the place by mean
    versus_best, versus_floor: verdicts as in stages/evidence.py; margin_*: difference of the means over the other's
    """
    rows = []
    for task in tasks:
        module = load("tasks", task)
        measure, lower = module.MAIN, module.LOWER_IS_BETTER
        scores = {name: content["scores"][task][measure] for name, content in metrics.items()}
        errors = {
            name: float(np.mean(content["scores"][task][f"{measure}_standard_error"]))
            for name, content in metrics.items()
        }
        ordered = sorted(scores, key=lambda name: (np.mean(scores[name]) if lower else -np.mean(scores[name]), name))
        against = {"best": compare(scores, errors, ordered[0], lower)}
        if FLOOR in scores:
            against["floor"] = compare(scores, errors, FLOOR, lower)
        for place, name in enumerate(ordered, start=1):
            row = {"task": task, "architecture": name, "measure": measure}
            row |= dict(zip(("mean", "low", "high"), interval(scores[name]), strict=True))
            row["test_image_error"] = errors[name]
            for other, comparisons in against.items():
                verdict = comparisons.get(name)
                reference = np.mean(scores[ordered[0] if other == "best" else FLOOR])
                row[f"versus_{other}"] = verdict.verdict if verdict else "itself"
                row[f"p_{other}"] = verdict.p_value if verdict else None
                row[f"margin_{other}"] = verdict.difference / float(reference) if verdict else 0.0
            row["rank"] = 1 if row["versus_best"] in ("itself", "tie") else place
            rows.append(row)
    return rows


def curves(metrics: dict[str, dict]) -> pd.DataFrame:
    """All training curves in one long table: architecture, seed, epoch, term, split, value."""
    rows = [
        (name, int(seed), epoch, term.removeprefix("val_"), "validation" if term.startswith("val_") else "train", value)
        for name, content in metrics.items()
        for seed, terms in content["curves"].items()
        for term, values in sorted(terms.items())
        for epoch, value in enumerate(values, start=1)
    ]
    return pd.DataFrame(rows, columns=["architecture", "seed", "epoch", "term", "split", "value"])


def read_strip(dataset: str, architecture: str, image_shape: list[int]) -> np.ndarray:
    """The picture that evaluate wrote, cut into uint8 (2, n, height, width, channels)."""
    height, width, channels = image_shape
    pixels = np.asarray(Image.open(Path("plots/strips", dataset, f"{architecture}.png")))
    return pixels.reshape(2, height, -1, width, channels).transpose(0, 2, 1, 3, 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", required=True)
    dataset = parser.parse_args().dataset
    params = read_params()
    metrics = read_metrics(dataset, params["architectures"])
    summary = summarise(metrics, list(params["tasks"]))
    strips = {name: read_strip(dataset, name, content["facts"]["image_shape"]) for name, content in metrics.items()}
    results = Results(dataset, metrics, summary, strips)

    folder = Path("plots", dataset)
    folder.mkdir(parents=True, exist_ok=True)
    curves(metrics).to_csv(folder / "curves.csv", index=False, lineterminator="\n")
    for name in params["figures"]["dataset"]:
        save(load("figures/dataset", name).draw(results), folder / f"{name}.png")
    path = Path("metrics/summary", f"{dataset}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("[\n" + ",\n".join(json.dumps(row) for row in summary) + "\n]\n")
    for row in summary:
        print(f"{dataset}: {row['rank']}. {row['architecture']}: {row['measure']} {row['mean']:.5f}")


if __name__ == "__main__":
    run(main)
