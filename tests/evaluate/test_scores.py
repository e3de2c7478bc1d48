"""The metrics file of an architecture: the headline is the mean of the scores, tasks without scores are left out."""

import weakref

import numpy as np
import pytest
from helpers import blobs, make_data, principal, with_references

from stages.common.json_file import rounded
from stages.common.registry import load
from stages.evaluate.code_prior import Coded, fit_code_prior
from stages.evaluate.measures import latent_coder
from stages.evaluate.measures.cost import cost_of
from stages.evaluate.measures.latent_coder import sensitivity
from stages.evaluate.model_functions import functions_of, remembering
from stages.evaluate.references import described
from stages.evaluate.scores import metrics_of, scores_of, scores_of_budgets, whole
from stages.train import determinism
from stages.train.settings import NetworkSpec


def built():
    determinism.reseed(0)
    build = load("architectures", "convolutional").build
    filters = {"encoder_filters": [2, 4], "decoder_filters": [4, 2]}
    spec = NetworkSpec((12, 12, 1), 6, "relu", "sigmoid", "squared_error")
    return build(spec, **filters, resampling="strides", latent="dense")


@pytest.mark.parametrize("labelled", [True, False])
def test_the_metrics_file(tasks, labelled):
    tasks = tasks | {"generation": {"images": 60}}
    data = with_references(make_data(labelled=labelled), tasks)
    model, functions = built(), {seed: principal(data, k) for seed, k in ((3, 12), (4, 5))}
    training = {"curves": {"3": {}, "4": {}}, "budgets": {"epochs": [1, 2], "gain_of_second_half": 0.04}}
    by_seed = {seed: scores_of(own, data, seed, tasks) for seed, own in functions.items()}
    by_budget = scores_of_budgets([functions[4], functions[3]], data, 3, tasks)
    headlines = {task["name"]: task["headline"] for task in described(tasks)}
    found = metrics_of(model, by_seed, data, training, by_budget, headlines)
    measured = [task for task in tasks if labelled or task != "features"]
    assert set(found) == {*measured, "scores", "facts", "curves", "budgets"}
    assert set(found["scores"]) == {*measured, "latent_use"}
    for task in measured:
        assert set(found[task]) == set(headlines[task])
        for name, mean in found[task].items():
            values = found["scores"][task][name]
            assert len(values) == 2 and mean == pytest.approx(np.mean(values))
            assert values[0] != values[1] or task == "anomaly"  # both tell noise
    assert sum(map(len, headlines.values())) <= 8, "as many as a table has room for"
    assert found["facts"]["seen_classes"] == ([0] if labelled else [])
    assert found["curves"] == training["curves"] and found["facts"]["gain_of_second_half"] == [0.04]
    assert found["budgets"]["epochs"] == [1, 2] and set(found["budgets"]["scores"]) == {"reconstruction", "denoising"}
    for task, scores in found["budgets"]["scores"].items():
        for measure in headlines[task]:
            _, half = scores[measure]
            assert half == found["scores"][task][measure][0], "as the same model has it with all epochs"
    assert all(isinstance(value, float) for s in found["budgets"]["scores"].values() for v in s.values() for value in v)
    assert scores_of_budgets([], data, 3, tasks) == {}, "of what is solved"
    assert "budgets" not in metrics_of(model, by_seed, data, {"curves": {}}, {}, headlines)
    assert found["facts"]["seeds"] == [3, 4] and found["facts"]["images"] == [400, 90, 200]


def test_without_a_latent(tasks):
    """Scores of the tasks that it is for, and nothing of a latent."""
    data = make_data()
    spec = NetworkSpec((12, 12, 1), 6, "elu", "sigmoid", "squared_error")
    model = load("architectures", "red_net").build(spec, filters=[2, 3, 4], noise="gaussian", strength=0.3)
    functions = functions_of(model, data.train, data.validation, data.test)
    scores = scores_of(functions, data, 0, {"denoising": tasks["denoising"]})
    assert list(scores) == ["denoising"]
    headlines = {task["name"]: task["headline"] for task in described(tasks)}
    gains = [scores["denoising"][measure] for measure in headlines["denoising"]]
    assert gains == pytest.approx([0] * len(gains), abs=1e-6), "untrained it gives images as they came"
    found = metrics_of(model, {0: scores}, data, {"curves": {}}, {}, headlines)
    assert set(found) == {"denoising", "scores", "facts", "curves"}
    assert {"parameters", "multiply_adds", "model_bytes"} < set(found["facts"]) and "latent_size" not in found["facts"]
    (count,) = found["facts"]["multiply_adds"]
    assert count == 2 * (9 * 1 * 2 * 144 + 16 * 2 * 3 * 36 + 9 * 3 * 4 * 36)


