"""Train one architecture with one setting at several values, all else equal, and score what it gives back.

python -m stages.sweep --setting latent_size --dataset digits --architecture vanilla
"""

import argparse
import logging
import tempfile
from pathlib import Path

import numpy as np

from stages import runtime
from stages.catalogue import read_params, run
from stages.changes import changed
from stages.scores import gathered, rounded, to_json
from stages.settings import TRAINING, check, check_cell
from stages.swept import key_of, path_of, values
from stages.tasks import reconstruction
from stages.train import train_cell
from stages.trained import functions_of, load_data, load_model

KEPT = ("mse", "mse_resampled", "psnr", "ssim")


def score(params: dict, dataset: str, architecture: str) -> dict[str, list]:
    """Scores of reconstruction on the test split after training as params say: measure -> one value a seed."""
    data, by_seed = load_data(dataset), []
    with tempfile.TemporaryDirectory() as folder:
        train_cell(params, dataset, architecture, Path(folder))
        for seed in params["data"][dataset]["seeds"]:
            model = load_model(Path(folder, f"seed-{seed}.keras"), architecture)
            by_seed.append(reconstruction.score(functions_of(model), data, seed))
    return {name: own for name, own in gathered(by_seed).items() if name in KEPT}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for flag in ("--setting", "--dataset", "--architecture"):
        parser.add_argument(flag, required=True)
    cell = parser.parse_args()
    params = read_params()
    check(TRAINING, params.get("training"), "training")
    runtime.start(params["training"]["threads"])
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it takes many models in one process for a mistake
    key, (_, others) = key_of(params, cell.dataset, cell.setting), values(params, cell.dataset, cell.setting)
    scores = []
    for place, value in enumerate(others, start=1):
        varied = changed(params, {key: value})
        check_cell(varied, cell.dataset, cell.architecture)
        print(f"{cell.dataset} {cell.architecture}: {key} {value} ({place} of {len(others)} values)", flush=True)
        scores.append(score(varied, cell.dataset, cell.architecture))
        print(
            f"{cell.dataset} {cell.architecture}: {key} {value}: test MSE {np.mean(scores[-1]['mse']):.5f}", flush=True
        )
    path = path_of(cell.dataset, cell.setting, cell.architecture)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_json(rounded({"values": others, "scores": gathered(scores)})) + "\n")


if __name__ == "__main__":
    run(main)
