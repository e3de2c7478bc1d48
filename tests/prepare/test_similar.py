"""Images that look almost the same are found, others are not."""

import numpy as np
from PIL import Image
from skimage.filters import gaussian

from stages.prepare.reader import Picture
from stages.prepare.similar import near_duplicates, perceptual_hash


def scenes(count):
    random = np.random.default_rng(0)
    return [Image.fromarray(np.uint8(255 * _scaled(gaussian(random.random((60, 80)), 3)))) for _ in range(count)]


def _scaled(values):
    return (values - values.min()) / np.ptp(values)


def row(name, image, group=None, dtype=np.uint8):
    values = np.asarray(image).astype(dtype)
    values = values.reshape(*values.shape[:2], -1) * (1 if dtype == np.uint8 else 100)
    return {"name": name, "group": group, "hash": perceptual_hash(Picture(values, "PNG", "L", 8))}


def test_the_same_at_another_size_or_brightness():
    images = scenes(20)
    rows = [row(str(i), image) for i, image in enumerate(images)]
    assert near_duplicates(rows) == []
    noise = np.random.default_rng(1).normal(0, 3, (60, 80))
    again = {
        "small": images[0].resize((40, 30)),
        "dark": images[1].point(lambda value: value // 2),
        "frame": np.uint8(np.clip(np.asarray(images[2]) + noise, 0, 255)),
        "colour": images[3].convert("RGB"),
    }
    rows += [row(name, image) for name, image in again.items()] + [row("12 bits", images[4], dtype=np.uint16)]
    found = near_duplicates(rows)
    assert found == [(str(i), name) for i, name in enumerate([*again, "12 bits"])]


def test_images_of_one_group_may_be_alike():
    image = scenes(1)[0]
    assert near_duplicates([row("a", image, "x"), row("b", image, "x")]) == []
    assert near_duplicates([row("a", image, "x"), row("b", image, "y")]) == [("a", "b")]
    assert near_duplicates([]) == []
