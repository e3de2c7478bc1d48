"""Tuning of one architecture on one data set: how well it is trained, never what it is, by its validation loss.

python -m stages.train.tune --dataset mnist --architecture vanilla

Every architecture gets the same number of trials, drawn by Optuna (Akiba et al. 2019; the estimator of Bergstra et al.
2011) one after the other, the first with the settings of params.yaml. All trials go to metrics/<data set>/tuning,
with the choice and the settings of the cell, which training reads there: in lists, since DVC takes every other number
for a score.
"""

import json
import math
from collections.abc import Callable
from pathlib import Path

import optuna

from stages.common.params import read_params
from stages.common.settings import read_block
from stages.common.stage import UserError, run
from stages.train import determinism
from stages.train.build import is_solved
from stages.train.recipe import read_recipe
from stages.train.settings import Cell, Tuning, cell_of
from stages.train.train_seeds import Images, read_folds, runner


def search(cell: Cell, tuning: Tuning, images: Images) -> list[dict]:
    """The trials: settings, the lowest validation loss, or what the model is stopped by (None where it was not finite),
    the epochs it took and how it ended: "complete", "pruned" where it was behind the median of the others, or
    "diverged"."""
    epochs = max(1, round(tuning.share_of_epochs * cell.budget.epochs))
    runners, trials = {}, []

    def objective(study_trial):
        settings = _suggested(study_trial, tuning)
        training = cell.training.model_copy(update=settings)
        network = training.activation, training.output
        if network not in runners:
            runners[network] = runner(cell._replace(training=training))
        label = f"{cell.dataset} {cell.architecture}, trial {study_trial.number + 1} of {tuning.trials}"

        def train(after_epoch):
            runners[network](images, tuning.draw, epochs, label, training=training, after_epoch=after_epoch)

        trial = {"settings": settings} | _tried(study_trial, train)
        trials.append(trial)
        values = ", ".join(f"{name} {value}" for name, value in settings.items())
        loss = "not finite" if trial["loss"] is None else f"{trial['loss']:.4g}"
        print(f"{label}: {values}: validation {loss}, {trial['ended']}", flush=True)
        if trial["ended"] != "complete":
            raise optuna.TrialPruned
        return trial["loss"]

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.TPESampler(seed=tuning.draw, n_startup_trials=max(1, tuning.trials // 2))
    # Early losses favour high rates, so a trial is ended in the second half of its epochs at the earliest.
    pruner = optuna.pruners.MedianPruner(n_startup_trials=2, n_warmup_steps=epochs // 2)
    study = optuna.create_study(sampler=sampler, pruner=pruner)
    study.enqueue_trial(cell.training.model_dump(include={"learning_rate", "activation", "output"}))
    study.optimize(objective, tuning.trials)
    return trials


def _suggested(study_trial: optuna.Trial, tuning: Tuning) -> dict:
    """The settings of a trial; the learning rate to two digits."""
    rate = study_trial.suggest_float("learning_rate", *tuning.learning_rate, log=True)
    activation = study_trial.suggest_categorical("activation", tuning.activation)
    output = study_trial.suggest_categorical("output", tuning.output)
    return {"learning_rate": float(f"{rate:.2g}"), "activation": activation, "output": output}


def _tried(study_trial: optuna.Trial, train: Callable) -> dict:
    """How a trial went, see `search`. train: takes what is called after an epoch."""
    losses, ended = [], "complete"

    def after_epoch(epoch, loss):
        losses.append(loss)
        study_trial.report(loss, epoch)
        if study_trial.should_prune():
            raise optuna.TrialPruned

    try:
        train(after_epoch)
    except optuna.TrialPruned:
        ended = "pruned"
    except UserError as error:
        print(error)
        ended = "diverged"
    loss = min(losses, default=math.inf)
    return {"loss": loss if math.isfinite(loss) else None, "epochs": len(losses), "ended": ended}


def main(dataset: str, architecture: str) -> None:
    params = read_params() | read_recipe()
    cell, tuning = cell_of(params, dataset, architecture), read_block(Tuning, params, "tuning")
    determinism.start(cell.training.threads)
    folds = read_folds(dataset) if tuning.trials and not is_solved(architecture) else []
    trials = search(cell, tuning, *folds) if len(folds) == 1 else []  # of several each image is tested: none may choose
    complete = [index for index, trial in enumerate(trials) if trial["ended"] == "complete"]
    chosen = sorted(complete, key=lambda index: trials[index]["loss"])[:1]
    settings = {"data": cell.budget.model_dump(exclude={"seeds"}), "training": cell.training.model_dump()}
    content = {"trials": trials, "chosen": chosen, "cell": [settings | {"architecture": cell.options}]}  # type: dict[str, list]
    path = Path("metrics", dataset, "tuning", f"{architecture}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f'"{name}": [\n  ' + ",\n  ".join(map(json.dumps, rows)) + "\n ]" for name, rows in content.items()]
    path.write_text("{\n " + ",\n ".join(lines) + "\n}\n")


if __name__ == "__main__":
    run(main)
