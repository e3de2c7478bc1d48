"""The live page of a made-up data set, open in Chromium."""

import json

import pytest
from browser import HOSTILE, SHAPE, chromium
from helpers import METRICS, ROOT, make_data, metrics_file, result

from stages.architectures import deep, pca, variational, vector_quantized
from stages.common.params import read_params
from stages.evaluate.metrics_file import write
from stages.page.__main__ import content, rendered
from stages.page.networks.export import exported
from stages.page.networks.packing import BITS, text_of

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
