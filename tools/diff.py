"""What changed between two revisions, and is it real? Writes Markdown for a pull request, from what Git keeps alone.

python -m tools.diff --base main [--head HEAD] [--address https://github.com/OWNER/REPOSITORY/raw]

Without --head: the working tree. address: where a picture of a commit is found, as <address>/<commit>/<path>.
"""

import argparse
import json
import sys
from typing import NamedTuple

import numpy as np
from ruamel.yaml import YAML
from scipy.stats import false_discovery_control

from stages.catalogue import load, names, run
from stages.evidence import LEVEL, paired_p
from stages.style import spoken
from tools.revisions import Revision

# The share of luck among what is called real, not the chance of any (Holm): with three seeds a row, the latter calls
# next to nothing real in a table of a hundred rows, even where all is better by a fifth.
RULE = (
    "Real: a paired t test over seeds and a difference beyond 1.96 standard errors of the test images; of all rows "
    "called real at most 5 % are expected to be luck (Benjamini and Hochberg 1995). Within noise: the rest. With one "
    "seed only the test images can be judged by."
)
NOISE = "within noise"
COLUMNS = ("data set", "architecture", "use", "old", "new", "change", "real?")


class Change(NamedTuple):
    """One main measure of one cell; old or new is None where the cell, or the use, is not there."""

    dataset: str
    architecture: str
    task: str
    old: float | None
    new: float | None
    verdict: str


class Differences(NamedTuple):
    """All that differs between two revisions."""

    rows: list[Change]
    compared: int  # scores that both have
    settings: list[tuple[str, object, object]]  # name, old and new value; ... where there is none
    pictures: list[str]  # paths


def flat(value, path: str = "") -> dict[str, object]:
    """Nested settings as {"training.patience": 5, ...}; lists stay whole."""
    if not isinstance(value, dict) or not value:
        return {path: value}
    return {key: leaf for name, part in value.items() for key, leaf in flat(part, f"{path}.{name}".lstrip(".")).items()}


def settings(revision: Revision) -> dict:
    """params.yaml of a revision."""
    content = revision.read("params.yaml")
    return YAML(typ="safe").load(content) if content else {}


def scores(revision: Revision, params: dict) -> dict[tuple[str, str, str], dict]:
    """(data set, architecture, task) -> scores, of all cells that params.yaml lists and that have been measured."""
    found = {}
    for dataset in params.get("datasets", []):
        for architecture in params.get("architectures", []):
            content = revision.read(f"metrics/{dataset}/{architecture}.json")
            if content:
                for task, own in json.loads(content)["scores"].items():
                    found[dataset, architecture, task] = own
    return found


def judge(old: dict, new: dict, task: str) -> tuple[str, float | None]:
    """Of one measure that differs: which way, "better" or "worse", and the p value that it is no whim of the seeds.

    The p value is that of a paired t test where both have the same number of seeds above one, else None. "" where the
    difference is within 1.96 standard errors of the test images.
    """
    module = load("tasks", task)
    before, after = old[module.MAIN], new[module.MAIN]
    difference = float(np.mean(after) - np.mean(before))
    name = f"{module.MAIN}_resampled"
    if name in old and name in new:
        shifts = np.mean(new[name], axis=0) - np.mean(old[name], axis=0)
        if abs(difference) <= 1.96 * np.std(shifts, ddof=1):
            return "", None
    way = "better" if (difference < 0) == module.LOWER_IS_BETTER else "worse"
    paired = len(before) == len(after) > 1
    return way, paired_p(np.subtract(after, before)) if paired else None


def changes(old: dict, new: dict) -> list[Change]:
    """All main measures that differ, appeared or are gone, by data set, architecture and task."""
    tasks = names("tasks")
    rows, judged = [], []
    for key in sorted(set(old) | set(new)):
        if key[2] not in tasks:
            continue
        main = load("tasks", key[2]).MAIN
        before, after = (side[key].get(main) if key in side else None for side in (old, new))
        if before == after:
            continue
        means = [None if values is None else float(np.mean(values)) for values in (before, after)]
        if before is None or after is None:
            rows.append(Change(*key, *means, "new" if before is None else "gone"))
            continue
        way, p_value = judge(old[key], new[key], key[2])
        judged.append((len(rows), way, p_value, len(after)))
        rows.append(Change(*key, *means, ""))
    tested = [entry for entry in judged if entry[2] is not None]
    luck = false_discovery_control([entry[2] for entry in tested]) if tested else []
    adjusted = dict(zip([entry[0] for entry in tested], luck, strict=True))
    for place, way, _, seeds in judged:
        if not way or (place in adjusted and adjusted[place] >= LEVEL):
            verdict = NOISE
        elif place in adjusted:
            verdict = f"{way}, real"
        else:
            verdict = f"{way} on these test images; {'one seed' if seeds == 1 else 'other seeds'}"
        rows[place] = rows[place]._replace(verdict=verdict)
    return rows


