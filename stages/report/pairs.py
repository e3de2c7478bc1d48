"""Autoencoder or variational autoencoder: two networks that differ in nothing but the latent, one on one."""

from stages.compare.ranking import drawn, margin_of, one_on_one
from stages.compare.verdicts import ONE_SEED, told

PAIRS = {"deep": "variational", "convolutional": "convolutional_variational"}


def pairs(results: dict[str, dict], settings: dict) -> list[dict]:
    """For every data set and pair that it has: dataset, plain, variational, and under tasks the gain of the variational
    one (+ is better) and the verdict on it, by task.

    results: see results.read_dataset; settings: `verdicts` in params.yaml
    """
    found = []
    for dataset, result in results.items():
        for plain, variational in PAIRS.items():
            if {plain, variational} <= set(result["metrics"]):
                tasks = {
                    task: _pair(result, result["tasks"][task], plain, variational, settings)
                    for task in result["tables"]
                }
                found.append({"dataset": dataset, "plain": plain, "variational": variational, "tasks": tasks})
    return found


def _pair(result, task, plain, variational, settings):
    names = [name for name, own in result["metrics"].items() if task.name in own["scores"]]
    draws = drawn(result["metrics"], {}, task, settings)["architecture"]
    first, second = names.index(plain), names.index(variational)
    gaps = draws.values[:, second] - draws.values[:, first]
    several = len(result["metrics"][plain]["facts"]["seeds"]) > 1
    word = one_on_one(gaps, margin_of(task, settings), settings["level"]) if several else ONE_SEED
    return {"gain": float(told(draws.means[second] - draws.means[first], task)), "verdict": word}


def score(found: list[dict]) -> str:
    """The sum of all pairs in words."""
    words = [cell["verdict"] for row in found for cell in row["tasks"].values()]
    counts = {word: words.count(word) for word in dict.fromkeys(words)}
    return ", ".join(f"{word} in {count}" for word, count in counts.items()) + f" of {len(words)} comparisons"
