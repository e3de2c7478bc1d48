"""Answer to "autoencoder or variational autoencoder?": which is better, at which weight of the prior, how to sample."""

import numpy as np

from stages.common.names import spoken
from stages.common.task import EQUIVALENT, ONE_SEED, UNDECIDED, WORSE
from stages.judge.failed_seeds import fails
from stages.judge.phrases import listed
from stages.judge.plain_or_variational import PAIRS
from stages.judge.varied_settings import TASK

CLEAR = 2  # times as many cases that one of the two is better in as the other, or more: else it is a draw


def answer(verdicts: list[str]) -> str:
    """A sentence on which of the two is better, from the verdicts on the variational networks in all cases; "" without
    any."""
    known = [verdict for verdict in verdicts if verdict != ONE_SEED]
    if not known:
        return "Not known: one seed is no verdict." if verdicts else ""
    better, as_good, undecided, worse = (known.count(word) for word in ("better", EQUIVALENT, UNDECIDED, WORSE))
    said = (
        "the variational one" if better >= CLEAR * worse else "the plain one" if worse >= CLEAR * better else "a draw"
    )
    said = said if better + worse else "a draw"
    said = f"where they differ, {said}" if 0 < better + worse < len(known) / 2 else said
    cases = f"{better or 'none'} of {len(known)} cases, worse in {worse or 'none'}, as good in {as_good or 'none'}"
    cases += f" and undecided in {undecided or 'none'}"
    return f"{said[0].upper()}{said[1:]}: at the beta compared, the variational network is better in {cases}."


def varied(metrics: dict[str, dict], ablations: dict[str, tuple[dict, list[dict]]]) -> dict[str, dict[float, float]]:
    """Variational network -> beta -> logarithm of its validation MSE, of those whose beta was varied, the compared one
    among them; without a beta with failed seeds. ablations: see `read_ablations`"""
    found = {}
    for name in PAIRS.values():
        rows = [row for row in ablations.get(name, ({}, []))[1] if row["setting"] == "beta"]
        scores = {row["value"]: row["scores"] for row in rows if not row["fails"]}
        if rows and not fails(metrics[name]):
            scores[rows[0]["compared"]] = metrics[name]["scores"][TASK.name]
        if rows:
            found[name] = {beta: float(np.log(np.mean(own["validation_mse"]))) for beta, own in scores.items()}
    return found


def best_beta(by_dataset: dict[str, dict[str, dict[float, float]]]) -> str:
    """A sentence on the beta with the lowest validation error, of those that every network was trained with on every
    data set without a failed seed, so that all are means over the same; "" where these are fewer than two.

    by_dataset: data set -> what `varied` gives
    """
    errors = [of_beta for networks in by_dataset.values() for of_beta in networks.values()]
    tried = sorted(set.intersection(*map(set, errors))) if errors else []
    if len(tried) < 2:
        return ""
    best = min(tried, key=lambda beta: np.mean([of_beta[beta] for of_beta in errors]))
    names = dict.fromkeys(spoken(name) for networks in by_dataset.values() for name in networks)
    where = [spoken(dataset) for dataset, networks in by_dataset.items() if networks]
    said = f"Of the betas that were tried ({listed([f'{beta:g}' for beta in tried])}), {best:g} has the lowest"
    return f"{said} validation error on average over {listed(list(names))} on {listed(where)}."


def samples(metrics_of: list[dict[str, dict]]) -> str:
    """A sentence on how to sample, from the Frechet distance of samples from the prior over that of samples from a
    mixture, by the median over all variational networks; "" where samples were not measured. metrics_of: by data set"""
    scores = [metrics[name]["scores"] for metrics in metrics_of for name in PAIRS.values() if name in metrics]
    measured = [own["generation"] for own in scores if "generation" in own]
    ratios = [np.mean(own["frechet_prior"]) / np.mean(own["frechet_mixture"]) for own in measured]
    if not ratios:
        return ""
    if np.median(ratios) <= 1:
        return "Samples from the prior are as good as those from a mixture that is fitted to the latents."
    said = f"samples from the prior have {np.median(ratios):.2g} times the Fréchet distance (median)"
    return f"To sample, fit a mixture to the latents and do not draw from the prior: {said}."


def advice(verdicts: dict[str, dict], results: dict[str, dict]) -> str:
    """The three sentences over all data sets; "" without any pair of networks. verdicts, results: by data set, see
    `judged` in across_datasets.py"""
    pairs = [pair for content in verdicts.values() for pair in content["pairs"]]
    words = [cell["verdict"] for pair in pairs for cases in pair["tasks"].values() for cell in cases.values()]
    betas = {dataset: varied(result["metrics"], result["ablations"]) for dataset, result in results.items()}
    said = answer(words), best_beta(betas), samples([result["metrics"] for result in results.values()])
    return " ".join(filter(None, said)) if words else ""
