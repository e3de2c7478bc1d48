"""Warnings: what the main measures would not tell, each from a rule on the figures. Those of training stand here, those
of a task in its file; the report prints all rules."""

from collections.abc import Iterator

import numpy as np

from stages.common.names import spoken
from stages.common.registry import load, names
from stages.common.seeds import kept_epochs
from stages.judge import failed_seeds

TRAINING = "training"  # in place of a task, of warnings that are of none
COLLAPSED = 0.5  # share of the latent dimensions, or of the codes, below which not using them is worth a word
RULE = (
    f"fewer than {100 * COLLAPSED:.0f} % of the latent dimensions active, or a perplexity of fewer than so many of the "
    "codes; the reconstruction error of validation images, at the kept epoch, above that of training images by more "
    f"than {{:g}} % (where the loss reports it); {failed_seeds.RULE}"
)


def warnings(result: dict, overfitting: float) -> dict[str, dict[str, list[list[str]]]]:
    """Task, or TRAINING -> what is wrong -> with whom, an architecture or "all", and the figures: what the main
    measures alone would not tell.

    result: see read_dataset; overfitting: the share of `verdicts` by which validation error may be above that of
    training
    """
    cases = {TRAINING: _of_training(result["metrics"], overfitting)}
    for task in names("evaluate/tasks"):
        metrics = {name: content for name, content in result["metrics"].items() if task in content["scores"]}
        if metrics and hasattr(module := load("evaluate/tasks", task), "warnings"):
            cases[task] = module.warnings(metrics, result["references"].get(task, {}))
    warned: dict[str, dict[str, list[list[str]]]] = {}
    for task, triples in cases.items():
        for what, name, detail in triples:
            warned.setdefault(task, {}).setdefault(what, []).append([name, detail])
    return warned


def rules(tasks: list[str], overfitting: float) -> dict[str, str]:
    """TRAINING and every task that has warnings -> when these are given; overfitting: see `warnings`."""
    modules = {task: load("evaluate/tasks", task) for task in tasks}
    return {TRAINING: RULE.format(100 * overfitting)} | {
        task: module.RULE for task, module in modules.items() if hasattr(module, "RULE")
    }


def _of_training(metrics: dict[str, dict], overfitting: float) -> Iterator[tuple[str, str, str]]:
    """What is wrong, with whom, and the figures."""
    for name, content in metrics.items():
        for seed, why in content["facts"].get("failed_seeds", {}).items():
            what = "a seed failed: all figures are without it, and who fails is not recommended"
            yield what, name, f"seed {seed}: {why}"
        if lost := content["facts"].get("not_finite"):
            what = "a score is not a finite number: its seed fails, and a task without a finite one is left out"
            yield what, name, ", ".join(map(spoken, lost))
        if "latent_use" in content["scores"]:
            yield from _of_latent(name, content)
        if (gap := error_above_training(content)) > overfitting:
            what = "validation reconstruction error far above that of training, so more images would help"
            yield what, name, f"{100 * gap:.0f} %"


def _of_latent(name: str, content: dict) -> Iterator[tuple[str, str, str]]:
    size = content["facts"]["latent_size"][0]
    use = {measure: float(np.mean(values)) for measure, values in content["scores"]["latent_use"].items()}
    if use["active_units"] < COLLAPSED * size:
        yield "much of the latent is not used", name, f"{use['active_units']:.0f} of {size} dimensions active"
    if use["dead_units"] >= 1:
        yield "latent dimensions that never vary", name, f"{use['dead_units']:.0f} of {size}"
    if "perplexity" in use and use["perplexity"] < COLLAPSED * use["codebook_size"]:
        detail = f"perplexity {use['perplexity']:.0f} of {use['codebook_size']:.0f}"
        yield "much of the codebook is not used", name, detail


def error_above_training(metrics: dict) -> float:
    """How far the reconstruction error of validation images is above that of training images at the kept epoch, as a
    share, mean over the seeds that work; 0 where there is nothing to compare.

    Minus a log-likelihood, which may be negative, counts as the squared error that changes it as much: at the scale of
    the decoder that fits best it is D / 2 log(squared error) plus a constant (Rybkin et al. 2021, equation 4).
    """
    gaps, failed = [], metrics["facts"].get("failed_seeds", {})
    pixels = float(np.prod(metrics["facts"]["image_shape"]))
    for (seed, terms), kept in zip(metrics["curves"].items(), kept_epochs(metrics), strict=True):
        if seed in failed or "reconstruction" not in terms:
            continue
        train, validation = terms["reconstruction"][kept], terms["val_reconstruction"][kept]
        density = train < 0
        gaps.append(float(np.expm1(2 * (validation - train) / pixels)) if density else validation / train - 1)
    return float(np.mean(gaps)) if gaps else 0.0
