"""Templates of the charts: used, and like the pictures."""

import json
import re

import pytest
import vl_convert
from browser import drawn
from dvc_render import VegaRenderer
from helpers import ROOT
from ruamel.yaml import YAML

from stages.draw.style import COLOURS, GREY, marker
from tools.plots import VEGA_LITE

SHAPES = {  # of Matplotlib -> of Vega
    "o": "circle",
    "s": "square",
    "^": "triangle-up",
    "D": "diamond",
    "v": "triangle-down",
    "P": "cross",
    ">": "triangle-right",
    "<": "triangle-left",
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
    palettes = [re.findall(r"#\w{6}", found) for found in re.findall(r"\[(?:'|\")#[^\]]+\]", text)]
    assert palettes and all(palette == list(COLOURS) for palette in palettes)
    shapes = [re.findall(r"[\w-]+", found) for found in re.findall(r'\[\s*("circle"[^\]]+)\]', text)]
    order = list(range(2 * len(COLOURS)))
    assert all(found == [SHAPES[marker(place, order)] for place in order] for found in shapes)
    assert all(int(count) == len(COLOURS) for count in re.findall(r"datum.place % (\d+)", text))
    assert GREY in text or path.stem not in ("bars", "rate_distortion")


def test_every_template_is_used():
    assert sorted(declared()) == [path.stem for path in TEMPLATES]


@pytest.mark.parametrize("interval", [(0.1, 0.3), (None, None)], ids=["several seeds", "one seed"])
def test_bars(interval):
    low, high = interval
    row = {"task": "reconstruction", "measure": "mse", "mean": 0.2, "low": low, "high": high, "rev": "workspace"}
    rows = [{**row, "architecture": name, "kind": "architecture", "place": i} for i, name in enumerate("ab")]
    rows += [{**row, "architecture": "c", "kind": "reference", "mean": 9.0}]
    chart = VegaRenderer(rows, "bars", **declared()["bars"], template_dir=str(ROOT / ".dvc/plots"))
    svg = vl_convert.vegalite_to_svg(chart.get_filled_template(), vl_version=VEGA_LITE)
    assert drawn(svg, "bar") == 3 and "9 (bar cut)" in svg and "NaN" not in svg
    assert drawn(svg, "rule mark") == (2 if low else 0), "no interval where there is none, nor on a bar that is cut"
    assert [svg.count(f'fill="{colour}"') > 0 for colour in (*COLOURS[:3], GREY)] == [True, True, False, True]
