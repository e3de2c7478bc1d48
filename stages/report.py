"""Write REPORT.md: which autoencoder for which images, how sure, at which cost. Reads what Git keeps.

python -m stages.report
"""

import json
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stages.catalogue import UserError, read_params, run
from stages.changes import changed
from stages.figures import overview
from stages.style import save, spoken

# The rules behind the words of the report; it prints them.
OVERFITTING = 0.10  # validation loss this much above training loss, relative to the range that training covered
UNSTABLE = 0.05  # standard deviation over seeds, relative to the mean
HARD_CLASS = 1.5  # error of a class over the mean error
UNFINISHED = 0.01  # share of all progress in validation that came in the last fifth of the epochs allowed
FLOOR = "pca"
TERMS = {"kl": "latents close to the prior (KL)", "sparsity": "sparse latents"}  # loss terms in words


def read_dataset(dataset: str, architectures: list[str]) -> dict | None:
    """Metrics by architecture and the summary's rows; None where this data set has not been compared.

    Raises UserError where the summary lacks an architecture of params.yaml.
    """
    path = Path("metrics/summary", f"{dataset}.json")
    if not path.exists():
        return None
    rows = json.loads(path.read_text())
    missing = sorted(set(architectures) - {row["architecture"] for row in rows})
    if missing:
        raise UserError(f"{path} lacks {', '.join(missing)}; `dvc repro compare@{dataset}` brings it up to date")
    metrics = {name: json.loads(Path("metrics", dataset, f"{name}.json").read_text()) for name in architectures}
    return {"rows": [row for row in rows if row["architecture"] in architectures], "metrics": metrics}


def pick(rows: list[dict], metrics: dict[str, dict]) -> dict:
    """Of the best and those tied with it, the one with the fewest multiply-adds."""
    tied = [row for row in rows if row["rank"] == 1]
    return min(tied, key=lambda row: metrics[row["architecture"]]["cost"]["multiply_adds"])


def best_epochs(metrics: dict) -> list[tuple[int, int]]:
    """For every seed, the epoch that was kept and the number of epochs trained."""
    losses = [terms["val_loss"] for terms in metrics["curves"].values()]
    return [(int(np.argmin(values)) + 1, len(values)) for values in losses]


def overfitting(metrics: dict) -> float:
    """At the kept epoch, how far validation lies above training, relative to how far training has come down."""
    gaps = []
    for terms in metrics["curves"].values():
        kept = int(np.argmin(terms["val_loss"]))
        descent = terms["loss"][0] - min(terms["loss"])
        gaps.append((terms["val_loss"][kept] - terms["loss"][kept]) / descent if descent > 0 else 0.0)
    return float(np.mean(gaps))


