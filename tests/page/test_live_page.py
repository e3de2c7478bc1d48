"""The live page as people use it, in Chromium: it opens from disk, answers, draws, and asks nobody."""

import json
import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import chromium
from helpers import METRICS, ROOT, make_data, metrics_file, result
from PIL import Image

from stages.architectures import deep, pca, variational, vector_quantized
from stages.common.params import read_params
from stages.evaluate.metrics_file import write
from stages.page.__main__ import content, rendered
from stages.page.networks.export import exported
from stages.page.networks.packing import BITS, text_of
from stages.train.autoencoder import predict
from tools.live import HEIGHT, WIDTH, take

pytestmark = pytest.mark.slow
SHAPE = (12, 12, 1)
HOSTILE = '</script><img src="https://example.org/x" onerror="alert(1)"><b>'
CODED = {"encoder_filters": [4, 8], "decoder_filters": [8, 4], "code_size": 4, "codebook_size": 16, "commitment": 0.1}
SCORED = {"deep": METRICS["deep"], "pca": METRICS["pca"], "variational": METRICS["variational"]}
SCORED["vector_quantized"] = metrics_file([0.004, 0.0041, 0.0039], generative=True)


@pytest.fixture(scope="module")
def models():
    """Networks of random weights, of which PCA is solved."""
    settings = (SHAPE, 6, "gelu", "linear", "squared_error")
    found = {
        "pca": pca.build(*settings),
        "deep": deep.build(*settings, hidden=[30]),
        "variational": variational.build(*settings, hidden=[30], beta=1.0, decoder_scale=1.0),
        "vector_quantized": vector_quantized.build(*settings, **CODED),
    }
    found["pca"].solve(make_data(SHAPE).train)
    return found


@pytest.fixture(scope="module")
def file(models, tmp_path_factory):
    """The page of a made-up data set whose class names are hostile."""
    folder = tmp_path_factory.mktemp("page")
    data = make_data(SHAPE)
    networks = {name: exported(model, name, data, 0, quantile=0.95) for name, model in models.items()}
    made = result(SCORED)
    for name, own in SCORED.items():
        write(folder / f"metrics/bars/{name}.json", own)
    references = {"tasks": [made["tasks"]["reconstruction"]._asdict()], "scores": made["references"], "classifier": {}}
    write(folder / "metrics/bars/references.json", references)
    (folder / "metrics/summary/bars").mkdir(parents=True)
    (folder / "metrics/summary/bars/reconstruction.json").write_text(json.dumps(made["tables"]["reconstruction"]))
    known = {
        "image_shape": list(SHAPE),
        "images": text_of(data.test),
        "labels": data.test_labels.tolist(),
        "classes": [HOSTILE, "upright"],
        "networks": networks,
        "left_out": ["deep"],
        "quantile": 0.95,
        "bits": BITS,
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        params = read_params(ROOT / "params.yaml")
        params |= {"architectures": list(SCORED), "data": {"bars": {"folder": {}}}}
        (folder / "index.html").write_text(rendered(content("bars", params, known)))
    return folder / "index.html"


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(browser, file):
    """The page, opened from disk; whatever it says on the console or asks for by then and later is an error."""
    said, asked = [], []
    context = browser.new_context()
    opened = context.new_page()
    opened.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("dialog", lambda dialog: said.append(f"dialog {dialog.message}"))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(file.as_uri())
    opened.wait_for_function("() => document.querySelector('#samples canvas') && waiting.size === 0")
    yield opened
    context.close()
    assert not said
    assert [url for url in asked if not url.startswith(("blob:", "data:"))] == [file.as_uri()]


def pixels(page, selector):
    """What a canvas shows, (height, width), in 0..255."""
    values = page.eval_on_selector(
        selector,
        "(c) => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].filter((_, i) => i % 4 == 0)",
    )
    return np.array(values).reshape(SHAPE[:2])


def tile(name):
    return f"#tiles figure:has(b:text-is('{name}'))"


def settled(page, act):
    """Acts, and waits until every network has answered what came of it."""
    before = page.evaluate("asked")
    act()
    page.wait_for_function("(before) => asked > before && waiting.size === 0", arg=before)


def test_it_says_what_to_take_and_behind_it_all_scores(page):
    assert page.inner_text("#answer .names") == "vector quantized"
    assert "sure to be the best of 4" in page.inner_text("#answer")
    rows = page.eval_on_selector_all("#table tbody tr", "(rows) => rows.map((row) => row.cells[0].textContent)")
    assert rows == ["vector quantized", "deep", "PCA", "variational", "mean image"]
    assert page.locator("#cost g[role=img]").count() == 4
    assert not page.is_visible("#rates"), "compression was not measured here"
    assert page.inner_text("#left-out") == "Too large for this page: deep."


def test_examples_of_what_it_does(page, models):
    assert page.inner_text("#examples figcaption").endswith(
        "Below: what vector quantized gives back from 9 choices of one of 16 patterns."
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


def test_tiles_show_what_the_networks_gave_back(page, models):
    settled(page, lambda: page.click("#picks button >> nth=3"))
    for name, shown in {"pca": "PCA", "deep": "deep"}.items():
        expected = 255 * np.clip(predict(models[name], make_data(SHAPE).test[3:4]), 0, 1)[0, :, :, 0]
        np.testing.assert_allclose(pixels(page, f"{tile(shown)} canvas"), expected, atol=1)
    assert page.locator("#tiles figure.best").count() == 1
    assert re.search(r"4 networks answered in \d+ ms. Lowest error: PCA", page.inner_text("#told"))


def test_drawing_with_the_mouse(page):
    settled(page, lambda: page.click("#clear"))
    assert pixels(page, "#pad").max() == 0
    before = pixels(page, f"{tile('PCA')} canvas")
    box = page.locator("#pad").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.2 * box["height"])
    page.mouse.down()
    settled(page, lambda: page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.8 * box["height"], steps=2))
    page.mouse.up()
    drawn = pixels(page, "#pad") > 128
    assert drawn[3:9, 5:7].all() and not drawn[:, :4].any(), "a stroke has no gaps"
    assert not np.array_equal(pixels(page, f"{tile('PCA')} canvas"), before)
    settled(page, lambda: page.click("#invert"))
    assert np.array_equal(pixels(page, "#pad") > 127, ~drawn)


