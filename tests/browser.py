"""Headless Chromium, what it has drawn, and the made-up live page that tests open in it: see page/conftest.py."""

import contextlib
import re
import shutil

import numpy as np
from playwright.sync_api import sync_playwright

from tools.page import BROWSERS

SHAPE = (12, 12, 1)  # of its images
HOSTILE = '</script><img src="https://example.org/x" onerror="alert(1)"><b>'  # the name of a class


def executable():
    """The Chromium of the system."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, f"this test opens a page in a browser: install one of {', '.join(BROWSERS)}"
    return path


@contextlib.contextmanager
def chromium():
    """A browser of Playwright."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        yield browser
        browser.close()


def drawn(svg, what):
    """How many marks of a kind an SVG of Vega has: bar, point, line mark, rule mark."""
    return len(re.findall(f'aria-roledescription="{what}"', svg))


def pixels(page, selector):
    """What a canvas shows, (height, width), in 0..255."""
    values = page.eval_on_selector(
        selector,
        """(c) => { const rows = [], { data } = c.getContext("2d").getImageData(0, 0, c.width, c.height);
        for (let y = 0; y < c.height; y++)
            rows.push(Array.from({ length: c.width }, (_, x) => data[4 * (y * c.width + x)]));
        return rows; }""",
    )
    return np.array(values)


def settled(page, act):
    """Acts, and waits until every network has answered what came of it."""
    before = page.evaluate("asked")
    act()
    page.wait_for_function("(before) => asked > before && waiting.size === 0", arg=before)
