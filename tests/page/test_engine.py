"""The engine of the live page, in Chromium, against Keras: every layer, every architecture."""

import itertools

import keras
import numpy as np
import pytest
from browser import chromium
from helpers import ROOT, blobs, make_data
from keras import layers

from stages.architectures.vector_quantized import Codebook
from stages.common.registry import names
from stages.evaluate.measures.anomaly_map import as_grey, fitted_map
from stages.evaluate.measures.detectors import errors_and_latents
from stages.evaluate.model_functions import fit_mixture, functions_of
from stages.page.networks.export import exported, rounded_score, written_map, written_score
from stages.page.networks.layers import ACTIVATIONS, OPTIONS, described, halved, packed, text_of, weights_of
from stages.train.autoencoder import predict
from stages.train.build import build
from stages.train.settings import cell_of

pytestmark = pytest.mark.slow
SAME = {"padding": "same"}
LAYERS = {  # a layer and the shape that it is given
    "dense": (layers.Dense(5, "elu"), (7,)),
    "dense on maps": (layers.Dense(5), (3, 2, 4)),
    "without a bias": (layers.Dense(5, use_bias=False), (7,)),
    "convolution": (layers.Conv2D(3, 3, activation="relu", **SAME), (5, 6, 2)),
    "halving": (layers.Conv2D(3, 4, 2, **SAME), (8, 6, 2)),
    "halving odd sizes": (layers.Conv2D(3, 4, 2, **SAME), (9, 7, 2)),
    "an uneven kernel": (layers.Conv2D(3, (2, 5), (1, 3), **SAME), (6, 8, 1)),
    "valid": (layers.Conv2D(3, 3, 2), (8, 7, 2)),
    "transposed, valid": (layers.Conv2DTranspose(2, 3, 2), (4, 3, 2)),
    "pooling, valid": (layers.MaxPooling2D(2), (7, 5, 3)),
    "1 x 1": (layers.Conv2D(4, 1, **SAME), (3, 3, 2)),
    "transposed": (layers.Conv2DTranspose(3, 4, 2, activation="gelu", **SAME), (4, 3, 5)),
    "transposed, uneven": (layers.Conv2DTranspose(2, (3, 2), (2, 3), **SAME), (4, 3, 2)),
    "transposed, stride 1": (layers.Conv2DTranspose(2, 3, **SAME), (4, 3, 2)),
    "pooling": (layers.MaxPooling2D(2, **SAME), (6, 4, 3)),
    "pooling odd sizes": (layers.MaxPooling2D(2, **SAME), (7, 5, 3)),
    "upsampling": (layers.UpSampling2D((2, 3)), (3, 4, 2)),
    "cropping": (layers.Cropping2D(((1, 2), (0, 1))), (6, 5, 2)),
    "normalisation": (layers.LayerNormalization(), (4, 3, 6)),
    "permutation": (layers.Permute((1, 3, 2, 4, 5)), (2, 3, 4, 2, 3)),
    "reshape": (layers.Reshape((4, 6)), (2, 3, 4)),
    "flat": (layers.Flatten(), (2, 3, 4)),
    "dropout": (layers.Dropout(0.5), (7,)),
    "codebook": (Codebook(9, 3), (12,)),
    **{f"activation {name}": (layers.Activation(name), (50,)) for name in ACTIVATIONS},
}


@pytest.fixture(scope="module")
def page():
    with chromium() as browser:
        opened = browser.new_page()
        opened.add_script_tag(content=(ROOT / "stages/page/engine.js").read_text())
        yield opened


def moved(model, seed=0):
    """The model with weights that are none of the ones and zeros that it starts with."""
    random = np.random.default_rng(seed)
    model.set_weights([weight + random.normal(0, 0.1, weight.shape) for weight in model.get_weights()])
    return model


def run(page, network, inputs):
    """What the engine makes of inputs (n, ...), as Keras would shape it."""
    weights = [weight.ravel() for layer in network.layers for weight in weights_of(layer)]
    own = {"encoder": described(network), "decoder": [], "weights": packed(np.concatenate([*weights, np.zeros(0)]))}
    shape = list(network.input_shape[1:])
    outputs = page.evaluate(
        "async ([own, inputs, shape]) => { const { encoder } = await engine.load(own, shape);"
        " return inputs.map((x) => [...engine.run(encoder, Float32Array.from(x), shape)]); }",
        [own, inputs.reshape(len(inputs), -1).tolist(), shape],
    )
    return np.array(outputs).reshape(-1, *network.output_shape[1:])


