"""Compression: codes in the right order, and bits that are really needed."""

import io

import numpy as np
import pytest
from helpers import SHAPE, blobs, principal
from PIL import Image

from stages.evaluate.measures.image_quality import psnr
from stages.evaluate.protocol import Functions
from stages.evaluate.tasks import compression


def test_compression_orders_codes(data, tasks):
    """The components themselves; the same, drowned in useless dimensions; a constant."""
    good = principal(data)
    random = np.random.default_rng(0)

    def padded(images):
        return np.hstack([good.encode(images), random.normal(0, 3, (len(images), 12)).astype(np.float32)])

    models = {
        "good": good,
        "padded": Functions(padded, lambda latents: good.decode(latents[:, :12])),
        "constant": Functions(lambda x: np.zeros((len(x), 4), np.float32), lambda z: np.full((len(z), *SHAPE), 0.5)),
    }
    gains = {n: compression.score(m, data, 0, **tasks["compression"])["psnr_gain"] for n, m in models.items()}
    assert gains["good"] > gains["padded"] > gains["constant"]
    assert data.references["compression"]["pca_coder"]["psnr_gain"] == pytest.approx(0)


def test_more_bits_cost_more_and_look_better(data, tasks):
    scores = compression.score(principal(data), data, 0, **tasks["compression"])
    assert (np.diff(scores["rates"]) > 0).all() and scores["psnrs"][-1] > scores["psnrs"][0]
    model = principal(data)
    exact = psnr(data.test / 255, np.clip(model.decode(model.encode(data.test)), 0, 1)).mean()
    assert scores["psnrs"][-1] == pytest.approx(exact, abs=0.1)


def test_a_discrete_code_is_counted_by_its_indices(data, tasks):
    random = np.random.default_rng(0)
    model = principal(data)._replace(code=lambda images: random.integers(0, 16, (len(images), 9)), codebook_size=16)
    scores = compression.score(model, data, 0, **tasks["compression"])
    assert scores["bits_per_pixel"] == pytest.approx(9 * 4 / np.prod(SHAPE[:2]), rel=0.05)
    assert len(scores["rates"]) == 1


def test_jpeg_without_header_leaves_out_what_all_files_share():
    images = blobs(2, (16, 16, 1))
    files = []
    for image in images:
        file = io.BytesIO()
        Image.fromarray(image.squeeze()).save(file, "JPEG", quality=50)
        files.append(file.getvalue())
    headers = {file[: len(file) - 2 - compression._scan_length(file)] for file in files}
    assert len(headers) == 1 and len(headers.pop()) > 300
    assert all(0 < compression._scan_length(file) < 200 for file in files)
