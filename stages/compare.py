"""Compare all architectures on one data set, from the metrics that Git keeps.

python -m stages.compare --dataset mnist
"""

import argparse
import json
import shutil
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from PIL import Image

from stages.catalogue import UserError, load, read_params, run
from stages.evidence import compare, interval, standard_error
from stages.style import save

FLOOR = "pca"  # what every architecture is held against, besides the best one


class Results(NamedTuple):
    """What the figures of a data set see."""

    dataset: str
    metrics: dict[str, dict]  # architecture -> content of its metrics file, in the order of params.yaml
    baselines: dict[str, dict]  # task -> name -> scores of what needs no neural network
    summary: dict[str, list[dict]]  # task -> the rows that `summarise` makes
    strips: dict[str, np.ndarray]  # architecture -> uint8 (rows, n, height, width, channels), see evaluate.strips


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


def summarise(metrics: dict[str, dict], baselines: dict[str, dict], task: str) -> list[dict]:
    """A row for each architecture, best first: the main measure, its interval, and what it amounts to; then a row for
    each baseline. Nothing where the data set does not have this use (features need classes).

    place: of the architecture in params.yaml, which gives its colour; baselines have none
    rank: 1 for the best architecture and all that tie with it, else the place by mean; baselines have none
    versus_best, versus_floor, versus_baseline: verdicts as in stages/evidence.py against the best architecture, PCA and
    the best baseline; margin_*: difference of the means, relative to the other's where the task says so
    seed_error, test_image_error: standard errors of the mean, over seeds (0 for a single one) and over test images
    """
    module = load("tasks", task)
    sources = {name: content["scores"][task] for name, content in metrics.items() if task in content["scores"]}
    if not sources:
        return []
    classical = {name: own for name, own in baselines.get(task, {}).items() if name not in module.REFERENCES}
    everything = {name: own[module.MAIN] for name, own in (sources | baselines.get(task, {})).items()}
    resampled = {
        name: np.mean(own[f"{module.MAIN}_resampled"], axis=0)
        for name, own in (sources | baselines.get(task, {})).items()
    }

    def image_error(name):
        return float(np.std(resampled[name], ddof=1))

    def by_mean(names):
        return sorted(names, key=lambda n: ((1 if module.LOWER_IS_BETTER else -1) * np.mean(everything[n]), n))

    ordered = by_mean(sources)
    references = {"best": ordered[0]}
    if FLOOR in sources:
        references["floor"] = FLOOR
    if classical:
        references["baseline"] = by_mean(classical)[0]
    verdicts = {}
    for kind, reference in references.items():
        chosen = {name: everything[name] for name in {**sources, reference: None}}
        verdicts[kind] = compare(chosen, resampled, reference, module.LOWER_IS_BETTER)

    rows = []
    for place, name in enumerate(ordered, start=1):
        row = {"task": task, "architecture": name, "kind": "architecture", "measure": module.MAIN}
        row["place"] = list(metrics).index(name)
        row |= dict(zip(("mean", "low", "high"), interval(everything[name]), strict=True))
        row |= {"seed_error": standard_error(everything[name]), "test_image_error": image_error(name)}
        for kind, reference in references.items():
            verdict = verdicts[kind].get(name)
            scale = float(np.mean(everything[reference])) if module.MARGIN == "relative" else 1.0
            row[f"versus_{kind}"] = verdict.verdict if verdict else "itself"
            row[f"p_{kind}"] = verdict.p_value if verdict else None
            row[f"margin_{kind}"] = verdict.difference / scale if verdict else 0.0
        row["rank"] = 1 if row["versus_best"] in ("itself", "tie") else place
        rows.append(row)
    for name in by_mean(baselines.get(task, {})):
        kind = "reference" if name in module.REFERENCES else "baseline"
        row = {"task": task, "architecture": name, "kind": kind, "measure": module.MAIN}
        row |= dict(zip(("mean", "low", "high"), interval(everything[name]), strict=True))
        rows.append(row | {"seed_error": standard_error(everything[name]), "test_image_error": image_error(name)})
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


def rate_distortion(metrics: dict[str, dict], baselines: dict[str, dict]) -> pd.DataFrame:
    """What a coder keeps at which rate, means over seeds: architecture, kind, setting (the place of the point on its
    curve), rate in bits per pixel, psnr in dB, ssim. Architectures in the order of params.yaml, then baselines."""
    trained = {name: content["scores"] for name, content in metrics.items() if "compression" in content["scores"]}
    coders = [(name, "architecture", scores["compression"]) for name, scores in trained.items()]
    coders += [(name, "baseline", scores) for name, scores in baselines.get("compression", {}).items()]
    rows = [
        (name, kind, setting, *point)
        for name, kind, scores in coders
        for setting, point in enumerate(np.mean([scores["rates"], scores["psnrs"], scores["ssims"]], axis=1).T)
    ]
    return pd.DataFrame(rows, columns=["architecture", "kind", "setting", "rate", "psnr", "ssim"])


def costs(metrics: dict[str, dict], summary: dict[str, list[dict]]) -> pd.DataFrame:
    """The main measure of every use beside what the architecture costs: architecture, task, measure, mean over seeds,
    multiply_adds for one image, parameters. Within a use in the order of params.yaml."""
    rows = [
        (row["architecture"], task, row["measure"], row["mean"], cost["multiply_adds"], cost["parameters"])
        for task, ranked in summary.items()
        for row in sorted((row for row in ranked if row["kind"] == "architecture"), key=lambda row: row["place"])
        for cost in [metrics[row["architecture"]]["cost"]]
    ]
    return pd.DataFrame(rows, columns=["architecture", "task", "measure", "mean", "multiply_adds", "parameters"])


def read_strip(dataset: str, architecture: str, image_shape: list[int]) -> np.ndarray:
    """The picture that evaluate wrote, cut into uint8 (rows, n, height, width, channels)."""
    height, width, channels = image_shape
    pixels = np.asarray(Image.open(Path("plots/strips", dataset, f"{architecture}.png")))
    return pixels.reshape(len(pixels) // height, height, -1, width, channels).transpose(0, 2, 1, 3, 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", required=True)
    dataset = parser.parse_args().dataset
    params = read_params()
    metrics = read_metrics(dataset, params["architectures"])
    baselines = json.loads(Path("metrics/baselines", f"{dataset}.json").read_text())["scores"]
    summary = {task: rows for task in params["tasks"] if (rows := summarise(metrics, baselines, task))}
    strips = {name: read_strip(dataset, name, content["facts"]["image_shape"]) for name, content in metrics.items()}
    results = Results(dataset, metrics, baselines, summary, strips)

    drawn = {
        "curves": curves(metrics),
        "rate_distortion": rate_distortion(metrics, baselines),
        "cost": costs(metrics, summary),
    }
    for name, table in drawn.items():
        path = Path("plots", name, f"{dataset}.csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")
    pictures, tables = Path("plots", dataset), Path("metrics/summary", dataset)
    for folder in (pictures, tables):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    for name in params["figures"]["dataset"]:
        save(load("figures/dataset", name).draw(results), pictures / f"{name}.png")
    for task, rows in summary.items():
        (tables / f"{task}.json").write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
        best = rows[0]
        print(f"{dataset}: {task}: best is {best['architecture']}, {best['measure']} {best['mean']:.5g}")


if __name__ == "__main__":
    run(main)
