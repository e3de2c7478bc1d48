"""Ablations of one architecture on one data set: one setting changed at a time, all else as it was tuned.

python -m stages.ablate --dataset digits --architecture deep

Scored on reconstruction: on validation, by which a setting can be chosen, and on test, by which it is reported.
"""

import tempfile
from pathlib import Path

import numpy as np

from stages.ablate.variants import Variant, variants_of
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
from stages.train.build import build
from stages.train.runs import Images, read_images, train_seeds, tuned

OF_THE_NETWORK = (
    "latent_size",
    "width",
    "activation",
    "output",
    "reconstruction_loss",
)  # settings that only `build` reads
KEPT = ("mse", "mse_resampled", "validation_mse", "validation_mse_resampled", "psnr", "ssim")


def score(
    params: dict, dataset: str, architecture: str, images: Images, data: Data
) -> tuple[dict[str, list], dict[str, float]]:
    """Scores of reconstruction after training as params say, measure -> one value a seed; and the cost."""
    with tempfile.TemporaryDirectory() as folder:
        train_seeds(params, dataset, architecture, images, Path(folder), thorough=False)
        models, _, _ = load_trained(Path(folder), architecture)
    by_seed = [reconstruction.score(functions_of(model), data, seed) for seed, model in models.items()]
    scores = {name: values for name, values in gathered(by_seed).items() if name in KEPT}
    return scores, cost_of(next(iter(models.values())), data.test.shape[1:])


def has_effect(params: dict, dataset: str, architecture: str, variant: Variant, data: Data) -> bool:
    """Whether a variant trains otherwise or trains another network; an activation does not where no layer is hidden."""
    if not all(key.startswith("architecture.") or key.rpartition(".")[2] in OF_THE_NETWORK for key in variant.changes):
        return True
    configurations = []
    for settings in (params, changed(params, variant.changes)):
        determinism.reseed(0)  # names of layers are counted on
        configurations.append(build(settings, dataset, architecture, data.test.shape[1:]).get_config())
    return configurations[0] != configurations[1]


def main(dataset: str, architecture: str) -> None:
    settings = read_params()
    params = tuned(dataset, architecture, settings["data"][dataset]["seeds"])
    determinism.start(params["training"]["threads"])
    solved = getattr(load("architectures", architecture), "SOLVED", False)
    images, data, results = read_images(dataset), load_data(dataset), []
    params |= {"ablations": settings["ablations"]}
    found = variants_of(params, dataset, architecture, solved)
    variants = [variant for variant in found if has_effect(params, dataset, architecture, variant, data)]
    for place, variant in enumerate(variants, start=1):
        label = f"{dataset} {architecture}: {variant.name}"
        print(f"{label} ({place} of {len(variants)})", flush=True)
        results.append(score(changed(params, variant.changes), dataset, architecture, images, data))
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
