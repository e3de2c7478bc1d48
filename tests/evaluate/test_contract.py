"""What every task has to keep, whatever it measures."""

import numpy as np
import pytest
from helpers import SHAPE, make_data, principal, with_references

from stages.common.registry import load, names
from stages.compare.ranking import usable
from stages.evaluate.measures.resampling import RESAMPLES
from stages.evaluate.metrics_file import gathered
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
    assert about.measure in about.headline and about.label
    assert about.measure == next(iter(about.columns))  # whose heading stands over the column that ranks
    assert about.margin in ("relative", "absolute") and about.better in ("lower", "higher")
    data, model = any_data, principal(any_data)
    scores = module.score(model, data, 0, **tasks[task])
    if task == "features" and data.train_labels is None:
        assert scores == {} and data.references[task] == {}
        return
    assert set(about.headline) | {name for name in about.columns if not name.endswith("_prior")} <= set(scores)
    assert set(about.usable) <= set(scores) and usable(gathered([scores]), about) in (True, False)
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


@pytest.mark.parametrize("any_data", [(SHAPE, True)], ids=["grey, labelled"], indirect=True)
@pytest.mark.parametrize("task", names("evaluate/tasks"))
def test_every_option_has_an_effect(task, any_data, tasks):
    data, model, score = any_data, principal(any_data), load("evaluate/tasks", task).score
    before = score(model, data, 0, **tasks[task])
    for name, value in tasks[task].items():
        if isinstance(value, int):  # a number of images, of which there are fewer than in a real data set
            other = 30
        else:
            other = [0.9 * level for level in value] if isinstance(value, list) else 0.9 * value
        assert score(model, data, 0, **tasks[task] | {name: other}) != before, f"tasks.{task}.{name}"


@pytest.mark.parametrize("task", names("evaluate/tasks"))
def test_references_take_the_same_options(task, tasks):
    module = load("evaluate/tasks", task)
    assert keywords(module.references) == keywords(module.score)
    check(keywords(module.score), tasks[task], f"tasks.{task}")


def test_what_a_task_says_of_itself_travels_with_the_scores(tasks):
    for (name, options), said in zip(tasks.items(), described(tasks), strict=True):
        assert said["name"] == name and said["options"] == options
        assert said["about"] and said["about"] in " ".join(load("evaluate/tasks", name).__doc__.split())
