"""Verdicts over all data sets: who is best where the data sets, too, might have been others."""

import numpy as np

from stages.compare.ranking import drawn
from stages.compare.verdicts import Draws, chances


def overall(results: dict[str, dict], settings: dict) -> dict[str, dict]:
    """For every task that more than one data set has: data sets; rows, a dict for each architecture that all of them
    have, best first, with its mean distance to the best (on the scale of verdicts.py) and p_best, its chance to have
    the smallest; and flips, data set -> who is best without it, where that is another.

    In each draw the data sets are drawn anew, too (a bootstrap, Efron 1979), and so are seeds and test images on each.
    results: see decisions.read_dataset; settings: `verdicts` in params.yaml
    """
    found = {}
    for task in dict.fromkeys(task for result in results.values() for task in result["tables"]):
        having = {dataset: result for dataset, result in results.items() if task in result["tables"]}
        names = [[n for n, own in r["metrics"].items() if task in own["scores"]] for r in having.values()]
        common = [name for name in names[0] if all(name in others for others in names)]
        if len(having) < 2 or not common:
            continue
        random = np.random.default_rng(0)
        measured, drawings = [], []
        for result, own in zip(having.values(), names, strict=True):
            draws = drawn(result["metrics"], {}, result["tasks"][task], settings)["architecture"]
            draws = draws.only([own.index(name) for name in common])
            measured.append(draws.means - draws.means.max())
            values = random.permutation(draws.values)  # the luck of one data set is not that of another
            drawings.append(values - values.max(axis=1, keepdims=True))
        measured, drawings = np.array(measured), np.array(drawings)
        chosen = random.integers(0, len(having), (settings["draws"], len(having)))
        means = np.mean([drawings[column, np.arange(settings["draws"])] for column in chosen.T], axis=0)
        p_best, _ = chances(Draws(measured.mean(axis=0), means), 0.0)
        order = np.argsort(-measured.mean(axis=0), kind="stable")
        without = {d: common[np.delete(measured, i, axis=0).mean(axis=0).argmax()] for i, d in enumerate(having)}
        rows = [
            {"architecture": common[i], "distance": float(measured[:, i].mean()), "p_best": float(p_best[i])}
            for i in order
        ]
        flips = {dataset: name for dataset, name in without.items() if name != rows[0]["architecture"]}
        found[task] = {"datasets": list(having), "rows": rows, "flips": flips}
    return found
