"""The page about speed says what was measured, and only that."""

import json

from helpers import ROOT

from benchmarks.page import page

ROW = {"share_of_peak": 0.5, "seconds_to_first_step": 4.25, "peak_memory_mb": 1234}
OLD, NEW = ({"processor": name, "cores": "2 cores"} for name in ("an old processor", "a processor"))
RESULTS = {
    "machines": {"training": OLD, "profile": OLD, "cells": OLD, "setup": NEW},
    "training": {
        "repeats": 5,
        "peak_gflops": 167.2,
        "rows": [
            ROW | {"network": "deep", "data_set": "mnist", "way": way, "images_per_second": speed}
            for way, speed in {"project": 36000.0, "notebook": 20000.0, "pytorch": 30000.0}.items()
        ]
        + [ROW | {"network": "contractive", "data_set": "mnist", "way": "project", "images_per_second": 17000.0}],
    },
    "profile": [{"network": "deep", "data_set": "mnist", "shares": {"convolutions": 0.0, "others": 0.123}}],
    "cells": [{"network": "deep", "data_set": "mnist", "seconds": 11.5, "steady_seconds": 10.0, "ratio": 1.15}],
    "setup": [{"tool": "uv", "seconds": 61.2, "megabytes": 2900}],
}


def test_ratios_are_this_project_to_the_others():
    text = page(RESULTS)
    assert "| mnist | deep | 36,000 | 50% | 1.80 (20,000) | 1.20 (30,000) |  |" in text
    assert "| mnist | contractive | 17,000 | 50% |  |  |  |" in text
    assert "medians of 5" in text and "167 GFLOP/s" in text and text.count("On an old processor, 2 cores.") == 3


def test_cells_costs_and_set_up():
    text = page(RESULTS)
    assert "| mnist | deep | 4.2 s, 1,234 MB | 4.2 s, 1,234 MB | 4.2 s, 1,234 MB |  |" in text
    assert "| mnist | deep | 11.5 | 10.0 | 1.15 |" in text
    assert "| uv | 2,900 MB | 61 |" in text
    assert "| data set | network | convolutions | others |" in text and "| mnist | deep | 0% | 12% |" in text


def test_a_part_that_is_not_measured_is_left_out():
    text = page({"machines": RESULTS["machines"], "setup": RESULTS["setup"]})
    assert "## Set-up\n\nOn a processor, 2 cores." in text and "## Training" not in text and "## A cell" not in text


def test_the_page_is_that_of_the_results():
    """Both are written by one command, where the machine is idle."""
    results = json.loads((ROOT / "benchmarks/results.json").read_text())
    assert (ROOT / "docs/speed.md").read_text() == page(results)
