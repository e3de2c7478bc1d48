"""What every task has to keep, whatever it measures."""

import subprocess
import sys

import numpy as np
import pytest
from helpers import ROOT, SHAPE, VERDICTS, make_data, principal, with_references

from stages.check.blocks import keywords, parse
from stages.common.json_file import gathered
from stages.common.registry import load, names
from stages.common.task import Task
from stages.evaluate.measures.resampling import RESAMPLES
from stages.evaluate.references import described
from stages.judge.ranking import good_enough


@pytest.fixture(
    scope="module", params=[(SHAPE, True), ((9, 14, 3), False)], ids=["grey, labelled", "colour, no labels"]
)
def any_data(request, tasks):
    return with_references(make_data(*request.param), tasks)


@pytest.mark.parametrize("task", names("evaluate/tasks"))
def test_contract(task, any_data, tasks):
    module = load("evaluate/tasks", task)
    about = Task(**described({task: tasks[task]})[0])
    main = [case.measure for case in about.by_case().values()]
    assert set(about.headline) & set(main) and about.label
    assert not about.measure or about.measure == next(iter(about.columns))  # whose heading is that of what ranks
    assert len(set(main)) == len(main) == len(about.by_case()) and not set(main) & set(about.columns) - {about.measure}
    assert about.margin in ("relative", "absolute") and about.better in ("lower", "higher")
    data, model = any_data, principal(any_data)
    scores = module.score(model, data, 0, **tasks[task])
    if task == "features" and data.train_labels is None:
        assert scores == {} and data.references[task] == {}
        return
    columns = {name for name in about.columns if not name.endswith("_prior")}
    assert set(about.headline) | set(main) | columns <= set(scores)
    assert set(about.usable) <= set(scores)
    for case in about._replace(name=task).by_case().values():
        assert case.measure not in scores or good_enough(gathered([scores]), case, VERDICTS) in (True, False)
    for name, value in scores.items():
        assert isinstance(value, float | list), name
        assert not isinstance(value, float) or np.isfinite(value), name
    for own in [scores, *data.references[task].values()]:
        for measure in (measure for measure in main if measure in own):  # who has none is not in the case
            values = own[f"{measure}_resampled"]
            assert len(values) == RESAMPLES and np.isfinite(values).all()
            if task != "generation":  # the Frechet distance of resampled images is larger, as it should be
                assert np.mean(values) == pytest.approx(own[measure], rel=0.1, abs=0.2)
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
    functions = [getattr(module, name) for name in ("references", "method", "score", "cases") if hasattr(module, name)]
    assert len({str(keywords(function).model_fields) for function in functions}) == 1
    parse(keywords(module.score), tasks[task], f"tasks.{task}")


def test_what_a_task_says_of_itself_travels_with_the_scores(tasks):
    for (name, options), said in zip(tasks.items(), described(tasks), strict=True):
        assert said["name"] == name and said["options"] == options
        assert said["about"] and said["about"] in " ".join(load("evaluate/tasks", name).__doc__.split())
        assert said["method"] == load("evaluate/tasks", name).method(**options)
        assert said["method"][0].isupper() and said["method"].endswith(".") and "\n" not in said["method"]


def test_the_method_says_which_options_there_are(tasks):
    texts = {said["name"]: said["method"] for said in described(tasks)}
    assert "of 2,000 test images" in texts["compression"] and "at most 0.1, 0.2, 0.45 bits" in texts["compression"]
    levels = ", ".join(map(str, tasks["denoising"]["gaussian"]))
    assert f"Gaussian noise of sigma {levels}, clipped" in texts["denoising"]
    assert f"above the {100 * tasks['anomaly']['quantile']:.0f} % quantile" in texts["anomaly"]


@pytest.mark.parametrize("task", names("evaluate/tasks"))
def test_whoever_warns_says_when(task):
    module = load("evaluate/tasks", task)
    assert hasattr(module, "warnings") == hasattr(module, "RULE")
    assert not getattr(module, "RULE", "").endswith(".")  # the report ends the sentence


def test_warnings_are_read_without_what_scoring_needs():
    code = """
import sys
from stages.common.registry import load, names
from stages.judge.warnings import rules
print(rules(names("evaluate/tasks"), 0.25), *sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert not {"tensorflow", "keras", "sklearn", "skimage", "scipy.stats", "matplotlib"} & set(done.stdout.split())
