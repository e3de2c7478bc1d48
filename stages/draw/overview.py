"""Overview: what is recommended for what, on every data set, how sure that is and what it gains; a line for every case.

As wide as a page shows it, so that nothing is made smaller: 700 pixels.
"""

from textwrap import wrap

from stages.common.names import LIMITED, spoken, use_of
from stages.common.task import INSUFFICIENT, ONE_SEED
from stages.draw.style import GREY, new_figure

WIDTH, LABELS = 6.4, 1.45  # inches, of the picture and of the names of uses
LETTER, LINE = 0.067, 0.135  # inches, of a letter and from line to line
UNDECIDED = "not decided", {"facecolor": "white", "hatch": "...."}
LOOKS = {  # group of a decision -> its name and look, light to dark in grey as well: a print tells them apart
    "network": ("an autoencoder", {"facecolor": "#0072B2"}),
    "simple": ("PCA, or an autoencoder as small", {"facecolor": "#9AD0F2"}),
    "none": ("a classical method, no autoencoder", {"facecolor": "white"}),
    "open": UNDECIDED,
    ONE_SEED: UNDECIDED,
    INSUFFICIENT: ("no method is good enough", {"facecolor": "white", "hatch": "///"}),
}
TITLE = "Recommended for each use, and its gain over the best classical method (+ is better)"


def cell(decision: dict | None, letters: int) -> tuple[list[str], list[str]]:
    """Lines of the name of what is recommended, and of how sure that is and what it gains."""
    if decision is None:
        return [], ["not measured"]
    words, names = decision["words"], decision["names"]
    name = spoken(names[0]) if names else words["name"]
    verdict = "the best architecture:" if decision["group"] == "none" else words["verdict"]
    said = (verdict, words["gain"].replace(LIMITED, ""))
    return wrap(name, letters - 2), [line for text in said for line in wrap(text, letters)]


def draw(decisions, tasks):
    """decisions: data set -> task and case -> decision, see common/results.py: by_use; tasks: names, in order."""
    uses = list(dict.fromkeys(use for by_case in decisions.values() for use in by_case))
    uses.sort(key=lambda use: tasks.index(use[0]))
    wide = (WIDTH - LABELS) / len(decisions)
    labels = [wrap(use_of(*use), int(LABELS / LETTER) - 1) for use in uses]
    cells = [[cell(by_case.get(use), int(wide / LETTER) - 1) for by_case in decisions.values()] for use in uses]
    said = [max(len(name) + len(words) for name, words in row) for row in cells]
    counts = list(map(max, map(len, labels), said))
    groups = {decision["group"] for by_case in decisions.values() for decision in by_case.values()}
    legend = dict(look for group, look in LOOKS.items() if group in groups)
    top = 0.65
    height = top + LINE * sum(counts) + 0.2 * len(uses) + 0.22 * -(-len(legend) // 2) + 0.1
    figure = new_figure(WIDTH, height)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(height, 0))  # in inches, from the upper left
    axes.axis("off")
    axes.text(WIDTH / 2, 0.2, TITLE, ha="center", va="center", fontsize=9.5)
    for x, dataset in enumerate(decisions):
        axes.text(LABELS + wide * (x + 0.5), 0.5, spoken(dataset), ha="center", va="center", fontsize=10, weight="bold")
    for use, label, row, count in zip(uses, labels, cells, counts, strict=True):
        tall = LINE * count + 0.16
        axes.text(LABELS - 0.08, top + tall / 2, "\n".join(label), ha="right", va="center", fontsize=8.5)
        for x, (by_case, said) in enumerate(zip(decisions.values(), row, strict=True)):
            box = (LABELS + wide * x + 0.02, top, wide - 0.04, tall)
            _draw_cell(axes, box, by_case[use]["group"] if use in by_case else None, *said)
        top += tall + 0.04
    for i, (name, look) in enumerate(legend.items()):
        x, y = 0.3 + (i % 2) * WIDTH / 2, top + 0.1 + 0.22 * (i // 2)
        axes.barh(y, 0.3, 0.14, x, edgecolor=GREY, **look)
        axes.text(x + 0.4, y, name, va="center", fontsize=8.5)
    return figure


def _draw_cell(axes, box, group, name, said):
    """One cell: its box, left, top, width and height, filled as its group asks for, with two texts in its middle."""
    left, top, wide, tall = box
    look = LOOKS[group][1] if group else {"facecolor": "white"}
    axes.barh(top + tall / 2, wide, tall, left, edgecolor=GREY, **look)
    ink = {"color": "white" if group == "network" else "black", "ha": "center", "va": "center", "linespacing": 1.15}
    if "hatch" in look:
        ink["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    middle, first = left + wide / 2, top + tall / 2 - LINE * (len(name) + len(said)) / 2
    axes.text(middle, first + LINE * len(name) / 2, "\n".join(name), fontsize=8.5, weight="bold", **ink)
    axes.text(middle, first + LINE * (len(name) + len(said) / 2), "\n".join(said), fontsize=8, **ink)
