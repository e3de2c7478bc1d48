"""Compression with another size of the latent: where one that was varied is above what is recommended as compared."""

import numpy as np

from stages.common.names import spoken
from stages.common.task import TAKE, Task
from stages.judge.latent_envelope import mean_curves, psnr_at
from stages.judge.phrases import numbers

COMPRESSION = "compression"


def best_size(ablations: dict[str, tuple[dict, list[dict]]], rate: float) -> tuple[float, str, int] | None:
    """The highest PSNR at a rate of all sizes that were varied, with its architecture and size, None without any;
    ablations: see `read_ablations`."""
    found = [
        (float(psnr), name, row["value"])
        for name, (_, rows) in ablations.items()
        for row in rows
        if row["setting"] == "latent_size" and COMPRESSION in row["further"] and not row["fails"]
        if (psnr := psnr_at(mean_curves(row["further"][COMPRESSION]), rate)) > -np.inf
    ]
    return max(found, default=None)


def sentence(tables: dict[str, list[dict]], task: Task, ablations: dict, settings: dict) -> str:
    """At which rates the best size is above what is recommended by more than the margin, by the means; "" where at
    none. tables: case -> rows of the ranking"""
    said = []
    for case in task.described():
        taken = next((row for row in tables.get(case.name, []) if row["choice"] == TAKE), None)
        best = best_size(ablations, case.level) if taken and case.level is not None else None
        if taken and best and best[0] - taken["mean"] > settings["margins"][COMPRESSION]:
            psnr, name, size = best
            other = f"{spoken(taken['architecture'])} ({taken['mean']:.1f} dB)"
            said.append(f"{case.name}: {spoken(name)} with {numbers(size)}, {psnr:.1f} dB, is above {other}")
    return f"with another latent size, {'; '.join(said)}." if said else ""


def sentences(results: dict[str, dict], settings: dict) -> dict[str, str]:
    """Data set -> `sentence`, where there is one. results: see `judged` in across_datasets.py"""
    said = {
        dataset: sentence(result["tables"][COMPRESSION], result["tasks"][COMPRESSION], result["ablations"], settings)
        for dataset, result in results.items()
        if COMPRESSION in result["tables"]
    }
    return {dataset: one for dataset, one in said.items() if one}