@pytest.mark.parametrize("name", LAYERS)
def test_layer(page, name):
    layer, shape = LAYERS[name]
    network = moved(keras.Sequential([keras.Input(shape), type(layer).from_config(layer.get_config())]))
    network.set_weights([weight.astype("float16").astype("float32") for weight in network.get_weights()])
    inputs = np.random.default_rng(1).normal(0, 2, (3, *shape)).astype("float32")
    np.testing.assert_allclose(run(page, network, inputs), network.predict(inputs, verbose=0), atol=2e-6, rtol=2e-6)


def test_sum(page):
    images = keras.Input((4, 4, 2))
    network = moved(keras.Model(images, layers.Add()([images, layers.Conv2D(2, 3, padding="same")(images)])))
    network.set_weights([weight.astype("float16").astype("float32") for weight in network.get_weights()])
    inputs = np.random.default_rng(1).normal(0, 2, (3, 4, 4, 2)).astype("float32")
    np.testing.assert_allclose(run(page, network, inputs), network.predict(inputs, verbose=0), atol=2e-6)


def test_every_layer_that_is_written_is_tested():
    assert {type(layer).__name__ for layer, _ in LAYERS.values()} | {"Add"} == set(OPTIONS)


def test_half_precision(page):
    values = np.arange(2**16, dtype=np.uint16).view(np.float16)
    values = values[np.isfinite(values)]
    read = page.evaluate("(text) => [...engine.halves(text)]", text_of(values))
    assert np.array_equal(np.array(read), values.astype(float))
    for count in (len(values), len(values) - 1, 1, 0):
        read = page.evaluate("async (text) => [...await engine.unpacked(text)]", packed(values[:count]))
        assert np.array_equal(np.array(read), values[:count].astype(float))


def test_bits(page):
    """With one bit a number is either end of its range; each further bit at least halves the error."""
    latents = np.linspace(-1, 3, 2000)
    network = {"low": [-1.0] * 2000, "high": [3.0] * 2000}
    errors = []
    for bits in range(1, 9):
        call = "([network, latents, bits]) => [...engine.quantised(network, Float32Array.from(latents), bits)]"
        found = np.array(page.evaluate(call, [network, latents.tolist(), bits]))
        assert len(np.unique(found.round(4))) == 2**bits
        errors.append(np.abs(found - latents).max())
    assert errors[0] <= 2 and all(after < 0.55 * before for before, after in itertools.pairwise(errors))
    beyond = page.evaluate(call, [{"low": [0, 2], "high": [1, 2]}, [9, 9], 2])
    assert beyond == [1, 2], "what lies outside goes to the nearer end; a latent that never varies stays where it was"


def written(model, name):
    """What the engine loads of a model, whose weights are rounded."""
    own = {"weights": packed(halved(model, name)), "latent_size": model.decoder.input_shape[1]}
    return own | {"encoder": model.encoder and described(model.encoder), "decoder": described(model.decoder)}


@pytest.mark.parametrize("size", [1, 5, 70])
def test_anomaly_scores(page, size):
    """Those of Python, of latents that half precision could not hold unscaled, from within to far beyond the tails."""
    random = np.random.default_rng(0)
    latents = 1e-4 * np.concatenate([random.normal(0, 1, (200, size)), random.normal(4, 0.1, (200, size))])
    scale = float(latents.std())
    score = rounded_score(fit_mixture(latents, 0), random.gamma(2, size=300), latents[:300], scale)
    errors = np.concatenate([random.gamma(2, size=200), np.linspace(0, 100, 200)])
    empty = {"encoder": [], "decoder": [], "weights": packed(np.zeros(0))}
    given = (latents * np.repeat([[1], [3]], 200, axis=0)).astype(np.float32)
    expected = score.of(errors, given)
    found = page.evaluate(
        "async ([own, errors, latents]) => { const network = await engine.load(own, []);"
        " return latents.map((own, i) => engine.anomalyScore(network, errors[i], Float32Array.from(own))); }",
        [empty | {"score": written_score(score, scale)}, errors.tolist(), given.tolist()],
    )
    assert expected.min() < 1 and expected.max() > 50
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


SHAPES = {"digits": (16, 16, 1), "odd, in colour": (9, 7, 3)}


