"""Write REPORT.md: which autoencoder for which images, how sure, at which cost. Reads what Git keeps.

python -m stages.report
"""

import json
import shutil
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stages.catalogue import UserError, load, read_params, run
from stages.changes import changed
from stages.evidence import compare
from stages.figures import overview, sweep
from stages.style import save, spoken
from stages.swept import cells, path_of, values

# The rules behind the words of the report; it prints them.
OVERFITTING = 0.10  # validation loss this much above training loss, relative to the range that training covered
UNSTABLE = 0.05  # standard deviation over seeds, relative to the mean
HARD_CLASS = 1.5  # error of a class over the mean error
UNFINISHED = 0.01  # share of all progress in validation that came in the last fifth of the epochs allowed
BEATEN = {"better": "yes", "ahead": "yes", "worse": "no", "behind": "no", "tie": "tie"}  # a verdict on a baseline
COLLAPSED = 0.5  # share of the latent dimensions, or of the codes, below which not using them is worth a word
PRIOR = 2  # Frechet distance from the prior over that from the mixture
COPIES = 0.5  # distance of samples to the nearest training image over that of real images not trained on
TERMS = {"kl": "latents close to the prior (KL)", "sparsity": "sparse latents"}  # loss terms in words


def read_dataset(dataset: str, architectures: list[str], tasks: list[str]) -> dict | None:
    """What Git keeps of one data set: rows of the summary by use, metrics by architecture, scores of the baselines, the
    classifier's accuracy, and the architectures of params.yaml that have not been compared here yet.

    None where nothing has been compared.
    """
    folder = Path("metrics/summary", dataset)
    tables = {task: json.loads(path.read_text()) for task in tasks if (path := folder / f"{task}.json").exists()}
    if not tables:
        return None
    compared = {row["architecture"] for rows in tables.values() for row in rows if row["kind"] == "architecture"}
    here = [name for name in architectures if name in compared]
    baselines = json.loads(Path("metrics/baselines", f"{dataset}.json").read_text())
    classifier = json.loads(Path("metrics/classifiers", f"{dataset}.json").read_text())
    return {
        "tables": {
            task: [row for row in rows if row["kind"] != "architecture" or row["architecture"] in here]
            for task, rows in tables.items()
        },
        "metrics": {name: json.loads(Path("metrics", dataset, f"{name}.json").read_text()) for name in here},
        "baselines": baselines["scores"],
        "accuracy": classifier["classifier"].get("accuracy"),
        "missing": [name for name in architectures if name not in here],
    }


def margin(value: float, task: str) -> str:
    """A difference as people write it: in per cent or in the unit of the task's main measure."""
    module = load("tasks", task)
    if module.MARGIN == "relative":
        return f"{100 * value:+.0f} %"
    return f"{value:+.2f} {module.UNIT}" if module.UNIT else f"{value:+.3f}"


def decide(rows: list[dict], metrics: dict[str, dict]) -> dict:
    """What to take for one use on one data set.

    pick: of the best and those tied with it that lie within one standard error of it (Breiman et al. 1984, section
    3.4.3), the row with the fewest multiply-adds; tied: all others that are not told from the best
    baseline: the row of the best method without a network, or None; beaten: "yes", "no" (it wins) or "tie"
    """
    best = [row for row in rows if row["kind"] == "architecture" and row["rank"] == 1]
    beaten = BEATEN.get(best[0].get("versus_baseline"), "yes")
    # A tie may be for want of seeds: the pick has to lie within one standard error of the best, too, and to be as
    # clearly above the baseline.
    error = np.hypot(best[0]["seed_error"], best[0]["test_image_error"])
    candidates = [
        row
        for row in best
        if abs(row["mean"] - best[0]["mean"]) <= error and BEATEN.get(row.get("versus_baseline"), "yes") == beaten
    ]
    pick = min(candidates, key=lambda row: metrics[row["architecture"]]["cost"]["multiply_adds"])
    return {
        "pick": pick,
        "tied": [row["architecture"] for row in best if row is not pick],
        "baseline": next((row for row in rows if row["kind"] == "baseline"), None),
        "beaten": beaten,
    }


def mean_score(result: dict, row: dict, measure: str) -> float | None:
    """The mean over seeds of any measure, of the architecture or baseline that a row is about."""
    sources = {name: content["scores"].get(row["task"], {}) for name, content in result["metrics"].items()}
    if row["kind"] != "architecture":
        sources = result["baselines"][row["task"]]
    values = sources[row["architecture"]].get(measure)
    return None if values is None else float(np.mean(values))


