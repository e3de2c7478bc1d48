"""Headless Chromium for the tests of the live page, and the made-up page that they open: see page/conftest.py."""

import contextlib
import shutil

import numpy as np
from playwright.sync_api import sync_playwright

from tools.page import BROWSERS

SHAPE = (12, 12, 1)  # of its images
HOSTILE = '</script><img src="https://example.org/x" onerror="alert(1)"><b>'  # the name of a class


@contextlib.contextmanager
def chromium():
    """A browser of Playwright, on the Chromium of the system."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, f"this test opens a page in a browser: install one of {', '.join(BROWSERS)}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


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