def test_cost_by_hand():
    cost = cost_of(built(), (12, 12, 1))
    encoder = 16 * 1 * 2 * 36 + 16 * 2 * 4 * 9 + 36 * 6
    decoder = 6 * 36 + 16 * 4 * 2 * 9 + 16 * 2 * 1 * 36
    assert cost["multiply_adds"] == encoder + decoder
    assert cost["latent_size"] == 6 and cost["compression_ratio"] == 24.0
    assert cost["model_bytes"] == 4 * cost["parameters"]


def test_a_split_is_encoded_once():
    """Several tasks want the latents of the same images, or of a copy; what is made of others is not kept."""
    calls = []
    images = blobs(4, (8, 8, 1))
    ask = remembering(lambda images: calls.append(len(images)) or images + 1, (None, images))
    assert ask(images) is ask(images) is ask(images.copy()) and calls == [4]
    for other in (255 - images, images[:2], images.astype("float32") / 255):
        calls.clear()
        assert ask(other) is not ask(other) and calls == [len(other)] * 2


def test_a_coder_is_fitted_once_to_training_images(tasks, monkeypatch):
    """The score of compression and what is kept for its use share it."""
    calls, data = [], with_references(make_data(), {"compression": tasks["compression"]})
    monkeypatch.setattr(latent_coder, "sensitivity", lambda *given: calls.append(given) or sensitivity(*given))
    model, compression = functions_of(built(), data.train, data.validation), load("evaluate/tasks", "compression")
    scores = compression.score(model, data, 0, **tasks["compression"])
    compression.usage(model, data, 0, scores)
    assert len(calls) == 1
    assert compression.score(model._replace(coder=None), data, 0, **tasks["compression"]) == scores


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
    spec = NetworkSpec((12, 12, 1), 6, "relu", "sigmoid", "squared_error")
    model = load("architectures", "vector_quantized").build(spec, **filters, **options)
    train, validation = blobs(60, (12, 12, 1)), blobs(20, (12, 12, 1), seed=1)
    functions = functions_of(model, train, validation)
    samples = functions.sample(7, 0)
    np.testing.assert_array_equal(samples, functions.sample(7, 0))
    assert samples.shape == (7, 12, 12, 1) and not np.array_equal(samples, functions_of(model).sample(7, 0))
    known, held = (Coded(functions.code(images), functions.encode(images)) for images in (train, validation))
    prior = fit_code_prior(known, held, (3, 3), 6)
    expected = model.decode(model.codebook.look_up(prior.draw(7, 0).astype("int32")))
    np.testing.assert_allclose(samples, np.clip(expected, 0, 1), atol=1e-6)


def test_a_task_with_a_score_that_is_no_number_is_left_out():
    """At any depth; its name and the measure's are kept."""
    scores = {"one": {"a": [1.0, 2.0], "b": [[["x"], [0.5]]]}, "two": {"a": [1.0], "c": [[0.1, float("nan")]]}}
    assert whole(scores) == ({"one": scores["one"]}, ["two: c"])
    assert whole({"one": {"a": [float("inf")]}}) == ({}, ["one: a"])


def test_a_model_that_gives_no_numbers_leaves_its_tasks_out(tasks):
    data = with_references(make_data(labelled=False), {"reconstruction": {}})
    broken = principal(data)._replace(decode=lambda latents: np.full((len(latents), 12, 12, 1), np.nan))
    by_seed = {0: scores_of(broken, data, 0, {"reconstruction": {}})}
    found = metrics_of(built(), by_seed, data, {"curves": {}}, {}, {"reconstruction": ["mse"]})
    assert "reconstruction" not in found and "reconstruction" not in found["scores"]
    assert "reconstruction: mse, seed 0" in found["facts"]["not_finite"]


def test_a_seed_without_finite_scores_is_null_alone(tasks):
    """It takes no other seed's scores away, and no mean is taken over it."""
    data = with_references(make_data(labelled=False), {"reconstruction": {}})
    good = principal(data)
    broken = good._replace(decode=lambda latents: np.full((len(latents), 12, 12, 1), np.nan))
    by_seed = {seed: scores_of(own, data, seed, {"reconstruction": {}}) for seed, own in {3: good, 4: broken}.items()}
    found = rounded(metrics_of(built(), by_seed, data, {"curves": {}}, {}, {"reconstruction": ["mse"]}))
    scores = found["scores"]["reconstruction"]
    assert scores["mse"][0] == found["reconstruction"]["mse"] > 0 and scores["mse"][1] is None
    assert "reconstruction: mse, seed 4" in found["facts"]["not_finite"] and "seed 3" not in str(found["facts"])
    assert len(scores["mse_resampled"][0]) == 100 and set(scores["mse_resampled"][1]) == {None}
