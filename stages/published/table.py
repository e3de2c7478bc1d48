"""Figures that others published and ours beside them: metrics/published.json and plots/published-figures/README.md.

python -m stages.published.table

metrics/published.json: for each kind of figure (KINDS) how many are reproduced, not_reproduced and not_run, and `rows`,
one for every figure in stages/published/checks/*.yaml.
"""

import json
from collections import Counter
from itertools import groupby
from pathlib import Path

from stages.common.file_errors import whole
from stages.common.json_file import write
from stages.common.params import read_params
from stages.common.registry import STAGES, names
from stages.common.stage import UserError, fresh, run
from stages.common.task import FLOOR

CHECKS = "published/checks"
KEY = ("check", "dataset", "architecture", "what")  # what a figure is of; the last is its name in the check
FIGURES = Path("metrics/published-figures")
VERDICTS = ("reproduced", "not reproduced", "not run")
SHARED = ("unit", "better", "tolerance", "protocol", "differs", "source")  # of a group of figures
REASON, COMPUTED = "out_of_reach", "computed"  # of some groups: why it cannot be run here; that nobody published it
KINDS = {
    "networks": "Published figures of networks",
    "without_network": "Published figures that involve no network",
    COMPUTED: "Computed here, deterministic: a check of the code",
}
HEADINGS = (
    "| data set | architecture | figure | published | ours | difference | tolerance | seeds | minutes | verdict "
    "| what differs |"
)
LEGEND = (
    "Reproduced: at least as good as published, or inside the tolerance. Difference: + is better. Minutes: what the "
    "check takes on one core, estimated from a few epochs. What was computed here stands under published."
)


def published() -> list[dict]:
    """A row for every figure, by kind: KEY, kind, group, published, minutes (about how many one core takes for all
    figures of the cell, None where nobody measured), reason ("" where it is within reach), and SHARED. better: "lower",
    "higher", or "same" where nothing is left to chance."""
    rows = [
        {"check": check, "group": group, "dataset": dataset, "architecture": architecture, "what": what}
        | {"kind": _kind(block, architecture), "published": figure}
        | {"minutes": block.get("minutes", {}).get(cell), "reason": block.get(REASON, "")}
        | {key: block[key] for key in SHARED}
        for check in names(CHECKS)
        for group, block in read_params(STAGES / CHECKS / f"{check}.yaml").items()
        for cell, figures in block["claims"].items()
        for dataset, architecture in [cell.split("-")]
        for what, figure in figures.items()
    ]
    return sorted(rows, key=lambda row: list(KINDS).index(row["kind"]))


def _kind(block: dict, architecture: str) -> str:
    return COMPUTED if block.get(COMPUTED) else "without_network" if architecture == FLOOR else "networks"


def measured() -> dict[tuple, dict]:
    """KEY -> our values, one a seed, and the options of the check, from metrics/. Raises UserError where two files
    measure the same, as one that params.yaml does not list any more may."""
    figures, files = {}, dict[tuple, Path]()
    for path in sorted(FIGURES.glob("*.json")):
        with whole(path, f"dvc repro replicate@{path.stem}"):
            content = json.loads(path.read_text())
            for what, rows in groupby(content["measured"], key=lambda row: row["figure"]):
                key = content["check"], content["dataset"], content["architecture"], what
                if key in files:
                    both = f"{files[key]} and {path}"
                    raise UserError(f"{both} measure the same: delete the one that params.yaml does not list")
                values = [row["value"] for row in rows]
                figures[key], files[key] = {"values": values, "options": content["options"]}, path
    return figures


def judged(row: dict, measurement: dict | None) -> dict:
    """A row with ours, the mean over seeds; difference, + being better, or for "same" ours less the published; and the
    verdict: reproduced is at least as good, or inside the tolerance."""
    if measurement is None:
        return row | {"ours": None, "difference": None, "values": [], "options": {}, "verdict": "not run"}
    ours = sum(measurement["values"]) / len(measurement["values"])
    difference = row["published"] - ours if row["better"] == "lower" else ours - row["published"]
    off = abs(difference) if row["better"] == "same" else -difference
    verdict = "reproduced" if off <= row["tolerance"] else "not reproduced"
    return row | {"ours": _short(ours), "difference": _short(difference)} | measurement | {"verdict": verdict}


def counted(rows: list[dict]) -> dict[str, dict[str, int]]:
    """Kind -> how many figures have which verdict."""
    counts = Counter((row["kind"], row["verdict"]) for row in rows)
    return {kind: {verdict.replace(" ", "_"): counts[kind, verdict] for verdict in VERDICTS} for kind in KINDS}


def page(rows: list[dict]) -> str:
    """The rows in Markdown: a part for each kind, a table for each group."""
    lines = ["# Published figures, measured again", "", LEGEND]
    for kind, alike in groupby(rows, key=lambda row: row["kind"]):
        of_kind = list(alike)
        lines += ["", f"## {KINDS[kind]}", "", f"{in_words(counted(of_kind)[kind])}."]
        for group, (about, *others) in groupby(of_kind, key=lambda row: row["group"]):
            lines += ["", f"### {group[0].upper()}{group[1:]}", "", f"Source: {about['source']}.", ""]
            lines += [f"Protocol: {about['protocol']}. Unit: {about['unit']}.", ""]
            lines += [f"Not run: {about['reason']}.", ""] if about["reason"] else []
            lines += [HEADINGS, "| --- " * HEADINGS.count(" | ") + "| --- |"]
            lines += ["| " + " | ".join(_cells(row)) + " |" for row in (about, *others)]
    return "\n".join(lines) + "\n"


def in_words(counts: dict[str, int]) -> str:
    """How many figures have which verdict."""
    return ", ".join(f"{count} {verdict.replace('_', ' ')}" for verdict, count in counts.items())


def _cells(row: dict) -> list[str]:
    run = row["ours"] is not None
    ours = [str(row["ours"]), f"{row['difference']:+.3g}"] if run else ["", ""]
    words = [row[key].replace("_", " ") for key in ("dataset", "architecture")]
    seeds, minutes = str(len(row["values"])) if run else "", str(row["minutes"] or "")
    figures = [row["what"], str(row["published"]), *ours, str(row["tolerance"]), seeds, minutes]
    return [*words, *figures, row["verdict"], row["differs"]]


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def main() -> None:
    ours = measured()
    rows = [judged(row, ours.get(tuple(row[name] for name in KEY))) for row in published()]
    counts = counted(rows)
    write(Path("metrics/published.json"), {**counts, "rows": rows})
    (fresh("plots/published-figures") / "README.md").write_text(page(rows))
    for kind, of_kind in counts.items():
        print(f"{KINDS[kind]}: {in_words(of_kind)}")


if __name__ == "__main__":
    run(main)
