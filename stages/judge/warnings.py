"""Warnings: what the main measures would not tell, each from a rule on the figures. Those of training stand here, those
of a task in its file; the report prints all rules."""

from collections.abc import Iterator

import numpy as np

from stages.common.names import spoken
from stages.common.registry import load, names
from stages.common.seeds import kept_epochs, stopped_by
from stages.judge import failed_seeds

TRAINING = "training"  # in place of a task, of warnings that are of none
COLLAPSED = 0.5  # share of the latent dimensions, or of the codes, below which not using them is worth a word
OVERFITTING = 0.10  # validation loss this much above training loss, relative to the range that training covered
RULE = (
    f"fewer than {100 * COLLAPSED:.0f} % of the latent dimensions active, or a perplexity of fewer than so many of the "
    "codes; a network overfits where, at the kept epoch, validation loss lies above training loss by more than "
    f"{100 * OVERFITTING:.0f} % of what training has come down since the first epoch; {failed_seeds.RULE}"
)


def warnings(result: dict) -> dict[str, dict[str, list[list[str]]]]:
    """Task, or TRAINING -> what is wrong -> with whom, an architecture or "all", and the figures: what the main
    measures alone would not tell."""
    cases = {TRAINING: _of_training(result["metrics"])}
    for task in names("evaluate/tasks"):
        metrics = {name: content for name, content in result["metrics"].items() if task in content["scores"]}
        if metrics and hasattr(module := load("evaluate/tasks", task), "warnings"):
            cases[task] = module.warnings(metrics, result["references"].get(task, {}))
    warned: dict[str, dict[str, list[list[str]]]] = {}
    for task, triples in cases.items():
        for what, name, detail in triples:
            warned.setdefault(task, {}).setdefault(what, []).append([name, detail])
    return warned


def rules(tasks: list[str]) -> dict[str, str]:
    """TRAINING and every task that has warnings -> when these are given."""
    modules = {task: load("evaluate/tasks", task) for task in tasks}
    return {TRAINING: RULE} | {task: module.RULE for task, module in modules.items() if hasattr(module, "RULE")}


def _of_training(metrics: dict[str, dict]) -> Iterator[tuple[str, str, str]]:
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
        if (gap := overfitting(content)) > OVERFITTING:
            yield "overfits: validation loss far above training loss", name, f"{100 * gap:.0f} %"


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


def overfitting(metrics: dict) -> float:
    """At the kept epoch, how far validation lies above training, relative to how far training has come down; mean over
    the seeds that work, 0 where none does."""
    gaps, name, failed = [], stopped_by(metrics), metrics["facts"].get("failed_seeds", {})
    for (seed, terms), kept in zip(metrics["curves"].items(), kept_epochs(metrics), strict=True):
        if seed in failed:
            continue
        descent = terms[name][0] - min(terms[name])
        gaps.append((terms[f"val_{name}"][kept] - terms[name][kept]) / descent if descent > 0 else 0.0)
    return float(np.mean(gaps)) if gaps else 0.0
