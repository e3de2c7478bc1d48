"""The live page as people use it, in Chromium: it opens from disk, answers, and asks nobody."""

import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import HOSTILE, SHAPE, pixels
from helpers import make_data
from PIL import Image

from stages.draw.style import COLOURS, MARKERS
from stages.train.autoencoder import predict
from tools.page import HEIGHT, WIDTH, take

pytestmark = pytest.mark.slow


def test_it_says_what_to_take_and_behind_it_all_scores(page):
    assert page.inner_text("#answer .names") == "vector quantized"
    assert "sure to be the best of 4" in page.inner_text("#answer")
    rows = page.eval_on_selector_all("#table tbody tr", "(rows) => rows.map((row) => row.cells[0].textContent)")
    assert rows == ["vector quantized", "deep", "PCA", "variational", "mean image"]
    assert page.locator("#cost g[role=img]").count() == 4
    assert not page.is_visible("#rates"), "compression was not measured here"
    assert page.inner_text("#left-out") == "Too large for this page: deep."


def test_a_purpose_with_cases_has_an_answer_for_each(page):
    """Nobody is named where no method is good enough, and the table is that of the case."""
    assert not page.is_visible("#cases")
    page.click("#purposes label >> nth=1")
    cases = page.eval_on_selector_all("#cases label", "(labels) => labels.map((label) => label.textContent.trim())")
    assert cases == ["noise of sigma 0.1", "noise of sigma 0.2"]
    assert page.inner_text("#answer .lead") == "No method is good enough."
    assert page.locator("#answer .names").count() == 0
    assert "From noise of sigma 0.2 on: vector." in page.inner_text("#answer")
    assert page.inner_text("#behind-heading") == "All of them: denoising, noise of sigma 0.1"
    assert page.locator("#table tbody tr").count() == 4
    page.click("#cases label >> nth=1")
    assert page.inner_text("#answer .names") == "vector quantized"
    assert page.locator("#table tbody tr").count() == 5
    page.click("#purposes label >> nth=0")
    assert not page.is_visible("#cases")


def test_examples_of_what_it_does(page, models):
    assert page.inner_text("#examples figcaption").endswith(
        "Below: what vector quantized reconstructs from 9 choices of one of 16 patterns."
    )
    expected = 255 * np.clip(predict(models["vector_quantized"], make_data(SHAPE).test[:1]), 0, 1)[0, ..., 0]
    np.testing.assert_allclose(pixels(page, "#examples canvas >> nth=6"), expected, atol=1)


def test_the_table_sorts(page):
    def first_column():
        return page.eval_on_selector_all("#table tbody tr", "(rows) => rows.map((row) => row.cells[0].textContent)")

    page.click("#table thead button >> nth=0")
    assert first_column() == sorted(first_column(), key=str.lower)
    assert page.get_attribute("#table thead th >> nth=0", "aria-sort") == "ascending"
    page.keyboard.press("Enter")  # the focus has stayed on the heading
    assert page.get_attribute("#table thead th >> nth=0", "aria-sort") == "descending"
    page.click("#table thead button >> nth=7")
    assert first_column()[-1] == "mean image", "what has no such score comes last"


def test_values_show_under_the_pointer_and_at_the_focus(page):
    for show in (lambda mark: mark.hover(force=True), lambda mark: mark.focus()):
        show(page.locator("#cost g[role=img] >> nth=0"))
        assert re.search(r"vector quantized: 0.004, 100 multiply-adds", page.inner_text("#tip"))
        page.evaluate("document.activeElement.blur()")
        page.mouse.move(0, 0)
        assert not page.is_visible("#tip")


def test_every_look_is_drawn_unlike_all_others(page):
    drawn = page.evaluate("known.palette.map((look) => mark(look, 6, 6, 5).outerHTML)")
    assert len(drawn) == len(COLOURS) * len(MARKERS) == len(set(drawn))


def test_every_network_gives_back_what_keras_does(page, models):
    """To 1e-4 of Keras with the same weights, which are rounded; both within [0, 1]."""
    images = make_data(SHAPE).test[:20]
    answers = page.evaluate(
        """async (n) => { const found = [];
        for (let i = 0; i < n; i++) {
            const { answer } = await ask("restore", { image: testImage(i), clean: testImage(i), bits: 0 });
            found.push(answer.map(({ name, output, error }) => ({ name, error, output: [...output] })));
        }
        return found; }""",
        len(images),
    )
    for name, model in models.items():
        expected = np.clip(predict(model, images), 0, 1)
        own = [next(answer for answer in by_name if answer["name"] == name) for by_name in answers]
        np.testing.assert_allclose([answer["output"] for answer in own], expected.reshape(20, -1), atol=1e-4)
        errors = np.mean(np.square(images / 255 - expected), axis=(1, 2, 3))
        np.testing.assert_allclose([answer["error"] for answer in own], errors, atol=1e-6)


def test_an_error_ends_one_answer_alone(browser, file):
    """What is asked after it is answered, and the error is told."""
    opened = browser.new_page()
    opened.goto(file.as_uri())
    opened.wait_for_function("() => waiting.size === 0")
    told, answer = opened.evaluate(
        """async () => {
            const error = new Promise((resolve) => worker.addEventListener("error", (event) => resolve(event.message)));
            ask("back", { name: "nobody", images: [testImage(0)] });
            const { answer } = await ask("back", { name: "pca", images: [testImage(0)] });
            return [await error, answer.length];
        }"""
    )
    opened.close()
    assert "TypeError" in told and answer == 1


def test_a_hostile_class_name_is_text(page):
    assert page.locator("img").count() == 0
    assert HOSTILE in page.inner_text("#map .legend")
    assert HOSTILE in page.locator("#picks button").evaluate_all("(all) => all.map((b) => b.ariaLabel).join()")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_for_everybody(page, scheme, width):
    """axe-core finds nothing to complain of, and nothing is wider than the window."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_in_print(page):
    page.emulate_media(media="print")
    assert page.is_visible("#answer") and page.is_visible("#table") and page.is_visible("#tiles")
    assert not page.is_visible("#pad") and not page.is_visible("#shuffle")


def test_a_picture_of_the_page_shows_what_the_networks_gave_back(file, tmp_path):
    take(file, tmp_path / "page.png")
    picture = Image.open(tmp_path / "page.png").convert("L")
    assert picture.size == (WIDTH, HEIGHT)
    examples = np.asarray(picture)[:200, 2 * WIDTH // 3 :]
    assert (examples < 50).mean() > 0.1, "images on black ground"
