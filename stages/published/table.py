"""Figures that others published and ours beside them: metrics/published.json and plots/published/README.md.

python -m stages.published.table

metrics/published.json: how many are reproduced, not_reproduced and not_run, and `rows`, one for every published figure
in stages/published/checks/*.yaml.
"""

import json
from collections import Counter
from itertools import groupby
from pathlib import Path

from stages.common.damage import whole
from stages.common.params import read_params
from stages.common.registry import STAGES, names
from stages.common.stage import fresh, run

CHECKS = "published/checks"
VERDICTS = ("reproduced", "not reproduced", "not run")
SHARED = ("unit", "better", "tolerance", "protocol", "differs", "source")  # of a group of figures


def published() -> list[dict]:
    """A row for every published figure: check, group, dataset, architecture, what (the name that the check gives to
    its own figure), published, and SHARED. better: "lower", "higher", or "same" where nothing is left to chance."""
    return [
        {"check": check, "group": group, "dataset": dataset, "architecture": architecture, "what": what}
        | {"published": figure}
        | {key: block[key] for key in SHARED}
        for check in names(CHECKS)
        for group, block in read_params(STAGES / CHECKS / f"{check}.yaml").items()
        for cell, figures in block["claims"].items()
        for dataset, architecture in [cell.split("-")]
        for what, figure in figures.items()
    ]


def measured(listed: dict[str, dict]) -> dict[tuple, dict]:
    """(check, dataset, architecture, what) -> our values, one a seed, and the options of the check, from metrics/.

    listed: the block `published` of params.yaml; what it does not list, or what has not been run, is left out
    """
    found = {}
    for name in listed:
        path = Path("metrics/published", f"{name}.json")
        if path.exists():
            with whole(path, f"dvc repro replicate@{name}"):
                content = json.loads(path.read_text())
                (cell,) = content["cell"]
                key = cell["check"], cell["dataset"], cell["architecture"]
                for what, values in content["measured"].items():
                    found[*key, what] = {"values": values, "options": cell["options"]}
    return found


def judged(row: dict, own: dict | None) -> dict:
    """A row with ours, the mean over seeds; difference, + being better, or for "same" ours less the published; and the
    verdict: reproduced is at least as good, or inside the tolerance."""
    if own is None:
        return row | {"ours": None, "difference": None, "values": [], "options": {}, "verdict": "not run"}
    ours = sum(own["values"]) / len(own["values"])
    difference = row["published"] - ours if row["better"] == "lower" else ours - row["published"]
    off = abs(difference) if row["better"] == "same" else -difference
    verdict = "reproduced" if off <= row["tolerance"] else "not reproduced"
    return row | {"ours": _short(ours), "difference": _short(difference)} | own | {"verdict": verdict}


def page(rows: list[dict]) -> str:
    """The rows in Markdown, a table for each group."""
    counts = Counter(row["verdict"] for row in rows)
    lines = ["# Published figures, measured again", ""]
    lines += [f"{', '.join(f'{counts[verdict]} {verdict}' for verdict in VERDICTS)}.", ""]
    lines += ["Reproduced: at least as good as published, or inside the tolerance. Difference: + is better."]
    for group, own in groupby(rows, key=lambda row: row["group"]):
        own = list(own)
        about = own[0]
        lines += ["", f"## {group[0].upper()}{group[1:]}", "", f"Source: {about['source']}.", ""]
        lines += [f"Protocol: {about['protocol']}. Ours differs: {about['differs']}. Unit: {about['unit']}.", ""]
        lines += ["| data set | architecture | figure | published | ours | difference | tolerance | seeds | verdict |"]
        lines += ["| --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
        lines += ["| " + " | ".join(_cells(row)) + " |" for row in own]
    return "\n".join(lines) + "\n"


def _cells(row: dict) -> list[str]:
    run = row["ours"] is not None
    ours = [str(row["ours"]), f"{row['difference']:+.3g}"] if run else ["", ""]
    words = [row[key].replace("_", " ") for key in ("dataset", "architecture")]
    seeds = str(len(row["values"])) if run else ""
    return [*words, row["what"], str(row["published"]), *ours, str(row["tolerance"]), seeds, row["verdict"]]


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def main() -> None:
    found = measured(read_params()["published"])
    rows = [
        judged(row, found.get((row["check"], row["dataset"], row["architecture"], row["what"]))) for row in published()
    ]
    counts = Counter(row["verdict"] for row in rows)
    numbers = {verdict.replace(" ", "_"): counts[verdict] for verdict in VERDICTS}
    lines = ",\n".join(f"  {json.dumps(row)}" for row in rows)
    head = "".join(f' "{name}": {count},\n' for name, count in numbers.items())
    Path("metrics/published.json").write_text(f'{{\n{head} "rows": [\n{lines}\n ]\n}}\n')
    (fresh("plots/published") / "README.md").write_text(page(rows))
    print("published figures: " + ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS))


if __name__ == "__main__":
    run(main)
