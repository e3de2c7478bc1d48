"""Ablations of one architecture on one data set: one setting changed at a time, all else equal.

python -m stages.ablate --dataset digits --architecture deep

Scored on reconstruction: on validation, by which a setting can be chosen, and on test, by which it is reported.
"""

import logging
import tempfile
from pathlib import Path

import numpy as np

from stages.ablate.variants import variants_of
from stages.common.params import changed, read_params
from stages.common.registry import load
from stages.common.stage import run
from stages.evaluate.functions import functions_of
from stages.evaluate.inputs import load_data, load_trained
from stages.evaluate.measures.cost import cost_of
from stages.evaluate.metrics_file import gathered, write
from stages.evaluate.protocol import Data
from stages.evaluate.tasks import reconstruction
from stages.train import determinism
from stages.train.fit import train_seeds

KEPT = ("mse", "mse_resampled", "validation_mse", "validation_mse_resampled", "psnr", "ssim")


def score(params: dict, dataset: str, architecture: str, data: Data) -> tuple[dict[str, list], dict[str, float]]:
    """Scores of reconstruction after training as params say, measure -> one value a seed; and the cost."""
    with tempfile.TemporaryDirectory() as folder:
        train_seeds(params, dataset, architecture, Path(folder))
        models, _ = load_trained(Path(folder), architecture)
    by_seed = [reconstruction.score(functions_of(model), data, seed) for seed, model in models.items()]
    scores = {name: values for name, values in gathered(by_seed).items() if name in KEPT}
    return scores, cost_of(next(iter(models.values())), data.test.shape[1:])


def main(dataset: str, architecture: str) -> None:
    params = read_params()
    determinism.start(params["training"]["threads"])
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it takes many models in one process for a mistake
    solved = getattr(load("architectures", architecture), "SOLVED", False)
    variants = variants_of(params, dataset, architecture, solved)
    data, results = load_data(dataset), []
    for place, variant in enumerate(variants, start=1):
        label = f"{dataset} {architecture}: {variant.name}"
        print(f"{label} ({place} of {len(variants)})", flush=True)
        results.append(score(changed(params, variant.changes), dataset, architecture, data))
        errors = results[-1][0]
        means = f"validation MSE {np.mean(errors['validation_mse']):.5f}, test {np.mean(errors['mse']):.5f}"
        print(f"{label}: {means}", flush=True)
    content = {
        "settings": [variant.setting for variant in variants],
        "values": [variant.value for variant in variants],
        "compared": [variant.compared for variant in variants],
        "changes": [variant.changes for variant in variants],
        "scores": gathered([scores for scores, _ in results]) if results else {},
        "cost": gathered([cost for _, cost in results]) if results else {},
    }
    write(Path("metrics/ablations", dataset, f"{architecture}.json"), content)


if __name__ == "__main__":
    run(main)