def hardest_class(result: dict, row: dict) -> str:
    """The class with the worst main measure, and that measure; "" where it is not known by class."""
    metrics = result["metrics"].get(row["architecture"]) if row["kind"] == "architecture" else None
    by_class = metrics and metrics["scores"][row["task"]].get(f"{row['measure']}_by_class")
    if not by_class:
        return ""
    means = np.mean(by_class, axis=0)
    worst = int(np.argmax(means) if load("tasks", row["task"]).LOWER_IS_BETTER else np.argmin(means))
    return f"{metrics['facts']['classes'][worst]} ({means[worst]:.3g})"


def alarms(result: dict) -> dict[str, list[str]]:
    """What is wrong -> with whom: what the main measures alone would not tell."""
    found = {}

    def warn(what, name, detail):
        found.setdefault(what, []).append(f"{spoken(name)} ({detail})")

    for name, content in result["metrics"].items():
        scores, size = content["scores"], content["cost"]["latent_size"]
        if "anomaly" in scores:
            by_seed = zip(scores["anomaly"]["auroc_by_anomaly"], scores["anomaly"]["detector"], strict=True)
            chosen = np.mean([table[best[0]] for table, best in by_seed], axis=0)
            for kind, value in zip(scores["anomaly"]["anomalies"][0], chosen, strict=True):
                if value < 0.5:
                    warn("the anomaly score is inverted, AUROC below .5", name, f"{kind} {value:.2f}")
        health = {measure: float(np.mean(values)) for measure, values in scores["health"].items()}
        if health["active_units"] < COLLAPSED * size:
            warn("much of the latent is not used", name, f"{health['active_units']:.0f} of {size} dimensions active")
        if health["dead_units"] >= 1:
            warn("latent dimensions that never vary", name, f"{health['dead_units']:.0f} of {size}")
        if "perplexity" in health and health["perplexity"] < COLLAPSED * health["codebook_size"]:
            used = f"perplexity {health['perplexity']:.0f} of {health['codebook_size']:.0f}"
            warn("much of the codebook is not used", name, used)
        generation = scores.get("generation", {})
        if "frechet_prior" in generation:
            prior, mixture = np.mean(generation["frechet_prior"]), np.mean(generation["frechet"])
            if prior > PRIOR * mixture:
                what = "to be sampled from the mixture, not from the prior, whose Fréchet distance is so much larger"
                warn(what, name, f"{prior / mixture:.0f} times")
        if generation:
            real = np.mean(result["baselines"]["generation"]["training_images"]["nearest_of_test_images"])
            nearness = np.mean(generation["nearest"]) / real
            if nearness < COPIES:
                what = "copies? Samples lie nearer to training images than new real images do"
                warn(what, name, f"{nearness:.2f} times their distance")
    return found


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
    return deviation(metrics["scores"][row["task"]][row["measure"]])


def list_of(datasets: list[str]) -> str:
    """Data sets in words."""
    return ", ".join(spoken(name) for name in datasets)


def traits(name: str, params: dict, results: dict[str, dict]) -> tuple[list[str], list[str]]:
    """Strengths and weaknesses of an architecture over all data sets, each from a rule on the figures."""
    results = {d: result for d, result in results.items() if name in result["metrics"]}
    rows = {
        d: next(row for row in result["tables"]["reconstruction"] if row["architecture"] == name)
        for d, result in results.items()
    }
    metrics = {d: result["metrics"][name] for d, result in results.items()}
    strengths, weaknesses = [], []

    for task in params["tasks"]:
        found = {
            d: next(row for row in result["tables"][task] if row["architecture"] == name)
            for d, result in results.items()
            if task in result["tables"]
        }
        best = [d for d in found if found[d]["versus_best"] == "itself"]
        tied = [d for d in found if found[d]["rank"] == 1 and d not in best]
        places = [f"best on {list_of(best)}"] * bool(best) + [f"tied with the best on {list_of(tied)}"] * bool(tied)
        if places:
            strengths.append(f"{task}: {'; '.join(places)}")
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


def points_of(base: dict, compared, found: dict) -> list[dict]:
    """One sweep of one architecture, in the order of the values where they are numbers, with the value compared among
    them: value, scores by seed, mean, whether it is the one compared, verdict against that, change relative to it."""
    own = base["scores"]["reconstruction"]
    scores = {compared: own["mse"]} | dict(zip(found["values"], found["scores"]["mse"], strict=True))
    resampled = {compared: own["mse_resampled"]} | dict(
        zip(found["values"], found["scores"]["mse_resampled"], strict=True)
    )
    means = {value: np.mean(samples, axis=0) for value, samples in resampled.items()}
    verdicts = compare(scores, means, compared, lower_is_better=True)
    points = [
        {
            "value": value,
            "scores": errors,
            "mean": float(np.mean(errors)),
            "compared": value == compared,
            "verdict": verdicts[value].verdict if value != compared else "itself",
            "change": float(np.mean(errors) / np.mean(scores[compared]) - 1),
        }
        for value, errors in scores.items()
    ]
    if all(isinstance(value, int | float) for value in scores):
        points.sort(key=lambda point: point["value"])
    return points


