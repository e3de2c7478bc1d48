"""The live page of a made-up data set, open in Chromium."""

import json

import numpy as np
import pytest
from browser import HOSTILE, SHAPE, chromium
from helpers import METRICS, ROOT, make_data, metrics_file, result, task_of

from stages.architectures import deep, pca, red_net, variational, vector_quantized
from stages.common.json_file import write
from stages.common.params import read_params
from stages.common.results import write_verdicts
from stages.page.__main__ import content, rendered
from stages.page.networks.export import exported
from stages.page.networks.layers import BITS, text_of
from stages.train.settings import NetworkSpec

CODED = {"encoder_filters": [4, 8], "decoder_filters": [8, 4], "code_size": 4, "codebook_size": 16, "commitment": 0.1}
SCORED = {"deep": METRICS["deep"], "pca": METRICS["pca"], "variational": METRICS["variational"]}
SCORED["vector_quantized"] = metrics_file([0.004, 0.0041, 0.0039], generative=True)
SCORED["red_net"] = metrics_file([0.1, 0.1, 0.1])  # which is not for reconstruction
SCORED["red_net"]["facts"] |= {"multiply_adds": [90], "parameters": [9]}
SCORED["red_net"]["scores"] = {}


@pytest.fixture(scope="module")
def models():
    """Networks of random weights, of which PCA is solved."""
    spec = NetworkSpec(SHAPE, 6, "gelu", "linear", "squared_error")
    found = {
        "pca": pca.build(spec),
        "deep": deep.build(spec, hidden=[30]),
        "variational": variational.build(spec, hidden=[30], beta=1.0, decoder_scale=1.0),
        "vector_quantized": vector_quantized.build(spec, **CODED),
    }
    found["red_net"] = red_net.build(spec, filters=[4, 4, 4], noise="gaussian", strength=0.3)
    last = found["red_net"].decoder.get_layer("noise")
    last.kernel.assign(np.random.default_rng(0).normal(0, 0.1, last.kernel.shape))  # as trained: it changes images
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
        write(folder / f"metrics/bars/scores/{name}.json", own)
    tasks, rows = [made["tasks"]["reconstruction"], task_of("denoising")], made["tables"]["reconstruction"][""]
    references = {"tasks": [task._asdict() for task in tasks], "scores": made["references"], "classifier": {}}
    write(folder / "metrics/bars/references.json", references)
    decision = made["verdicts"]["tasks"]["reconstruction"]["cases"][""]
    nobody = decision | {"names": [], "words": decision["words"] | {"lead": "No method is good enough.", "cost": ""}}
    answers = {"noise of sigma 0.1": nobody, "noise of sigma 0.2": decision}
    made["verdicts"]["tasks"]["denoising"] = {"summary": "from noise of sigma 0.2 on: vector", "cases": answers}
    (folder / "metrics/bars/summary").mkdir(parents=True)
    (folder / "metrics/bars/summary/reconstruction.json").write_text(json.dumps(rows))
    noisy = [row | {"case": case} for case in answers for row in rows[: -1 if case == "noise of sigma 0.1" else None]]
    (folder / "metrics/bars/summary/denoising.json").write_text(json.dumps(noisy))
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
        write_verdicts("bars", made["verdicts"])
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