def differences(base: Revision, head: Revision) -> Differences:
    """Scores, settings and pictures that are not the same."""
    params = settings(base), settings(head)
    old, new = (scores(*pair) for pair in zip((base, head), params, strict=True))
    before, after = (flat(side) for side in params)
    named = sorted(before.keys() | after.keys())
    edited = [(key, *pair) for key in named if (pair := (before.get(key, ...), after.get(key, ...)))[0] != pair[1]]
    pictures = sorted(
        path
        for path in base.files("plots") | head.files("plots")
        if path.endswith(".png") and not path.startswith("plots/strips/") and base.read(path) != head.read(path)
    )
    return Differences(changes(old, new), len(set(old) & set(new)), edited, pictures)


def report(base: Revision, head: Revision, address: str | None) -> str:
    """The Markdown. A single line where nothing changed."""
    found = differences(base, head)
    if not (found.rows or found.settings or found.pictures):
        return f"No score, setting or picture changed between {base} and {head}.\n"

    lines = [f"**{verdict(found.rows, found.compared)}** From {base} to {head}.", ""]
    noise = [row for row in found.rows if row.verdict == NOISE]
    told = [row for row in found.rows if row.verdict != NOISE]
    if told:
        lines += [*_table(told), ""]
    if noise:
        lines += ["<details>", f"<summary>Within noise: {len(noise)}</summary>", "", *_table(noise), ""]
        lines += ["</details>", ""]
    if found.rows:
        lines += [RULE, ""]
    if found.settings:
        lines += ["| setting | old | new |", "| --- | --- | --- |"]
        lines += [f"| {key} | {_setting(old)} | {_setting(new)} |" for key, old, new in found.settings]
        lines.append("")
    if found.pictures:
        lines += ["<details>", f"<summary>{len(found.pictures)} pictures changed</summary>", ""]
        for path in found.pictures:
            lines += [f"`{path}`", "", *_shown(path, base, head, address), ""]
        lines += ["</details>", ""]
    return "\n".join(lines)


def verdict(rows: list[Change], compared: int) -> str:
    """The first line: how many scores moved, and how many of them truly."""
    counts = {
        "better": sum(row.verdict == "better, real" for row in rows),
        "worse": sum(row.verdict == "worse, real" for row in rows),
        NOISE: sum(row.verdict == NOISE for row in rows),
        "better with one seed": sum(row.verdict.startswith("better on") for row in rows),
        "worse with one seed": sum(row.verdict.startswith("worse on") for row in rows),
        "new": sum(row.verdict == "new" for row in rows),
        "gone": sum(row.verdict == "gone" for row in rows),
    }
    said = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    return f"{said}." if said else f"None of {compared} scores changed."


def cells(row: Change) -> list[str]:
    """A row of the table, in words."""
    values = ["" if value is None else f"{value:.4g}" for value in (row.old, row.new)]
    change = ""
    if row.old is not None and row.new is not None:
        module = load("tasks", row.task)
        difference = row.new - row.old
        relative = module.MARGIN == "relative" and row.old
        change = f"{100 * difference / row.old:+.1f} %" if relative else f"{difference:+.4g} {module.UNIT}".strip()
    return [spoken(row.dataset), spoken(row.architecture), row.task, *values, change, row.verdict]


def _table(rows: list[Change]) -> list[str]:
    head = [f"| {' | '.join(COLUMNS)} |", "| --- | --- | --- | ---: | ---: | ---: | --- |"]
    return [*head, *(f"| {' | '.join(cells(row))} |" for row in rows)]


def _setting(value) -> str:
    return "(none)" if value is ... else f"`{value}`"


def _shown(path: str, base: Revision, head: Revision, address: str | None) -> list[str]:
    parts = []
    for label, revision in (("before", base), ("after", head)):
        content = revision.read(path)
        if content is None:
            parts.append(f"{label}: not there")
        elif address and revision.commit and content == revision.committed(path):  # else no address shows this one
            parts.append(f"{label}: ![{label}]({address.rstrip('/')}/{revision.commit}/{path})")
    return parts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", required=True)
    parser.add_argument("--head")
    parser.add_argument("--address")
    arguments = parser.parse_args()
    sys.stdout.write(report(Revision(arguments.base), Revision(arguments.head), arguments.address))


if __name__ == "__main__":
    run(main)
