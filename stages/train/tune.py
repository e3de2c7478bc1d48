"""Tuning of one architecture on one data set: how well it is trained, never what it is, by its validation loss.

python -m stages.train.tune --dataset mnist --architecture vanilla

Every architecture gets the same number of trials, drawn by Optuna (Akiba et al. 2019; the estimator of Bergstra et al.
2011) one after the other, the first with the settings of params.yaml. All trials go to metrics/tuning, with the choice
and the settings of the cell, which training reads there: in lists, since DVC takes every other number for a score.
"""

import json
import math
from pathlib import Path

import optuna

from stages.common.params import read_params
from stages.common.stage import UserError, run
from stages.train import determinism
from stages.train.runs import Images, read_images, runner

CELL = ("latent_size", "width", "epochs", "passes_per_epoch", "batch_size")  # what training reads of a data set's block


def search(params: dict, dataset: str, architecture: str, images: Images) -> list[dict]:
    """The trials: settings, the lowest validation loss (None where it was not finite), the epochs it took and how it
    ended: "complete", "pruned" where it was behind the median of the others, or "diverged"."""
    tuning, training = params["tuning"], params["training"]
    space = {name: tuning[name] for name in ("activation", "output")}
    epochs = max(1, round(tuning["share_of_epochs"] * params["data"][dataset]["epochs"]))
    runners, trials = {}, []

    def objective(trial):
        settings = {"learning_rate": trial.suggest_float("learning_rate", *tuning["learning_rate"], log=True)}
        settings["learning_rate"] = float(f"{settings['learning_rate']:.2g}")
        settings |= {name: trial.suggest_categorical(name, values) for name, values in space.items()}
        kind = tuple(settings[name] for name in space)
        if kind not in runners:
            own = params | {"training": training | settings}
            runners[kind] = runner(own, dataset, architecture, images.train.shape[1:])
        losses, ended = [], "complete"

        def after_epoch(epoch, loss):
            losses.append(loss)
            trial.report(loss, epoch)
            if trial.should_prune():
                raise optuna.TrialPruned

        label = f"{dataset} {architecture}, trial {trial.number + 1} of {tuning['trials']}"
        try:
            runners[kind](images, tuning["draw"], epochs, label, training=training | settings, after_epoch=after_epoch)
        except optuna.TrialPruned:
            ended = "pruned"
        except UserError as error:
            print(error)
            ended = "diverged"
        loss = min(losses, default=math.inf)
        trials.append(
            {"settings": settings, "loss": loss if math.isfinite(loss) else None, "epochs": len(losses), "ended": ended}
        )
        told = ", ".join(f"{name} {value}" for name, value in settings.items())
        print(f"{label}: {told}: validation {loss:.4g}, {ended}", flush=True)
        if ended != "complete":
            raise optuna.TrialPruned
        return loss

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.TPESampler(seed=tuning["draw"], n_startup_trials=max(1, tuning["trials"] // 2))
    # Early losses favour high rates, so a trial is ended in the second half of its epochs at the earliest.
    pruner = optuna.pruners.MedianPruner(n_startup_trials=2, n_warmup_steps=epochs // 2)
    study = optuna.create_study(sampler=sampler, pruner=pruner)
    study.enqueue_trial({name: training[name] for name in ("learning_rate", *space)})
    study.optimize(objective, tuning["trials"])
    return trials


def main(dataset: str, architecture: str) -> None:
    params = read_params()
    determinism.start(params["training"]["threads"])
    from stages.common.registry import load

    solved = getattr(load("architectures", architecture), "SOLVED", False)
    trials = (
        [] if solved or not params["tuning"]["trials"] else search(params, dataset, architecture, read_images(dataset))
    )
    whole = [place for place, trial in enumerate(trials) if trial["ended"] == "complete"]
    chosen = sorted(whole, key=lambda place: trials[place]["loss"])[:1]
    cell = {"data": {name: params["data"][dataset][name] for name in CELL}}
    cell |= {"training": params["training"], "architecture": params["architecture"][architecture]}
    path = Path("metrics/tuning", dataset, f"{architecture}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        f'"{name}": [\n  ' + ",\n  ".join(map(json.dumps, own)) + "\n ]"
        for name, own in (("trials", trials), ("chosen", chosen), ("cell", [cell]))
    ]
    path.write_text("{\n " + ",\n ".join(lines) + "\n}\n")


if __name__ == "__main__":
    run(main)
