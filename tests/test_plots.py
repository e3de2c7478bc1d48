"""The charts: templates that agree with the pictures, and pages of them that a browser draws without a network."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import vl_convert
from conftest import ROOT
from dvc_render import VegaRenderer
from dvc_render.html import PAGE_HTML
from ruamel.yaml import YAML

from stages.compare import costs, rate_distortion
from stages.style import COLOURS, GREY, MARKERS
from tools.page import VEGA_LITE

TEMPLATES = sorted((ROOT / ".dvc/plots").glob("*.json"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OFFLINE = [
    "--headless",
    "--no-sandbox",  # Chromium's own cannot be had by root, nor on some hosts
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--virtual-time-budget=60000",
    "--enable-logging=stderr",
]


def declared():
    """Template -> properties, of the plots of stage compare in dvc.yaml."""
    plots = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]["compare"]["plots"]
    blocks = [block for plot in plots for block in plot.values()]
    return {block["template"]: block for block in blocks if "template" in block}


def drawn(svg, what):
    """How many marks of a kind an SVG of Vega has: bar, point, line mark, rule mark."""
    return len(re.findall(f'aria-roledescription="{what}"', svg))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_templates_look_like_the_pictures(path):
    text = path.read_text()
    assert json.loads(text)["$schema"].endswith("/vega-lite/v5.json") and VEGA_LITE.startswith("5.")
    for anchor in ("DATA", "TITLE", "X", "Y"):
        assert f"<DVC_METRIC_{anchor}>" in text
    palettes = [re.findall(r"#\w{6}", found) for found in re.findall(r"\[(?:'|\")#[^\]]+\]", text)]
    assert palettes and all(palette == list(COLOURS) for palette in palettes)
    shapes = [re.findall(r"\w+", found) for found in re.findall(r'\[\s*("circle"[^\]]+)\]', text)]
    names = {"o": "circle", "s": "square"}
    assert all(found == [names[marker] for marker in MARKERS for _ in COLOURS] for found in shapes)
    assert all(int(count) == len(COLOURS) for count in re.findall(r"datum.place % (\d+)", text))
    assert GREY in text or path.stem not in ("bars", "rate_distortion")


def test_every_template_is_used():
    assert sorted(declared()) == [path.stem for path in TEMPLATES]


@pytest.mark.parametrize("interval", [(0.1, 0.3), (None, None)], ids=["several seeds", "one seed"])
def test_bars(interval):
    low, high = interval
    row = {"task": "reconstruction", "measure": "mse", "mean": 0.2, "low": low, "high": high, "rev": "workspace"}
    rows = [{**row, "architecture": name, "kind": "architecture", "place": i} for i, name in enumerate("ab")]
    rows += [{**row, "architecture": "c", "kind": "baseline", "mean": 9.0}]
    chart = VegaRenderer(rows, "bars", **declared()["bars"], template_dir=str(ROOT / ".dvc/plots"))
    svg = vl_convert.vegalite_to_svg(chart.get_filled_template(), vl_version=VEGA_LITE)
    assert drawn(svg, "bar") == 3 and "9 (bar cut)" in svg and "NaN" not in svg
    assert drawn(svg, "rule mark") == (2 if low else 0), "no interval where there is none, nor on a bar that is cut"
    assert [svg.count(f'fill="{colour}"') > 0 for colour in (*COLOURS[:3], GREY)] == [True, True, False, True]


def test_tables_of_the_charts():
    coder = {"rates": [[1, 2], [3, 4]], "psnrs": [[10, 20], [10, 22]], "ssims": [[0.5, 0.6], [0.5, 0.8]]}
    metrics = {
        name: {"scores": {"compression": coder}, "cost": {"multiply_adds": 9, "parameters": 5}} for name in ("b", "a")
    }
    table = rate_distortion(metrics, {"compression": {"jpeg": coder}})
    assert table.architecture.tolist() == ["b", "b", "a", "a", "jpeg", "jpeg"]
    np.testing.assert_allclose(table[["setting", "rate", "psnr", "ssim"]][:2], [[0, 2, 10, 0.5], [1, 3, 21, 0.7]])
    assert rate_distortion({"a": {"scores": {}}}, {}).empty
    ranked = [
        {"architecture": name, "kind": "architecture", "place": place, "measure": "mse", "mean": place / 10}
        for name, place in (("a", 1), ("b", 0))
    ]
    table = costs(metrics, {"reconstruction": [*ranked, {"architecture": "jpeg", "kind": "baseline"}]})
    assert table.values.tolist() == [
        ["b", "reconstruction", "mse", 0.0, 9, 5],
        ["a", "reconstruction", "mse", 0.1, 9, 5],
    ]


# In a browser


def opened(page, folder):
    """A page as headless Chromium draws it (HTML), the addresses that it asked for, and what the browser wrote."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert browser, f"this test opens a page in a browser: install one of {', '.join(BROWSERS)}"
    log = folder / "requests.json"
    done = subprocess.run(
        [
            browser,
            *OFFLINE,
            f"--user-data-dir={folder / 'profile'}",
            f"--log-net-log={log}",
            "--dump-dom",
            page.as_uri(),
        ],
        text=True,
        capture_output=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    starts = [
        event["params"] for event in json.loads(log.read_text())["events"] if "initiator" in event.get("params", {})
    ]
    # A request of the browser's own, such as for its updates, has no origin.
    asked = {start["url"] for start in starts if start["initiator"] != "not an origin"}
    return done.stdout, asked, done.stderr


@pytest.mark.slow
def test_requests_are_seen(tmp_path):
    """DVC's own page loads Vega from the web: the check below would notice."""
    page = tmp_path / "page.html"
    page.write_text(PAGE_HTML.replace("{scripts}", VegaRenderer.SCRIPTS))
    asked = opened(page, tmp_path)[1]
    assert asked and all(address.startswith("https://") for address in asked)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project in which the results of the digits differ from the last commit's."""
    folder = tmp_path_factory.mktemp("clone") / "project"
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(folder)], check=True)
    path = folder / "metrics/summary/digits/reconstruction.json"
    rows = json.loads(path.read_text())
    path.write_text(json.dumps([{**row, "mean": 1.1 * row["mean"]} for row in rows]))
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(("arguments", "revisions"), [([], 1), (["--base", "HEAD"], 2)], ids=["show", "diff"])
def test_every_chart_is_drawn_and_nothing_leaves_the_machine(project, tmp_path, arguments, revisions):
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [sys.executable, "-m", "tools.page", *arguments],
        cwd=project,
        env={**environment, "PYTHONPATH": str(project)},
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    page = Path(re.search(r"open (\S+) in a browser", done.stdout)[1])
    html, asked, errors = opened(page, tmp_path)
    assert not asked
    assert "Content Security Policy" not in errors and 'class="failed"' not in html

    _, *parts = re.split(r'<div id="([^"]+)" class="vega-embed', html)
    charts = dict(zip(parts[::2], parts[1::2], strict=True))
    assert len(charts) == page.read_text().count("vegaEmbed('#") >= 9
    for name, svg in charts.items():
        assert sum(drawn(svg, what) for what in ("bar", "point", "line mark")), name
    for path in (project / "metrics/summary/digits").glob("*.json"):
        rows = json.loads(path.read_text())
        assert drawn(charts[f"metrics_summary_digits_{path.stem}_json"], "bar") == revisions * len(rows)
    with (project / "plots/cost/digits.csv").open() as file:
        assert drawn(charts["plots_cost_digits_csv"], "point") == revisions * len(list(csv.DictReader(file)))
    pictures = re.findall(r'<img src="(static/[^"]+)"', html)
    assert pictures and all((page.parent / picture).exists() for picture in pictures)
