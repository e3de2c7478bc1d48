"""Ablations of one architecture on one data set: one setting changed at a time, all else as it was tuned.

python -m stages.ablate --dataset digits --architecture deep

Scored on reconstruction: on validation, by which a setting can be chosen, and on test, by which it is reported; and a
size of the latent or a weight of the prior on what else it decides: bits, or what samples are like.
"""

import tempfile
from pathlib import Path

import numpy as np

from stages.ablate.variants import Variant, variants_of
from stages.common.json_file import write
from stages.common.params import changed, read_params
from stages.common.settings import read_block
from stages.common.stage import run
from stages.evaluate.load import load_data, load_features, load_references, of_seed
from stages.evaluate.load_trained import load_trained
from stages.evaluate.measures.cost import cost_of
from stages.evaluate.measures.resampling import of_each_seed
from stages.evaluate.model_functions import functions_of
from stages.evaluate.task_interface import Data
from stages.evaluate.tasks import compression, generation, reconstruction
from stages.train import determinism
from stages.train.build import build, is_solved
from stages.train.settings import Budget, Cell, cell_of
from stages.train.train_seeds import Images, read_images, train_seeds, tuned

TASK = "reconstruction"
TASKS = {TASK: reconstruction, "compression": compression, "generation": generation}
# Settings that only `build` reads.
OF_THE_NETWORK = ("latent_size", "width", "activation", "output", "reconstruction_loss")
FURTHER = {"latent_size": "compression", "beta": "generation"}  # setting -> a task that it is scored on as well
KEPT = ("mse", "mse_resampled", "validation_mse", "psnr", "ssim", "rates", "psnrs")  # type: tuple[str, ...]
KEPT += ("frechet", "frechet_resampled", "frechet_mixture", "frechet_prior")


def params_of(cell: Cell) -> dict:
    """A cell's settings as params.yaml has them, so that dotted names can be changed."""
    return {
        "data": {cell.dataset: cell.budget.model_dump()},
        "training": cell.training.model_dump(),
        "architecture": {cell.architecture: cell.options},
    }


def score(cell: Cell, images: Images, data: Data, tasks: dict[str, dict]) -> tuple[dict[str, dict], dict[str, float]]:
    """After training: the scores that are KEPT, task -> measure -> a list over seeds; and the cost.

    tasks: name -> options of its `score`
    """
    with tempfile.TemporaryDirectory() as folder:
        train_seeds(cell, [images], Path(folder), thorough=False)
        models, _, _ = load_trained(Path(folder), cell.architecture)
    by_task = {task: [] for task in tasks}  # type: dict[str, list[dict]]
    for seed, model in models.items():
        functions = functions_of(model, data.train, data.validation, data.test)
        for task, options in tasks.items():
            by_task[task].append(TASKS[task].score(functions, data, seed, **options))
    scores = {
        task: {name: values for name, values in of_each_seed(by_seed).items() if name in KEPT}
        for task, by_seed in by_task.items()
    }
    return scores, cost_of(next(iter(models.values())), data.test.shape[1:])


def row_of(variant: Variant, scores: dict[str, dict], cost: dict[str, float]) -> dict:
    """What is kept of a variant: itself, means over seeds by which `dvc plots` compares variants, and in lists scores,
    of reconstruction and of further tasks, and facts, which are the cost."""
    errors = scores.pop(TASK)
    means = {name: float(np.mean(errors[name])) for name in ("validation_mse", "mse")}
    facts = {name: [value] for name, value in cost.items()}
    return {"variant": variant.name, **means, **variant._asdict(), "scores": errors, "further": scores, "facts": facts}


def with_references(dataset: str) -> tuple[Data, dict[str, dict]]:
    """The data set with what tasks besides reconstruction need; and the options of those in FURTHER that it has."""
    references = load_references(dataset)
    data = load_data(dataset)._replace(features=load_features(dataset), references=of_seed(references["scores"]))
    return data, {task["name"]: task["options"] for task in references["tasks"] if task["name"] in FURTHER.values()}


def has_effect(variant: Variant, before: Cell, after: Cell, image_shape: tuple[int, int, int]) -> bool:
    """Whether a variant trains otherwise or trains another network; an activation does not where no layer is hidden."""

    def configuration(cell):
        determinism.reseed(0)  # names of layers are counted on
        return build(cell, image_shape).get_config()

    if not all(key.startswith("architecture.") or key.rpartition(".")[2] in OF_THE_NETWORK for key in variant.changes):
        return True
    return configuration(before) != configuration(after)


def main(dataset: str, architecture: str) -> None:
    settings = read_params()
    compared = tuned(dataset, architecture, read_block(Budget, settings, "data", dataset).seeds)
    determinism.start(compared.training.threads)
    images, (data, tasks), rows = read_images(dataset), with_references(dataset), []
    params = params_of(compared) | {"ablations": settings["ablations"]}
    variants = variants_of(params, dataset, architecture, is_solved(architecture))
    cells = [(each, cell_of(changed(params, each.changes), dataset, architecture)) for each in variants]
    cells = [(variant, cell) for variant, cell in cells if has_effect(variant, compared, cell, data.test.shape[1:])]
    for number, (variant, cell) in enumerate(cells, start=1):
        label = f"{dataset} {architecture}: {variant.name}"
        print(f"{label} ({number} of {len(cells)})", flush=True)
        further = {task: options for task, options in tasks.items() if task == FURTHER.get(variant.setting)}
        rows.append(row_of(variant, *score(cell, images, data, {TASK: {}} | further)))
        print(f"{label}: validation MSE {rows[-1]['validation_mse']:.5f}, test {rows[-1]['mse']:.5f}", flush=True)
    write(Path("metrics", dataset, "ablations", f"{architecture}.json"), {"variants": rows})


if __name__ == "__main__":
    run(main)
