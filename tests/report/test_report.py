"""The report as a whole: it is written of any results, says which are missing, and stays short."""

import copy
import re

import pytest
from helpers import METRICS, method, metrics_file, result

from stages.common.stage import UserError
from stages.report import __main__ as stage
from stages.report.decisions import decide
from stages.report.figures import overview
from stages.report.text import report


@pytest.fixture
def settings(params):
    """Settings in which all that has been compared is listed."""
    return params | {"architectures": list(METRICS), "ablated": {"datasets": [], "architectures": []}}


def decided(results):
    return {
        dataset: {task: decide(rows) for task, rows in found["tables"].items()} for dataset, found in results.items()
    }


PUBLISHED = {
    "reproduced": 2,
    "not_reproduced": 1,
    "not_run": 4,
    "rows": [
        {"group": group, "verdict": verdict}
        for group, verdict in [
            ("PCA", "reproduced"),
            ("k-means", "reproduced"),
            ("k-means", "not reproduced"),
            *[("a bound", "not run")] * 4,
        ]
    ],
}


def written(settings, results, missing=(), varied=None, published=PUBLISHED):
    varied = varied or {dataset: stage.varied(dataset, settings, found) for dataset, found in results.items()}
    return report(settings, results, decided(results), list(missing), varied, published)


def test_it_tells_what_the_figures_say(settings):
    text = written(settings, {"digits": result(METRICS, wavelet=method([0.02] * 3))}, ["mnist"])
    assert text.startswith("# Which autoencoder?") and "Not yet compared: MNIST." in text
    (line,) = [line for line in text.splitlines() if line.startswith("| reconstruction | [digits]")]
    assert "(plots/digits/README.md#reconstruction) | **vanilla** | equivalent, P(best) 0." in line
    assert line.endswith("; as good: deep | +75 % on wavelet | +50 % | 100, 1 x PCA | yes |")
    assert "\n\n\n" not in text and "undefined" not in text.lower()


def test_a_method_without_a_network_that_wins_is_named(settings):
    text = written(settings, {"digits": result(METRICS, wavelet=method([0.001] * 3))})
    assert "| **wavelet** (no network) | no architecture is usable; in front: deep | -399 % on wavelet |" in text
    assert "- reconstruction: digits: wavelet (no architecture is usable, in front deep -399 %)" in text
    assert "Not yet compared" not in text


def test_figures_that_others_published(settings):
    results = {"digits": result(METRICS)}
    text = written(settings, results)
    said = "2 are reproduced, at least as good or inside a stated tolerance, and 1 are not"
    assert f"{said}; 4 of the checks did not run. " in text
    assert f"{said}. " in written(settings, results, published=PUBLISHED | {"not_run": 0})
    assert "\n| k-means | 2 | 1 |\n| PCA | 1 | 1 |\n" in text and "| a bound |" not in text
    for nothing in ({}, PUBLISHED | {"reproduced": 0, "not_reproduced": 0}):
        assert "published" not in written(settings, results, published=nothing)


def test_it_stays_short_with_everything_in_it(settings):
    """Four data sets, each with as many lines as there may be."""
    datasets = ("digits", "mnist", "fashion_mnist", "cifar10")
    results = {}
    for dataset in datasets:
        found = result(copy.deepcopy(METRICS))
        task, rows = found["tasks"]["reconstruction"], found["tables"]["reconstruction"]
        for name in settings["tasks"]:
            found["tasks"][name], found["tables"][name] = task._replace(name=name), rows
        for content in found["metrics"].values():
            content["scores"] |= dict.fromkeys(settings["tasks"], content["scores"]["reconstruction"])
        results[dataset] = found
    one = {"answers": dict.fromkeys(("latent size", "optimizer", "loss"), "no."), "sizes": ["Few."], "pictures": True}
    text = written(settings, results, ["own"], dict.fromkeys(datasets, one))
    assert text.count("\n") <= 200
    for heading in (
        "Where a simple or no network is enough",
        "Over all data sets",
        "What choosing by reconstruction error costs",
        "How large a latent?",
        "Does another setting matter?",
        "Limits and budget",
        "How this was measured",
    ):
        assert f"\n## {heading}\n" in text
    table = text.split("| use | data set |")[1].split("\n\n")[0]
    assert table.count("\n") == 1 + len(datasets) * len(settings["tasks"])


def test_one_seed_and_two_data_sets(settings):
    """From one seed no verdict is told, anywhere; what all data sets say together stands on its own."""
    single = {name: metrics_file([mse]) for name, mse in (("pca", 0.01), ("deep", 0.005), ("vanilla", 0.006))}
    results = {"digits": result(), "mnist": result(single)}
    text = written(settings, results)
    assert "| in front: **deep** | one seed, no verdict |" in text
    assert "## Over all data sets" in text and "| reconstruction | deep " in text
    assert "## Over all data sets" not in written(settings, {"digits": result()})


def test_a_budget_that_ended_training_is_marked_at_every_rank(settings):
    limited = METRICS | {"deep": METRICS["deep"] | {"facts": METRICS["deep"]["facts"] | {"budget_limited": [True]}}}
    text = written(settings, {"digits": result(limited)})
    assert "as good: deep†" in text and "†: budget-limited" in text
    assert "1 of 0 networks are budget-limited" in text  # none of these files says what the second half gained


def test_no_figure_is_told_with_two_signs(settings):
    """What is lower by half is +50 % everywhere."""
    text = written(settings, {"digits": result(METRICS, wavelet=method([0.02] * 3))})
    assert not re.search(r"-(50|75) %", text)


def test_nothing_compared(tmp_path, monkeypatch, params):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(stage, "read_params", lambda: params)
    with pytest.raises(UserError, match="no data set has been compared; `make demo` compares the digits"):
        stage.main()


def test_the_overview_says_what_to_take(settings):
    needless = {"pca": metrics_file([0.01] * 3), "deep": metrics_file([0.0099, 0.0101, 0.01], 500)}
    large = {"pca": METRICS["pca"], "deep": METRICS["deep"]}
    single = {"pca": metrics_file([0.01]), "deep": metrics_file([0.005])}
    results = {"a": result(large), "b": result(), "c": result(needless), "d": result(single)}
    decisions = decided(results)
    decisions["f"] = {"reconstruction": decisions["b"]["reconstruction"]._replace(simple=False, insufficient=True)}
    looks = [overview.look_of(by_task["reconstruction"]) for by_task in decisions.values()]
    assert looks == list(overview.LOOKS)
    figure = overview.draw(decisions | {"e": {}}, result()["tasks"])
    figure.canvas.draw()
    said = [text.get_text() for text in figure.axes[0].texts]
    assert said[0] == "deep" and said[1].endswith("\n+50 % on PCA") and said[-1] == "not measured"
