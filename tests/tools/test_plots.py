"""Templates of the charts: used, and like the pictures."""

import json
import re

import pytest
import vl_convert
from browser import drawn
from dvc_render import VegaRenderer
from helpers import ROOT
from ruamel.yaml import YAML

from stages.common.names import SPOKEN, spoken
from stages.draw.style import COLOURS, GREY, LINES, MARKERS, colour, marker
from tools.plots import VEGA_LITE

SHAPES = {"o": "circle", "s": "square", "^": "triangle-up", "D": "diamond"}  # of Matplotlib -> of Vega
SHAPES |= {"v": "triangle-down", "P": "cross", ">": "triangle-right", "<": "triangle-left"}
DASHES = dict(zip(("-", *LINES), ([1, 0], [8, 4], [2, 3], [8, 3, 2, 3], [1, 5]), strict=False))  # the same of lines
NAMES = ", ".join(f"{name}: '{said}'" for name, said in SPOKEN.items())
SAME = {  # what every template has from the one table of names, and the one of colours and markers
    "name": f"{{{NAMES}}}[datum.architecture] || replace(datum.architecture, /_/g, ' ')",
    "colour": f"isValid(datum.place) ? {list(COLOURS)}[datum.place % {len(COLOURS)}] : '{GREY}'",
    "shape": f"{[SHAPES[x] for x in MARKERS]}[(datum.place + floor(datum.place / {len(COLOURS)})) % {len(MARKERS)}]",
}
TEMPLATES = sorted((ROOT / ".dvc/plots").glob("*.json"))


def declared():
    """Template -> properties, of the plots of the stages judge and draw in dvc.yaml."""
    stages = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]
    blocks = [block for name in ("judge", "draw") for plot in stages[name]["plots"] for block in plot.values()]
    return {block["template"]: block for block in blocks if "template" in block}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_templates_look_like_the_pictures(path):
    text = path.read_text()
    assert json.loads(text)["$schema"].endswith("/vega-lite/v5.json") and VEGA_LITE.startswith("5.")
    for anchor in ("DATA", "TITLE", "X", "Y"):
        assert f"<DVC_METRIC_{anchor}>" in text
    same = text.replace("datum.<DVC_METRIC_Y>", "datum.architecture")
    made = {step["as"]: step["calculate"] for step in json.loads(same)["transform"] if "calculate" in step}
    assert {what: made[what] for what in SAME if what in made or what != "shape"}.items() <= SAME.items()
    assert ("shape" in made) == ("shape" in text)
    assert '"range": ["' not in text, "a scale of Vega would count by the order of the rows"
    if path.stem == "rate_distortion":
        assert json.dumps(list(DASHES.values())) in text


def rendered(template, rows):
    """SVG of a chart of these rows."""
    chart = VegaRenderer(rows, template, **declared()[template], template_dir=str(ROOT / ".dvc/plots"))
    return vl_convert.vegalite_to_svg(chart.get_filled_template(), vl_version=VEGA_LITE)


@pytest.mark.parametrize("template", ["cost", "rate_distortion"])
def test_marks_are_those_of_the_pictures_whoever_takes_part(template):
    names = ["pca", "red_net", *(f"network_{i}" for i in range(20))]
    numbers = dict.fromkeys(("rate", "psnr", "ssim", "setting", "mean", "multiply_adds", "parameters"), "1")
    row = {"rev": "workspace", "task": "denoising", "measure": "gain", "case": "", "kind": "architecture"} | numbers
    for some in (names, names[1::2]):
        svg = rendered(template, [row | {"architecture": name, "place": str(names.index(name))} for name in some])
        labels = [re.split(": |; ", label) for label in re.findall(r'aria-label="([^"]*)"[^>]*"point"', svg)]
        looks = [dict(zip(label[::2], label[1::2], strict=True)) for label in labels]
        assert [(look["architecture"], look["colour"], look["shape"]) for look in looks] == [
            (spoken(name), colour(name, names), SHAPES[marker(name, names)]) for name in some
        ]


def test_every_template_is_used():
    assert sorted(declared()) == [path.stem for path in TEMPLATES]


@pytest.mark.parametrize("interval", [(0.1, 0.3), (None, None)], ids=["several seeds", "one seed"])
def test_bars(interval):
    low, high = interval
    row = {"task": "reconstruction", "measure": "mse", "mean": 0.2, "low": low, "high": high, "rev": "workspace"}
    rows = [{**row, "architecture": name, "kind": "architecture", "place": i} for i, name in enumerate("ab")]
    rows += [{**row, "architecture": "c", "kind": "reference", "mean": 9.0}]
    svg = rendered("bars", rows)
    assert drawn(svg, "bar") == 3 and "9 (bar cut)" in svg and "NaN" not in svg
    assert drawn(svg, "rule mark") == (2 if low else 0), "no interval where there is none, nor on a bar that is cut"
    assert [svg.count(f'fill="{colour}"') > 0 for colour in (*COLOURS[:3], GREY)] == [True, True, False, True]
