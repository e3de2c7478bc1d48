"""Report of what changed between two revisions, and whether it is more than noise, in Markdown.

python -m tools diff [--base main] [--head HEAD] [--address https://github.com/OWNER/REPOSITORY/raw]

--base: the revision that is compared with
--head: the revision that changed something; by default the working tree
--address: where a picture of a commit is found, as <address>/<commit>/<path>
"""

import re
import sys
from collections import Counter

from stages.common.names import in_cell, spoken, use_of
from stages.common.task import Task
from tools.revision_scores import Change, differences
from tools.revisions import Revision
from tools.significance import NOISE, RULE

COLUMNS = ("data set", "architecture", "use", "old", "new", "change", "real?")


def report(base: Revision, head: Revision, address: str | None) -> str:
    """The Markdown. A single line where nothing changed."""
    found = differences(base, head)
    if not (found.rows or found.settings or found.pictures or found.decisions):
        return f"No score, recommendation, setting or picture changed between {base} and {head}.\n"

    lines = [f"**{verdict(found.rows, found.compared)}** From {base} to {head}.", ""]
    noise = [row for row in found.rows if row.verdict == NOISE]
    told = [row for row in found.rows if row.verdict != NOISE]
    if told:
        lines += [*_table(told, found.tasks), ""]
    if noise:
        lines += ["<details>", f"<summary>Within noise: {len(noise)}</summary>", "", *_table(noise, found.tasks), ""]
        lines += ["</details>", ""]
    if found.rows:
        lines += [RULE, ""]
    if found.decisions:
        lines += ["| data set | use | recommended before | recommended now |", "| --- | --- | --- | --- |"]
        lines += [f"| {' | '.join(map(in_cell, _decided(row)))} |" for row in found.decisions]
        lines.append("")
    if found.settings:
        lines += ["| setting | old | new |", "| --- | --- | --- |"]
        lines += [f"| {in_cell(key)} | {_setting(old)} | {_setting(new)} |" for key, old, new in found.settings]
        lines.append("")
    if found.pictures:
        lines += ["<details>", f"<summary>{len(found.pictures)} pictures changed</summary>", ""]
        for path in found.pictures:
            lines += [f"`{path}`", "", *_shown(path, base, head, address), ""]
        lines += ["</details>", ""]
    return "\n".join(lines)


def verdict(rows: list[Change], compared: int) -> str:
    """The first line: how many scores moved, and how many of them truly."""
    names = {"better, real": "better", "worse, real": "worse", NOISE: NOISE}
    names |= {f"{way} on these test images; one seed": f"{way} with one seed" for way in ("better", "worse")}
    names |= {"new": "new", "gone": "gone"}
    counts = Counter(row.verdict for row in rows)
    said = ", ".join(f"{counts[verdict]} {name}" for verdict, name in names.items() if counts[verdict])
    return f"{said}." if said else f"None of {compared} scores changed."


def cells(row: Change, tasks: dict[tuple[str, str], Task]) -> list[str]:
    """A row of the table, in words."""
    values = ["" if value is None else f"{value:.4g}" for value in (row.old, row.new)]
    change = ""
    if row.old is not None and row.new is not None:
        task = tasks[row.task, row.case]
        difference = row.new - row.old
        relative = task.margin == "relative" and row.old
        change = f"{100 * difference / row.old:+.1f} %" if relative else f"{difference:+.4g} {task.unit}".strip()
    return [spoken(row.dataset), spoken(row.architecture), use_of(row.task, row.case), *values, change, row.verdict]


def _table(rows: list[Change], tasks: dict[tuple[str, str], Task]) -> list[str]:
    head = [f"| {' | '.join(COLUMNS)} |", "| --- | --- | --- | ---: | ---: | ---: | --- |"]
    return [*head, *(f"| {' | '.join(map(in_cell, cells(row, tasks)))} |" for row in rows)]


def _decided(row: tuple) -> list[str]:
    dataset, task, case, *sides = row
    return [spoken(dataset), use_of(task, case), *(side["words"]["take"] if side else "(none)" for side in sides)]


def _setting(value) -> str:
    """A value as Markdown shows code in a cell of a table; signs that would end the cell or the code stay as they are
    to the eye."""
    if value is ...:
        return "(none)"
    text = repr(value)[1:-1] if isinstance(value, str) and value else repr(value)
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if "`" in text else ""
    return f"{fence}{space}{text}{space}{fence}".replace("|", r"\|")  # repr has doubled what stands before a |


def _shown(path: str, base: Revision, head: Revision, address: str | None) -> list[str]:
    parts = []
    for label, revision in (("before", base), ("after", head)):
        content = revision.read(path)
        if content is None:
            parts.append(f"{label}: not there")
        elif address and revision.commit and content == revision.committed(path):  # else no address shows this one
            parts.append(f"{label}: ![{label}]({address.rstrip('/')}/{revision.commit}/{path})")
    return parts


def main(*, base: str = "main", head: str | None = None, address: str | None = None) -> None:
    sys.stdout.write(report(Revision(base), Revision(head), address))
