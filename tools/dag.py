"""Picture of the stages in dvc.yaml and of what each needs, docs/dag.svg.

python -m tools dag

Data sets and architectures are left out, as are arrows that follow from two others. The same dvc.yaml gives the same
bytes.
"""

import itertools
import re
from html import escape
from pathlib import Path
from statistics import fmean

import networkx as nx
from ruamel.yaml import YAML

PICTURE = Path("docs/dag.svg")
WIDTH, HEIGHT, GAP, ROW = 132, 40, 16, 78  # pixels: of a box, between boxes, from row to row
SWEEPS = 8  # over all rows, in which each box moves to where its neighbours are
STYLE = (
    "text{font:13px sans-serif;text-anchor:middle;fill:#222}.of{font-size:10px;fill:#666}"
    "rect{fill:#eef3fa;stroke:#5b7fb0}path{fill:none;stroke:#8a8a8a;stroke-width:1.2}"
)
Point = str | tuple[str, str, int]  # a box, or a row that an arrow passes: from, to and which


def paths(stage: dict, *kinds: str) -> list[tuple[str, ...]]:
    """Parts of the paths of a stage under these keys."""
    entries = [entry for kind in kinds for entry in stage.get(kind, ())]
    return [tuple((entry if isinstance(entry, str) else next(iter(entry))).split("/")) for entry in entries]


def needs(stages: dict[str, dict]) -> dict[str, set[str]]:
    """Stage -> the stages whose outputs it depends on and that no other of these needs already."""
    made = {name: paths(stage, "outs", "metrics", "plots") for name, stage in stages.items()}
    direct = {
        name: {
            other
            for other, outs in made.items()
            for dep in paths(stage, "deps")
            if other != name and any(all(a == b for a, b in zip(dep, out, strict=False)) for out in outs)
        }
        for name, stage in stages.items()
    }
    reduced = nx.transitive_reduction(nx.DiGraph(direct))
    return {name: {*reduced[name]} for name in stages}


def rows(graph: dict[str, set[str]]) -> tuple[list[list[Point]], list[tuple]]:
    """Rows of boxes, each below all that it needs, and the links from row to row; where an arrow passes a row, there is
    (from, to, row) in place of a box."""

    generations = [*nx.topological_generations(nx.DiGraph(graph).reverse())]
    depth = {name: row for row, names in enumerate(generations) for name in names}
    lines, links = [list[Point]() for _ in generations], list[tuple]()
    for name, others in graph.items():
        lines[depth[name]].append(name)
        for other in sorted(others):
            passed: list[Point] = [(other, name, row) for row in range(depth[other] + 1, depth[name])]
            for row, point in enumerate(passed, start=depth[other] + 1):
                lines[row].append(point)
            chain = [other, *passed, name]
            links += itertools.pairwise(chain)
    return lines, links


def placed(lines: list[list[Point]], links: list[tuple]) -> dict:
    """Box or passing arrow -> the middle of its left and top edge, in pixels; rows are centred."""
    for sweep in range(SWEEPS):
        upwards = bool(sweep % 2)
        for before, row in itertools.pairwise(reversed(lines) if upwards else lines):
            near = {point: list[float]() for point in row}
            at = {point: (i + 0.5) / len(before) for i, point in enumerate(before)}
            for link in links:
                other, point = reversed(link) if upwards else link
                if point in near and other in at:
                    near[point].append(at[other])
            middle = {point: fmean(own or [0.5]) for point, own in near.items()}
            row.sort(key=middle.__getitem__)
    widths = [sum(WIDTH if isinstance(point, str) else 0 for point in row) + GAP * (len(row) - 1) for row in lines]
    found = {}
    for number, row in enumerate(lines):
        x = GAP + (max(widths) - widths[number]) / 2
        for point in row:
            width = WIDTH if isinstance(point, str) else 0
            found[point] = (x + width / 2, GAP + number * ROW)
            x += width + GAP
    return found


def drawn(stages: dict[str, dict]) -> str:
    """The picture, as SVG."""
    lines, links = rows(needs({name: stage.get("do", stage) for name, stage in stages.items()}))
    at = placed(lines, links)
    parts = []
    for upper, lower in links:
        (x, y), (to_x, to_y) = at[upper], at[lower]
        y += HEIGHT if isinstance(upper, str) else 0
        middle = (y + to_y) / 2
        parts.append(f'<path d="M{x:.0f} {y:.0f}C{x:.0f} {middle:.0f} {to_x:.0f} {middle:.0f} {to_x:.0f} {to_y:.0f}"/>')
        if not isinstance(lower, str):
            parts.append(f'<path d="M{to_x:.0f} {to_y:.0f}v{HEIGHT}"/>')
            at[lower] = (to_x, to_y + HEIGHT)
    for name, stage in stages.items():
        (x, y), items = at[name], [*stage.get("matrix", ()), *re.findall(r"\w+", stage.get("foreach", ""))]
        parts.append(f'<rect x="{x - WIDTH / 2:.0f}" y="{y:.0f}" width="{WIDTH}" height="{HEIGHT}" rx="5"/>')
        parts.append(f'<text x="{x:.0f}" y="{y + (17 if items else 24):.0f}">{escape(name)}</text>')
        parts += [f'<text class="of" x="{x:.0f}" y="{y + 32:.0f}">{escape(" and ".join(items))}</text>'] * bool(items)
    width, height = max(x for x, _ in at.values()) + WIDTH / 2 + GAP, len(lines) * ROW - ROW + HEIGHT + 2 * GAP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" role="img">'
    title = "<title>Stages of dvc.yaml and what each needs</title>"
    ground = '<rect width="100%" height="100%" style="fill:#fff"/>'
    return "\n".join([head, title, f"<style>{STYLE}</style>", ground, *parts, "</svg>\n"])


def main() -> None:
    PICTURE.write_text(drawn(YAML(typ="safe").load(Path("dvc.yaml"))["stages"]), encoding="utf-8")
    print(f"{PICTURE}: the stages of dvc.yaml")
