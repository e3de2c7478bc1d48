"""The metrics file of an architecture: the headline is the mean of the scores, tasks without scores are left out."""

import weakref

import numpy as np
import pytest
from helpers import blobs, make_data, principal, with_references

from stages.common.registry import load
from stages.evaluate.code_prior import Coded, fit_code_prior
from stages.evaluate.functions import functions_of, remembering
from stages.evaluate.measures.cost import cost_of
from stages.evaluate.scores import metrics_of, scores_of
from stages.train import determinism


def built():
    determinism.reseed(0)
    build = load("architectures", "convolutional").build
    filters = {"encoder_filters": [2, 4], "decoder_filters": [4, 2]}
    return build((12, 12, 1), 6, "relu", "sigmoid", "squared_error", **filters, resampling="strides", latent="dense")


@pytest.mark.parametrize("labelled", [True, False])
def test_the_metrics_file(tasks, labelled):
    tasks = tasks | {"generation": {"images": 60}}
    data = with_references(make_data(labelled=labelled), tasks)
    model, functions = built(), {seed: principal(data, k) for seed, k in ((3, 12), (4, 5))}
    training = {"curves": {"3": {}, "4": {}}, "half_budget": {"gain": 0.04, "limited": True}}
    by_seed = {seed: scores_of(own, data, seed, tasks) for seed, own in functions.items()}
    found = metrics_of(model, by_seed, data, training)
    measured = [task for task in tasks if labelled or task != "features"]
    assert set(found) == {*measured, "cost", "scores", "facts", "curves"}
    assert set(found["scores"]) == {*measured, "latent_use"}
    for task in measured:
        about = load("evaluate/tasks", task).TASK
        assert set(found[task]) == set(about.headline)
        for name, mean in found[task].items():
            values = found["scores"][task][name]
            assert len(values) == 2 and mean == pytest.approx(np.mean(values))
            assert values[0] != values[1] or task == "anomaly"  # both tell noise
    assert found["facts"]["seen_classes"] == ([0] if labelled else [])
    assert found["curves"] == training["curves"] and found["facts"]["budget_limited"] == [True]
    assert found["facts"]["seeds"] == [3, 4] and found["facts"]["images"] == [400, 90, 200]


def test_cost_by_hand():
    cost = cost_of(built(), (12, 12, 1))
    encoder = 16 * 1 * 2 * 36 + 16 * 2 * 4 * 9 + 36 * 6
    decoder = 6 * 36 + 16 * 4 * 2 * 9 + 16 * 2 * 1 * 36
    assert cost["multiply_adds"] == encoder + decoder
    assert cost["latent_size"] == 6 and cost["compression_ratio"] == 24.0
    assert cost["model_bytes"] == 4 * cost["parameters"]


def test_a_split_is_encoded_once():
    """Several tasks want the latents of the same images; what is made of others, even equal ones, is not kept."""
    calls = []
    images = blobs(4, (8, 8, 1))
    ask = remembering(lambda images: calls.append(len(images)) or images + 1, (None, images))
    assert ask(images) is ask(images) and calls == [4]
    other = images.copy()
    assert ask(other) is not ask(other) and calls == [4, 4, 4]
    np.testing.assert_array_equal(ask(other), ask(images))


def test_latents_go_with_the_functions_that_keep_them():
    """At once, by the count of references: the next seed's come into their place."""
    images = blobs(60, (12, 12, 1))
    functions = functions_of(built(), images)
    functions.sample_mixture(5, 0)
    latents = weakref.ref(functions.encode(images))
    assert latents() is not None
    del functions
    assert latents() is None


def test_samples_from_the_mixture_need_training_images():
    model = built()
    assert functions_of(model).sample_mixture is None and functions_of(model).sample is None
    functions = functions_of(model, blobs(60, (12, 12, 1)))
    first, again, other = (functions.sample_mixture(5, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert first.shape == (5, 12, 12, 1) and not np.array_equal(first, other)


def test_a_discrete_latent_is_drawn_from_the_prior_over_its_codes():
    """Without training images it has its own prior; with them, each code depends on its neighbours."""
    determinism.reseed(0)
    options = {"code_size": 2, "codebook_size": 6, "commitment": 0.1}
    filters = {"encoder_filters": [2, 2], "decoder_filters": [2, 2]}
    model = load("architectures", "vector_quantized").build(
        (12, 12, 1), 6, "relu", "sigmoid", "squared_error", **filters, **options
    )
    train, validation = blobs(60, (12, 12, 1)), blobs(20, (12, 12, 1), seed=1)
    functions = functions_of(model, train, validation)
    samples = functions.sample(7, 0)
    np.testing.assert_array_equal(samples, functions.sample(7, 0))
    assert samples.shape == (7, 12, 12, 1) and not np.array_equal(samples, functions_of(model).sample(7, 0))
    known, held = (Coded(functions.code(images), functions.encode(images)) for images in (train, validation))
    prior = fit_code_prior(known, held, (3, 3), 6)
    expected = model.decode(model.codebook.look_up(prior.draw(7, 0).astype("int32")))
    np.testing.assert_allclose(samples, np.clip(expected, 0, 1), atol=1e-6)
