"""Pages of charts, which a browser draws without a network."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from browser import drawn, executable
from dvc_render import VegaRenderer
from dvc_render.html import PAGE_HTML
from helpers import read_csv
from project import clone, command

pytestmark = pytest.mark.slow
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


def opened(page, folder):
    """A page as headless Chromium draws it (HTML), the addresses that it asked for, and what the browser wrote."""
    log = folder / "requests.json"
    done = subprocess.run(
        [
            executable(),
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


def test_requests_are_seen(tmp_path):
    """DVC's own page loads Vega from the web: the check below would notice."""
    page = tmp_path / "page.html"
    page.write_text(PAGE_HTML.replace("{scripts}", VegaRenderer.SCRIPTS))
    asked = opened(page, tmp_path)[1]
    assert asked and all(address.startswith("https://") for address in asked)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project in which the results of the digits differ from the last commit's."""
    folder = clone(tmp_path_factory.mktemp("clone") / "project")
    path = folder / "metrics/digits/summary/reconstruction.json"
    rows = json.loads(path.read_text())
    path.write_text(json.dumps([{**row, "mean": 1.1 * row["mean"]} for row in rows]))
    return folder


@pytest.mark.parametrize(("arguments", "revisions"), [([], 1), (["--base", "HEAD"], 2)], ids=["show", "diff"])
def test_every_chart_is_drawn_and_nothing_leaves_the_machine(project, tmp_path, arguments, revisions):
    said, done = command(project, sys.executable, "-m", "tools", "plots", *arguments)
    assert done, said
    page = Path(re.search(r"open (\S+) in a browser", said)[1])
    html, asked, errors = opened(page, tmp_path)
    assert not asked
    assert "Content Security Policy" not in errors and 'class="failed"' not in html

    _, *parts = re.split(r'<div id="([^"]+)" class="vega-embed', html)
    charts = dict(zip(parts[::2], parts[1::2], strict=True))
    assert len(charts) == page.read_text().count("vegaEmbed('#") >= 9
    for name, svg in charts.items():
        assert sum(drawn(svg, what) for what in ("bar", "point", "line mark")), name
    for path in (project / "metrics/digits/summary").glob("*.json"):
        rows = json.loads(path.read_text())
        assert drawn(charts[f"metrics_digits_summary_{path.stem}_json"], "bar") == revisions * len(rows)
    costs = read_csv(project / "plots/digits/cost.csv")
    assert drawn(charts["plots_digits_cost_csv"], "point") == revisions * len(costs)
    pictures = re.findall(r'<img src="(static/[^"]+)"', html)
    assert pictures and all((page.parent / picture).exists() for picture in pictures)
