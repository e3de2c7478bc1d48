"""Traits of an architecture in words, each from a rule on the figures; the report prints the rules."""

import numpy as np

from stages.compare.style import spoken

OVERFITTING = 0.10  # validation loss this much above training loss, relative to the range that training covered
UNSTABLE = 0.05  # standard deviation over seeds, relative to the mean
HARD_CLASS = 1.5  # error of a class over the mean error
UNFINISHED = 0.01  # share of all progress in validation that came in the last fifth of the epochs allowed
RULES = {  # by the names that the report has for them
    "overfitting": OVERFITTING,
    "unstable": UNSTABLE,
    "hard_class": HARD_CLASS,
    "unfinished": UNFINISHED,
}
TERMS = {"kl": "latents close to the prior (KL)", "sparsity": "sparse latents"}  # loss terms in words


def overfitting(metrics: dict) -> float:
    """At the kept epoch, how far validation lies above training, relative to how far training has come down."""
    gaps = []
    for terms in metrics["curves"].values():
        kept = int(np.argmin(terms["val_loss"]))
        descent = terms["loss"][0] - min(terms["loss"])
        gaps.append((terms["val_loss"][kept] - terms["loss"][kept]) / descent if descent > 0 else 0.0)
    return float(np.mean(gaps))


def unfinished(metrics: dict, epochs: int) -> bool:
    """Whether, with every seed, training used all epochs and made notable progress in the last fifth of them."""

    def progress(values):
        return (values[-1 - epochs // 5] - values[-1]) / (values[0] - values[-1])

    losses = [terms["val_loss"] for terms in metrics["curves"].values()]
    return all(len(values) == epochs > 5 and progress(values) > UNFINISHED for values in losses)


def spread(row: dict, metrics: dict) -> float:
    """Standard deviation of the main measure over seeds, relative to its mean; 0 for a single seed."""
    return deviation(metrics["scores"][row["task"]][row["measure"]])


def list_of(datasets: list[str]) -> str:
    """Data sets in words."""
    return ", ".join(spoken(name) for name in datasets)


def traits(name: str, params: dict, results: dict[str, dict]) -> tuple[list[str], list[str]]:
    """Strengths and weaknesses of an architecture over all data sets, each from a rule on the figures."""
    results = {d: result for d, result in results.items() if name in result["metrics"]}
    if not results:
        return [], []
    rows = {
        d: next(row for row in result["tables"]["reconstruction"] if row["architecture"] == name)
        for d, result in results.items()
        if "reconstruction" in result["tables"]
    }
    metrics = {d: result["metrics"][name] for d, result in results.items()}
    strengths, weaknesses = [], []

    for task in params["tasks"]:
        found = {
            d: next(row for row in result["tables"][task] if row["architecture"] == name)
            for d, result in results.items()
            if task in result["tables"]
        }
        best = [d for d in found if found[d]["versus_best"] == "itself"]
        tied = [d for d in found if found[d]["rank"] == 1 and d not in best]
        places = [f"best on {list_of(best)}"] * bool(best) + [f"tied with the best on {list_of(tied)}"] * bool(tied)
        if places:
            strengths.append(f"{task}: {'; '.join(places)}")
    for verdicts, side, words in (
        (("better", "ahead"), strengths, "below"),
        (("worse", "behind"), weaknesses, "above"),
    ):
        found = {d: row["margin_floor"] for d, row in rows.items() if row.get("versus_floor") in verdicts}
        if found:
            figures = ", ".join(f"{100 * abs(margin):.0f} % on {spoken(d)}" for d, margin in found.items())
            side.append(f"error {words} PCA's by {figures}")
    level = [d for d, row in rows.items() if row.get("versus_floor") == "tie"]
    if level:
        weaknesses.append(f"no better than PCA on {list_of(level)}")

    costs = {d: {n: m["cost"]["multiply_adds"] for n, m in result["metrics"].items()} for d, result in results.items()}
    if all(cost[name] == min(cost.values()) for cost in costs.values()):
        strengths.append("needs the fewest multiply-adds")
    if all(cost[name] > 5 * np.median(list(cost.values())) for cost in costs.values()):
        times = max(cost[name] / np.median(list(cost.values())) for cost in costs.values())
        weaknesses.append(f"costs up to {times:.0f} times the multiply-adds of the median architecture")
    if all(m["facts"]["generative"][0] for m in metrics.values()):
        strengths.append("generates new images from its prior")

    if any(row["rank"] > 1 for row in rows.values()):
        terms = {term for content in metrics.values() for curves in content["curves"].values() for term in curves}
        prices = [words for term, words in TERMS.items() if term in terms]
        if "noise" in params["architecture"][name]:
            prices.append("robustness: it is trained on corrupted images")
        weaknesses += [f"pays, by design, with reconstruction error for {price}" for price in prices]
    overfit = [d for d, m in metrics.items() if overfitting(m) > OVERFITTING]
    if overfit:
        weaknesses.append(f"overfits on {list_of(overfit)}")
    shaky = [d for d, row in rows.items() if spread(row, metrics[d]) > UNSTABLE]
    if shaky:
        weaknesses.append(f"depends on the seed on {list_of(shaky)}")
    cut_short = [d for d, m in metrics.items() if unfinished(m, params["data"][d]["epochs"])]
    if cut_short:
        weaknesses.append(f"was still improving when its epochs ran out on {list_of(cut_short)}")
    hard = _hard_classes(metrics)
    if hard:
        weaknesses.append(f"finds some classes hard: {'; '.join(hard)}")
    return strengths, weaknesses


def _hard_classes(metrics: dict[str, dict]) -> list[str]:
    found = []
    for dataset, content in metrics.items():
        by_class = content["scores"].get("reconstruction", {}).get("mse_by_class")
        if by_class:
            means = np.mean(by_class, axis=0)
            worst = int(np.argmax(means))
            ratio = means[worst] / content["reconstruction"]["mse"]
            if ratio > HARD_CLASS:
                found.append(f"{content['facts']['classes'][worst]} ({ratio:.1f} times the mean) on {spoken(dataset)}")
    return found


def deviation(scores: list[float]) -> float:
    """Standard deviation over seeds relative to the mean; 0 for a single seed."""
    return float(np.std(scores, ddof=1) / np.mean(scores)) if len(scores) > 1 else 0.0
