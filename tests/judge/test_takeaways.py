"""Takeaways: what the decisions on all data sets come to, in a few words for every use."""

import pytest
from helpers import METRICS, VERDICTS, method, metrics_file, rows_of, task_of

from stages.judge.__main__ import decided
from stages.judge.phrases import advantage
from stages.judge.takeaways import scope, takeaways

TASK = task_of("reconstruction")
TASKS = {"reconstruction": TASK}


def decision(metrics=METRICS, changes=None, **references):
    rows = rows_of(metrics, **references)
    rows = [row | changes(row) for row in rows] if changes else rows
    return {"reconstruction": decided({"": rows}, TASK, metrics, references, VERDICTS)}


def answers(decisions, tasks=TASKS):
    (told,) = takeaways(decisions, tasks)
    return told["lines"]


@pytest.fixture
def needless():
    return {"pca": metrics_file([0.01] * 3), "deep": metrics_file([0.0099, 0.0101, 0.01], 500)}


def test_one_data_set_is_not_named():
    (told,) = takeaways({"digits": decision()}, TASKS)
    assert (told["task"], told["use"]) == ("reconstruction", "Reconstruction") and told["about"].startswith(
        "error of the output on images not"
    )
    assert told["lines"] == ["vanilla, 50 % lower test MSE than PCA"]


def test_data_sets_with_the_same_answer_stand_together(needless):
    """What it gains is told over all of them; where nothing larger than a classical method pays, that has no gain."""
    single = {"pca": metrics_file([0.01]), "deep": metrics_file([0.005])}
    decisions = {"digits": decision(), "mnist": decision(needless), "cifar10": decision(single)}
    decisions["fashion_mnist"] = decision(wavelet=method([0.02] * 3))
    said = "vanilla, 50 to 75 % lower test MSE than the best classical method"
    assert answers(decisions) == [
        f"digits and Fashion-MNIST: {said}; MNIST: PCA (classical); CIFAR-10: no verdict from one seed"
    ]
    everywhere = {"digits": decisions["digits"], "mnist": decisions["fashion_mnist"]}
    assert answers(everywhere) == [said]


def test_a_use_that_a_data_set_lacks_says_where_it_was_compared():
    decisions = {"digits": decision(), "photos": {}}
    assert answers(decisions) == ["digits: vanilla, 50 % lower test MSE than PCA"]
    assert takeaways({"photos": {}}, TASKS) == []


def test_cases_stand_before_their_answers():
    (one,) = decision()["reconstruction"]["cases"].values()
    case = {"scale": "noise of sigma {}"}
    cases = [one | case | {"name": f"noise of sigma {level}", "level": level} for level in (0.1, 0.2)]
    cases.append(one | {"scale": "", "level": None, "name": "a block", "names": ["deep"], "gain": 0.1})
    tasks = {"digits": {"reconstruction": {"cases": {case["name"]: case for case in cases}}}}
    said = (
        "noise of sigma 0.1 and 0.2: vanilla, 50 % lower test MSE than PCA; a block: deep, 10 % lower test MSE than PCA"
    )
    several = {"reconstruction": TASK._replace(cases=cases)}
    assert answers(tasks, several) == [said]
    other = {"mnist": {"reconstruction": {"cases": {"a block": cases[2]}}}}
    lines = [f"digits: {said}", "MNIST: a block: deep, 10 % lower test MSE than PCA"]
    assert answers(tasks | other, several) == lines, (
        "the cases of a data set have a line, also the only one that a method takes part in"
    )


def test_where_no_method_is_good_enough():
    insufficient = decision(METRICS, lambda row: {"usable": False, "choice": None}, wavelet=method([0.02] * 3))
    assert answers({"digits": insufficient}) == ["no method is good enough"]


def test_gains_as_a_sentence_has_them():
    denoising = task_of("denoising")
    assert advantage([1.2, 3.4], ["median", "median"], denoising) == "+1.20 to +3.40 dB over median"
    assert advantage([1.2, 3.4], ["median", "wavelet"], denoising) == "+1.20 to +3.40 dB over the best classical method"
    assert advantage([0.1234], ["raw_pixels"], task_of("features")) == "+0.123 over raw pixels"
    assert advantage([0.5, 0.504], ["pca"] * 2, TASK) == "50 % lower test MSE than PCA"
    assert advantage([-0.5], ["pca"], TASK) == "50 % higher test MSE than PCA" and advantage([], [], TASK) == ""
    assert advantage([-0.5, -0.2], ["pca"] * 2, TASK) == "20 to 50 % higher test MSE than PCA"
    assert advantage([-0.05, 0.2], ["pca"] * 2, TASK) == "20 % lower to 5 % higher test MSE than PCA"


def test_which_images_were_compared():
    shapes = {"digits": [16, 16, 1], "cifar10": [32, 32, 3], "spectra": [8, 9, 5]}
    assert scope(shapes) == "digits (16 x 16, grey), CIFAR-10 (32 x 32, colour) and spectra (8 x 9, 5 channels)"
