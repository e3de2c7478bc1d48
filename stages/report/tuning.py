"""Tuning in the report: what it chose for every architecture on a data set, and from how many trials."""

import json
from collections import Counter
from pathlib import Path


def read_tuning(dataset: str, architectures: list[str]) -> dict[str, dict]:
    """Architecture -> what tuning chose, of those that were tuned.

    settings: of the chosen trial; trials, pruned, diverged: how many there were and ended like this; kept: whether it
    chose the settings of params.yaml, which the first trial has; first, chosen: the lowest validation loss of the first
    trial (None where it ended early), and of the chosen
    """
    found = {}
    for name in architectures:
        path = Path("metrics/tuning", dataset, f"{name}.json")
        content = json.loads(path.read_text()) if path.exists() else {"chosen": []}
        for place in content["chosen"]:
            trials = content["trials"]
            ended = [trial["ended"] for trial in trials]
            found[name] = {
                "settings": trials[place]["settings"],
                "trials": len(trials),
                "pruned": ended.count("pruned"),
                "diverged": ended.count("diverged"),
                "kept": place == 0,
                "first": trials[0]["loss"] if ended[0] == "complete" else None,
                "chosen": trials[place]["loss"],
            }
    return found


def summed(tuned: dict[str, dict]) -> dict[str, str]:
    """What tuning chose on a data set, all architectures together, in words: a text for every setting."""
    rates = [row["settings"]["learning_rate"] for row in tuned.values()]
    counts = {
        name: Counter(row["settings"][name] for row in tuned.values()).most_common()
        for name in ("activation", "output")
    }
    words = {name: ", ".join(f"{value} {count}" for value, count in found) for name, found in counts.items()}
    return {"learning_rate": f"{min(rates):g} to {max(rates):g}"} | words