def test_drawing_with_the_keyboard(page):
    settled(page, lambda: page.click("#clear"))
    page.focus("#pad")
    for key in ("ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
    settled(page, lambda: page.keyboard.press("Space"))
    settled(page, lambda: page.keyboard.press("Tab"))
    drawn = pixels(page, "#pad") > 128
    assert drawn[5, 5] and drawn.sum() < 9
    page.focus("#pad")
    settled(page, lambda: page.keyboard.press("Delete"))
    settled(page, lambda: page.keyboard.press("Tab"))
    assert pixels(page, "#pad").max() == 0


def error_of(page, name):
    return float(re.search(r"error ([\d.]+)", page.inner_text(tile(name)))[1])


def test_damage_and_bits(page):
    clean, undamaged = pixels(page, "#pad"), error_of(page, "PCA")
    for slider, value in {"noise": "0.4", "salt": "0.4", "block": "0.5"}.items():
        settled(page, lambda slider=slider, value=value: page.fill(f"#{slider}", value))
        assert np.array_equal(pixels(page, "#pad"), clean)
        assert not np.array_equal(pixels(page, "#damaged"), clean)
        assert error_of(page, "PCA") > undamaged
        settled(page, lambda: page.click("#undo"))
        assert error_of(page, "PCA") == undamaged
    coded = error_of(page, "vector quantized")
    settled(page, lambda: page.fill("#bits", "1"))
    assert error_of(page, "PCA") > undamaged, "fewer bits, larger error"
    assert error_of(page, "vector quantized") == coded, "a discrete latent has bits of its own"


def test_an_anomaly_is_told(page, models):
    images = make_data(SHAPE).test[:18]
    errors = np.square(images / 255 - predict(models["pca"], images)).mean(axis=(1, 2, 3))
    settled(page, lambda: page.click(f"#picks button >> nth={errors.argmin()}"))
    assert "as usual" in page.inner_text(tile("PCA"))
    settled(page, lambda: page.fill("#noise", "0.5"))
    assert "unusual" in page.inner_text(tile("PCA"))


def test_a_dropped_file_is_opened_and_its_name_is_text(page, tmp_path):
    picture = tmp_path / "<b>x<b>.png"
    Image.new("L", (60, 40), 255).save(picture)
    settled(page, lambda: page.set_input_files("#file", picture))
    assert page.inner_text("#file-told") == "<b>x<b>.png, made 12 x 12 pixels"
    assert pixels(page, "#pad").min() == 255
    broken = tmp_path / "broken.png"
    broken.write_text("no image")
    page.set_input_files("#file", broken)
    page.wait_for_function("() => document.getElementById('file-told').textContent.includes('no image that')")
    assert pixels(page, "#pad").min() == 255, "what was there is still there"


def test_a_hostile_class_name_is_text(page):
    assert page.locator("img").count() == 0
    assert HOSTILE in page.inner_text("#map .legend")
    assert HOSTILE in page.locator("#picks button").evaluate_all("(all) => all.map((b) => b.ariaLabel).join()")


def test_between_two_images(page, models):
    page.select_option("#network", "deep")
    page.locator("#map svg.chart").scroll_into_view_if_needed()
    box = page.locator("#map svg.chart").bounding_box()
    spots = page.evaluate("spots")
    start, end = spots[4], spots[9]
    at = [(box["x"] + x * box["width"] / 460, box["y"] + y * box["height"] / 460) for x, y in (start, end)]
    page.mouse.move(*at[0])
    page.mouse.down()
    settled(page, lambda: page.mouse.move(*at[1]))
    page.mouse.up()
    images = make_data(SHAPE).test
    first, last = (int(page.input_value(f"#{end}")) for end in ("from", "to"))
    assert first != last
    strip = [pixels(page, f"#between canvas >> nth={i}") for i in (0, 1, 10, 11)]
    assert np.array_equal(strip[0], images[first, :, :, 0]) and np.array_equal(strip[3], images[last, :, :, 0])
    expected = 255 * np.clip(predict(models["deep"], images[[first, last]]), 0, 1)[..., 0]
    np.testing.assert_allclose(strip[1:3], expected, atol=1)
    settled(page, lambda: page.fill("#from", "2"))
    settled(page, lambda: page.click("#take"))
    assert np.array_equal(pixels(page, "#pad"), images[2, :, :, 0])


def test_samples(page):
    page.select_option("#network", "vector_quantized")
    for source in ("mixture", "prior"):
        settled(page, lambda source=source: page.click(f"#sources button:has-text('{source}')"))
        assert page.locator(f"#samples canvas[aria-label*='{source}']").count() == 12
    page.select_option("#network", "deep")
    assert page.locator("#sources button").count() == 1, "without a prior there is none to draw from"


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


def test_the_keyboard_reaches_everything(page):
    reached = set()
    page.focus("nav a")
    for _ in range(200):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    controls = {"pad", "clear", "invert", "erase", "file", "shuffle", "noise", "salt", "block", "bits", "undo"}
    assert controls | {"network", "from", "to", "take"} <= reached