@pytest.mark.parametrize("shape", [*SHAPES.values(), (70, 64, 3), (1, 5, 1)])
def test_anomaly_maps(page, shape):
    """Those of Python, of errors from usual ones to a block far beyond the threshold; and the same pictures."""
    random = np.random.default_rng(0)
    images = blobs(60, shape)
    blurred = (images / 2 + np.roll(images, 1, axis=2) / 2) / 255
    restored = np.clip(blurred + random.normal(0, 0.01, images.shape), 0, 1).astype(np.float32)
    written = written_map(images[:40], restored[:40], 0.9)
    known, largest = fitted_map(images[:40] / np.float32(255), restored[:40])
    restored[50:, : shape[0] // 2 + 1, : shape[1] // 3] = 1
    given, threshold = images[40:] / np.float32(255), float(np.quantile(largest, 0.9))
    expected = known.of(given, restored[40:])
    own = {"encoder": [], "decoder": [], "weights": packed(np.zeros(0)), "map": written}
    maps, greys = page.evaluate(
        """async ([own, images, outputs, shape]) => {
            const network = await engine.load(own, shape);
            const maps = images.map((image, i) => engine.anomalyMap(network, image, outputs[i]));
            return [maps.map((map) => [...map]), maps.map((map) => [...engine.asGrey(network.map, map)])];
        }""",
        [own, given.reshape(20, -1).tolist(), restored[40:].reshape(20, -1).tolist(), list(shape)],
    )
    assert written["threshold"] == threshold and known.slope > 0
    assert expected.min() < threshold < expected.max() / 2
    np.testing.assert_allclose(np.array(maps).reshape(expected.shape), expected, rtol=1e-3)
    greys = 255 * np.array(greys).reshape(expected.shape)
    np.testing.assert_allclose(greys, as_grey(expected, threshold), atol=1.01)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("architecture", [*names("architectures"), "convolutional, pooled"])
def test_architecture(page, params, architecture, shape):
    """Images through encoder and decoder: as Keras gives them back, with the same rounded weights."""
    architecture, _, pooled = architecture.partition(", ")
    if pooled:
        params["architecture"]["convolutional"] |= {"resampling": "pooling"}
    params["training"]["output"] = "linear"
    model = build(cell_of(params, "digits", architecture), SHAPES[shape])
    for seed, part in enumerate(model.parts, start=1):
        moved(part, seed)
    own = written(model, architecture)
    images = blobs(4, SHAPES[shape])
    found = page.evaluate(
        "async ([own, images, shape]) => { const network = await engine.load(own, shape);"
        " return images.map((x) => [...engine.reconstruct(network, Float32Array.from(x))]); }",
        [
            own,
            (images.reshape(4, -1) / np.float32(255)).tolist(),
            list(SHAPES[shape]),
        ],
    )
    expected = np.clip(predict(model, images), 0, 1)
    assert expected.std() > 0.02, "an empty image would tell nothing"
    np.testing.assert_allclose(np.array(found).reshape(expected.shape), expected, atol=1e-4)


@pytest.mark.parametrize("architecture", ["pca", "variational", "vector_quantized"])
def test_anomaly_scores_of_networks(page, params, architecture):
    """Of the same images as in Python, with the same rounded weights; and the same verdicts."""
    data = make_data((16, 16, 1))
    model = build(cell_of(params, "digits", architecture), (16, 16, 1))
    model.start_at_mean(data.train)
    own = exported(model, architecture, data, 0, quantile=0.9)
    functions = functions_of(model, data.train)
    scale = float(functions.encode(data.train).std())
    score = rounded_score(functions.mixture(0), *errors_and_latents(functions, data.validation), scale)
    images = np.concatenate([data.test[:20], data.anomalies[:20]])
    expected = score.of(*errors_and_latents(functions, images))
    found = page.evaluate(
        """async ([own, images, shape]) => {
            const network = await engine.load(own, shape);
            return images.map((given) => {
                const image = Float32Array.from(given), latents = engine.encode(network, image);
                return engine.anomalyScore(network, engine.error(engine.decode(network, latents), image), latents);
            });
        }""",
        [own, (images.reshape(40, -1) / np.float32(255)).tolist(), [16, 16, 1]],
    )
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)
    np.testing.assert_array_equal(np.array(found) > own["threshold"], expected > own["threshold"])
    assert np.mean(expected[20:] > own["threshold"]) > 0.9


@pytest.mark.parametrize(("dataset", "shape", "most"), [("digits", (16, 16, 1), 50), ("mnist", (28, 28, 1), 300)])
def test_all_networks_answer_in_time(page, params, dataset, shape, most):
    """One after the other, in milliseconds, once the browser has compiled what they run; the quickest of many times,
    for what else the machine does is not theirs."""
    own = [written(build(cell_of(params, dataset, name), shape), name) for name in params["architectures"]]
    times = page.evaluate(
        """async ([own, image, shape, most]) => {
            const networks = await Promise.all(own.map((one) => engine.load(one, shape)));
            const times = [], begin = performance.now(), x = Float32Array.from(image);
            while (Math.min(...times) >= most && performance.now() < begin + 20_000) {
                const start = performance.now();
                for (const network of networks) engine.reconstruct(network, x);
                times.push(performance.now() - start);
            }
            return times;
        }""",
        [own, (blobs(1, shape).ravel() / 255).tolist(), list(shape), most],
    )
    assert min(times) < most, times
