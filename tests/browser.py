"""Headless Chromium for the tests of the live page."""

import contextlib
import shutil

from playwright.sync_api import sync_playwright

from tools.live import BROWSERS


@contextlib.contextmanager
def chromium():
    """A browser of Playwright, on the Chromium of the system."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, f"this test opens a page in a browser: install one of {', '.join(BROWSERS)}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
