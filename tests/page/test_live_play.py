"""What one can do with the networks of the live page: draw, damage, drop a file, walk between images, sample."""

import re

import numpy as np
import pytest
from browser import SHAPE, pixels, settled
from helpers import make_data
from PIL import Image

from stages.evaluate.measures.anomaly_map import as_grey, fitted_map
from stages.train.autoencoder import predict

pytestmark = pytest.mark.slow


def tile(name):
    return f"#tiles figure:has(b:text-is('{name}'))"


def test_tiles_show_what_the_networks_gave_back(page, models):
    settled(page, lambda: page.click("#picks button >> nth=3"))
    for name, shown in {"pca": "PCA", "deep": "deep"}.items():
        expected = 255 * np.clip(predict(models[name], make_data(SHAPE).test[3:4]), 0, 1)[0, :, :, 0]
        np.testing.assert_allclose(pixels(page, f"{tile(shown)} canvas"), expected, atol=1)
    assert page.locator("#tiles figure.best").count() == 1
    assert re.search(r"5 networks answered in \d+ ms. Lowest error: RED-Net", page.inner_text("#told"))


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
    coded, whole = error_of(page, "vector quantized"), error_of(page, "RED-Net")
    settled(page, lambda: page.fill("#bits", "1"))
    assert error_of(page, "PCA") > undamaged, "fewer bits, larger error"
    assert error_of(page, "vector quantized") == coded, "a discrete latent has bits of its own"
    assert error_of(page, "RED-Net") == whole, "without a latent nothing is rounded"


def test_an_anomaly_is_told(page, models):
    images = make_data(SHAPE).test[:18]
    errors = np.square(images / 255 - predict(models["pca"], images)).mean(axis=(1, 2, 3))
    settled(page, lambda: page.click(f"#picks button >> nth={errors.argmin()}"))
    assert "as usual" in page.inner_text(tile("PCA"))
    settled(page, lambda: page.fill("#noise", "0.5"))
    assert re.search(r"unusual: one in (over a million|[\d,]+)$", page.inner_text(tile("PCA")))


def test_anomaly_maps_are_shown_where_they_are_asked_for(page, models):
    """As in Python; an image without a pixel above the threshold stays dark, a damaged one does not."""
    data, shown = make_data(SHAPE), f"{tile('PCA')} canvas.map"
    restored = np.clip(predict(models["pca"], data.validation), 0, 1)
    known, largest = fitted_map(data.validation / np.float32(255), restored)
    images, threshold = data.test[:18] / np.float32(255), np.quantile(largest, 0.95)
    maps = known.of(images, np.clip(predict(models["pca"], data.test[:18]), 0, 1))
    quiet = maps.max(axis=(1, 2)).argmin()
    settled(page, lambda: page.click(f"#picks button >> nth={quiet}"))
    assert not page.is_visible(shown)
    settled(page, lambda: page.check("#maps"))
    np.testing.assert_allclose(pixels(page, shown), as_grey(maps[quiet], threshold), atol=1)
    assert pixels(page, shown).max() < 128
    settled(page, lambda: page.fill("#noise", "0.5"))
    assert pixels(page, shown).max() > 128
    assert not page.is_visible(f"{tile('RED-Net')} canvas.map"), "which has no latent"
    settled(page, lambda: page.uncheck("#maps"))
    assert not page.is_visible(shown)


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


def test_between_two_images(page, models):
    offered = page.eval_on_selector_all("#network option", "(all) => all.map((one) => one.value)")
    assert set(offered) == set(models) - {"red_net"}, "which has no latent"
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


def test_the_keyboard_reaches_everything(page):
    reached = set()
    page.focus("nav a")
    for _ in range(200):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    controls = {"pad", "clear", "invert", "erase", "file", "shuffle", "maps", "noise", "salt", "block", "bits", "undo"}
    assert controls | {"network", "from", "to", "take"} <= reached
