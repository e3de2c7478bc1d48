"""Tables behind the charts: training curves, rate and distortion, quality against cost, in long form.

place: the index of an architecture among those compared, in the order of params.yaml; its colour and marker go by it
"""

import csv
from pathlib import Path

from stages.common.curves import mean_curve

COSTS = ("multiply_adds", "parameters")


def curves(metrics: dict[str, dict]) -> list[tuple]:
    """All training curves in one long table: a heading, then architecture, seed, epoch, term, split, value, place."""
    splits = {False: "train", True: "validation"}
    rows = [
        (name, int(seed), epoch, term.removeprefix("val_"), splits[term.startswith("val_")], value, place)
        for place, (name, content) in enumerate(metrics.items())
        for seed, terms in content["curves"].items()
        for term, values in sorted(terms.items())
        for epoch, value in enumerate(values, start=1)
    ]
    return [("architecture", "seed", "epoch", "term", "split", "value", "place"), *rows]


def rate_distortion(metrics: dict[str, dict], references: dict[str, dict]) -> list[tuple]:
    """What a coder keeps at which rate, means over seeds: a heading, then architecture, kind, setting (the index of the
    point on its curve), rate in bits per pixel, psnr in dB, ssim, place. Architectures in the order of params.yaml,
    then references, which have no place."""
    trained = {name: content["scores"].get("compression") for name, content in metrics.items()}
    coders = [(name, "architecture", scores) for name, scores in trained.items() if scores]
    coders += [(name, "reference", scores) for name, scores in references.get("compression", {}).items()]
    rows = [
        (name, kind, setting, *point, list(metrics).index(name) if kind == "architecture" else "")
        for name, kind, scores in coders
        for setting, point in enumerate(zip(*(mean_curve(scores[x]) for x in ("rates", "psnrs", "ssims")), strict=True))
    ]
    return [("architecture", "kind", "setting", "rate", "psnr", "ssim", "place"), *rows]


def costs(metrics: dict[str, dict], summary: dict[str, dict[str, list[dict]]]) -> list[tuple]:
    """The main measure of every case of a task beside what the architecture costs: a heading, then architecture, task,
    case, measure, mean over seeds, multiply_adds for one image, parameters, place. Within a case in the order of
    params.yaml."""
    facts = {name: [content["facts"][fact][0] for fact in COSTS] for name, content in metrics.items()}
    rows = [
        (row["architecture"], task, case, row["measure"], row["mean"], *facts[row["architecture"]], row["place"])
        for task, cases in summary.items()
        for case, ranked in cases.items()
        for row in sorted((row for row in ranked if row["kind"] == "architecture"), key=lambda row: row["place"])
    ]
    return [("architecture", "task", "case", "measure", "mean", *COSTS, "place"), *rows]


def write(table: list[tuple], path: Path) -> None:
    """Write a table as CSV, its floats with six digits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        lines = ([f"{value:.6g}" if isinstance(value, float) else value for value in row] for row in table)
        csv.writer(file, lineterminator="\n").writerows(lines)
