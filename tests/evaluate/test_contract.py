"""What every task has to keep, whatever it measures."""

import numpy as np
import pytest
from helpers import SHAPE, make_data, principal, with_references

from stages.common.registry import load, names
from stages.evaluate.measures.resampling import RESAMPLES
from stages.evaluate.references import described
from stages.validate.blocks import check, keywords


@pytest.fixture(
    scope="module", params=[(SHAPE, True), ((9, 14, 3), False)], ids=["grey, labelled", "colour, no labels"]
)
def any_data(request, tasks):
    return with_references(make_data(*request.param), tasks)


@pytest.mark.parametrize("task", names("evaluate/tasks"))
def test_contract(task, any_data, tasks):
    module = load("evaluate/tasks", task)
    about = module.TASK
    assert about.measure in about.headline and about.measure in about.columns and about.label
    assert about.margin in ("relative", "absolute") and about.better in ("lower", "higher")
    data, model = any_data, principal(any_data)
    scores = module.score(model, data, 0, **tasks[task])
    if task == "features" and data.train_labels is None:
        assert scores == {} and data.references[task] == {}
        return
    assert set(about.headline) | {name for name in about.columns if not name.endswith("_prior")} <= set(scores)
    for name, value in scores.items():
        assert isinstance(value, float | list), name
        assert not isinstance(value, float) or np.isfinite(value), name
    for own in [scores, *data.references[task].values()]:
        values = own[f"{about.measure}_resampled"]
        assert len(values) == RESAMPLES and np.isfinite(values).all()
        if task != "generation":  # the Frechet distance of resampled images is larger, as it should be
            assert np.mean(values) == pytest.approx(own[about.measure], rel=0.1, abs=0.2)
    assert set(about.bounds) <= set(data.references[task])
    assert module.score(model, data, 0, **tasks[task]) == scores


@pytest.mark.parametrize("task", names("evaluate/tasks"))
def test_references_take_the_same_options(task, tasks):
    module = load("evaluate/tasks", task)
    assert keywords(module.references) == keywords(module.score)
    check(keywords(module.score), tasks[task], f"tasks.{task}")


def test_what_a_task_says_of_itself_travels_with_the_scores(tasks):
    for (name, options), said in zip(tasks.items(), described(tasks), strict=True):
        assert said["name"] == name and said["options"] == options
        assert said["about"] and said["about"] in " ".join(load("evaluate/tasks", name).__doc__.split())