def sweeps(params: dict, results: dict[str, dict]) -> dict[str, dict]:
    """Setting -> data set -> architecture -> points, of all sweeps that have been run."""
    found = {}
    for setting, dataset, architecture in cells(params):
        path = path_of(dataset, setting, architecture)
        base = results.get(dataset, {}).get("metrics", {}).get(architecture)
        compared, _ = values(params, dataset, setting)
        if path.exists() and base:
            points = points_of(base, compared, json.loads(path.read_text()))
            found.setdefault(setting, {}).setdefault(dataset, {})[architecture] = points
    return found


def answer(panels: dict[str, dict]) -> list[str]:
    """Does a setting matter, and by how much against the spread over seeds? A line for each data set."""
    lines = []
    for dataset, curves in panels.items():
        won = [(name, p) for name, points in curves.items() for p in points if p["verdict"] in ("better", "ahead")]
        lost = [(name, p) for name, points in curves.items() for p in points if p["verdict"] in ("worse", "behind")]
        deviations = [spread for points in curves.values() for p in points if (spread := deviation(p["scores"]))]
        told = f"; seeds alone spread the error by {100 * np.median(deviations):.1f} %" if deviations else ""
        if not won and not lost:
            lines.append(f"{spoken(dataset)}: no, no value is told from the one compared{told}.")
            continue

        def most(found):
            name, point = max(found, key=lambda pair: abs(pair[1]["change"]))
            return f"{100 * point['change']:+.0f} % ({spoken(name)}, {spoken(str(point['value']))})"

        parts = [f"{way} to {most(found)}" for way, found in (("down", won), ("up", lost)) if found]
        total = sum(len(points) - 1 for points in curves.values())
        lines.append(
            f"{spoken(dataset)}: yes, {len(won) + len(lost)} of {total} changes are told from the value compared, "
            f"the error goes {' and '.join(parts)}{told}."
        )
    return lines


def deviation(scores: list[float]) -> float:
    """Standard deviation over seeds relative to the mean; 0 for a single seed."""
    return float(np.std(scores, ddof=1) / np.mean(scores)) if len(scores) > 1 else 0.0


def main() -> None:
    params = read_params()
    architectures = params["architectures"]
    tasks = list(params["tasks"])
    read = {dataset: read_dataset(dataset, architectures, tasks) for dataset in params["datasets"]}
    results = {dataset: result for dataset, result in read.items() if result}
    if not results:
        raise UserError("nothing to report: no data set has been compared; `make demo` compares the digits")
    save(
        overview.draw({d: result["tables"] for d, result in results.items()}, architectures), Path("plots/overview.png")
    )

    swept = sweeps(params, results)
    folder = Path("plots/sweeps")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for setting, panels in swept.items():
        save(sweep.draw(setting, panels, architectures), folder / f"{setting}.png")

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"spoken": spoken, "margin": margin}
    text = environment.get_template("report.md.j2").render(
        params=params,
        results=results,
        missing=[dataset for dataset, result in read.items() if not result],
        tasks={task: load("tasks", task) for task in tasks},
        decisions={
            d: {task: decide(rows, result["metrics"]) for task, rows in result["tables"].items()}
            for d, result in results.items()
        },
        alarms={d: alarms(result) for d, result in results.items()},
        mean_score=mean_score,
        hardest_class=hardest_class,
        average=lambda values: float(np.mean(values)),
        pictures={name: load("figures/dataset", name) for name in params["figures"]["dataset"]},
        traits={name: traits(name, params, results) for name in architectures},
        epochs={d: {n: best_epochs(m) for n, m in result["metrics"].items()} for d, result in results.items()},
        experiments=experiments(params, results),
        sweeps={setting: (answer(panels), panels) for setting, panels in swept.items()},
        rules={
            "overfitting": OVERFITTING,
            "unstable": UNSTABLE,
            "hard_class": HARD_CLASS,
            "unfinished": UNFINISHED,
            "collapsed": COLLAPSED,
            "prior": PRIOR,
            "copies": COPIES,
        },
    )
    Path("REPORT.md").write_text(text.rstrip() + "\n")
    print(f"REPORT.md covers {', '.join(results)}")


if __name__ == "__main__":
    run(main)