def unfinished(metrics: dict, epochs: int) -> bool:
    """Whether, with every seed, training used all epochs and made notable progress in the last fifth of them."""

    def progress(values):
        return (values[-1 - epochs // 5] - values[-1]) / (values[0] - values[-1])

    losses = [terms["val_loss"] for terms in metrics["curves"].values()]
    return all(len(values) == epochs > 5 and progress(values) > UNFINISHED for values in losses)


def spread(row: dict, metrics: dict) -> float:
    """Standard deviation of the main measure over seeds, relative to its mean; 0 for a single seed."""
    values = metrics["scores"][row["task"]][row["measure"]]
    return float(np.std(values, ddof=1) / np.mean(values)) if len(values) > 1 else 0.0


def list_of(datasets: list[str]) -> str:
    """Data sets in words."""
    return ", ".join(spoken(name) for name in datasets)


def traits(name: str, params: dict, results: dict[str, dict]) -> tuple[list[str], list[str]]:
    """Strengths and weaknesses of an architecture over all data sets, each from a rule on the figures."""
    rows = {d: next(row for row in result["rows"] if row["architecture"] == name) for d, result in results.items()}
    metrics = {d: result["metrics"][name] for d, result in results.items()}
    strengths, weaknesses = [], []

    best = [d for d in rows if rows[d]["versus_best"] == "itself"]
    tied = [d for d in rows if rows[d]["rank"] == 1 and d not in best]
    if best:
        strengths.append(f"lowest reconstruction error on {list_of(best)}")
    if tied:
        strengths.append(f"ties with the lowest reconstruction error on {list_of(tied)}")
    for verdicts, side, words in (
        (("better", "ahead"), strengths, "below"),
        (("worse", "behind"), weaknesses, "above"),
    ):
        found = {d: row["margin_floor"] for d, row in rows.items() if row.get("versus_floor") in verdicts}
        if found:
            figures = ", ".join(f"{100 * abs(margin):.0f} % on {spoken(d)}" for d, margin in found.items())
            side.append(f"error {words} PCA's by {figures}")
    level = [d for d, row in rows.items() if row.get("versus_floor") == "tie"]
    if level:
        weaknesses.append(f"no better than PCA on {list_of(level)}")

    costs = {d: {n: m["cost"]["multiply_adds"] for n, m in result["metrics"].items()} for d, result in results.items()}
    if all(cost[name] == min(cost.values()) for cost in costs.values()):
        strengths.append("needs the fewest multiply-adds")
    if all(cost[name] > 5 * np.median(list(cost.values())) for cost in costs.values()):
        times = max(cost[name] / np.median(list(cost.values())) for cost in costs.values())
        weaknesses.append(f"costs up to {times:.0f} times the multiply-adds of the median architecture")
    if all(m["facts"]["generative"][0] for m in metrics.values()):
        strengths.append("generates new images from its prior")

    if any(row["rank"] > 1 for row in rows.values()):
        terms = {term for content in metrics.values() for curves in content["curves"].values() for term in curves}
        prices = [words for term, words in TERMS.items() if term in terms]
        if "noise" in params["architecture"][name]:
            prices.append("robustness: it is trained on corrupted images")
        weaknesses += [f"pays, by design, with reconstruction error for {price}" for price in prices]
    overfit = [d for d, m in metrics.items() if overfitting(m) > OVERFITTING]
    if overfit:
        weaknesses.append(f"overfits on {list_of(overfit)}")
    shaky = [d for d, row in rows.items() if spread(row, metrics[d]) > UNSTABLE]
    if shaky:
        weaknesses.append(f"depends on the seed on {list_of(shaky)}")
    cut_short = [d for d, m in metrics.items() if unfinished(m, params["data"][d]["epochs"])]
    if cut_short:
        weaknesses.append(f"was still improving when its epochs ran out on {list_of(cut_short)}")
    hard = _hard_classes(metrics)
    if hard:
        weaknesses.append(f"finds some classes hard: {'; '.join(hard)}")
    return strengths, weaknesses


def _hard_classes(metrics: dict[str, dict]) -> list[str]:
    found = []
    for dataset, content in metrics.items():
        by_class = content["scores"]["reconstruction"].get("mse_by_class")
        if by_class:
            means = np.mean(by_class, axis=0)
            worst = int(np.argmax(means))
            ratio = means[worst] / content["reconstruction"]["mse"]
            if ratio > HARD_CLASS:
                found.append(f"{content['facts']['classes'][worst]} ({ratio:.1f} times the mean) on {spoken(dataset)}")
    return found


def experiments(params: dict, results: dict[str, dict]) -> list[dict]:
    """For every experiment that has been run: its settings and figures, and those of the cell it varies."""
    found = []
    for name, block in params["experiments"].items():
        path = Path("metrics/experiments", f"{name}.json")
        base = results.get(block["dataset"], {}).get("metrics", {}).get(block["architecture"])
        if path.exists() and base:
            settings = changed(params, block["changes"])["data"][block["dataset"]]
            cells = [("as compared", params["data"][block["dataset"]], base)]
            cells.append(("experiment", settings, json.loads(path.read_text())))
            found.append({"name": name, **block, "cells": cells})
    return found


def main() -> None:
    params = read_params()
    architectures = params["architectures"]
    read = {dataset: read_dataset(dataset, architectures) for dataset in params["datasets"]}
    results = {dataset: result for dataset, result in read.items() if result}
    if not results:
        raise UserError("nothing to report: no data set has been compared; `make demo` compares the digits")
    tables = {
        dataset: [row for row in result["rows"] if row["task"] == "reconstruction"]
        for dataset, result in results.items()
    }
    save(overview.draw(tables, architectures), Path("plots/overview.png"))

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["spoken"] = spoken
    text = environment.get_template("report.md.j2").render(
        params=params,
        results=results,
        missing=[dataset for dataset, result in read.items() if not result],
        picks={dataset: pick(rows, results[dataset]["metrics"]) for dataset, rows in tables.items()},
        tables=tables,
        traits={name: traits(name, params, results) for name in architectures},
        epochs={d: {n: best_epochs(m) for n, m in result["metrics"].items()} for d, result in results.items()},
        experiments=experiments(params, results),
        rules={"overfitting": OVERFITTING, "unstable": UNSTABLE, "hard_class": HARD_CLASS, "unfinished": UNFINISHED},
    )
    Path("REPORT.md").write_text(text.rstrip() + "\n")
    print(f"REPORT.md covers {', '.join(results)}")


if __name__ == "__main__":
    run(main)
