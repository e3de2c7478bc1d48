"""The report as a whole: it is written of any results, says which are missing, and stays short."""

import copy
import re
from collections import Counter

import pytest
from helpers import METRICS, method, metrics_file, result, task_of, with_half

from stages.common.results import by_use
from stages.common.stage import UserError
from stages.common.task import Case
from stages.draw import overview
from stages.judge.across_datasets import judged
from stages.tell import __main__ as stage
from stages.tell.questions import DETECTORS
from stages.tell.render import report


@pytest.fixture
def settings(params):
    """Settings in which all that has been compared is listed."""
    return params | {"architectures": list(METRICS), "ablated": {"datasets": [], "architectures": []}}


PUBLISHED = {
    "networks": {"reproduced": 1, "not_reproduced": 1, "not_run": 4},
    "without_network": {"reproduced": 1, "not_reproduced": 0, "not_run": 0},
    "computed": {"reproduced": 1, "not_reproduced": 0, "not_run": 0},
    "rows": [
        {"check": "probe", "dataset": "digits", "published": 0.4, "group": group, "kind": kind, "verdict": verdict}
        for group, kind, verdict in [
            ("k-means", "networks", "reproduced"),
            ("k-means", "networks", "not reproduced"),
            *[("a bound", "networks", "not run")] * 4,
            ("pixels", "without_network", "reproduced"),
            ("PCA", "computed", "reproduced"),
        ]
    ],
}


def across(settings, results):
    verdicts = {dataset: found["verdicts"] for dataset, found in results.items()}
    return judged(verdicts, results, settings["verdicts"])


def written(settings, results, published=PUBLISHED):
    return report(results, ["unknown"], across(settings, results), published)


def test_it_tells_what_the_figures_say(settings):
    text = written(settings, {"digits": result(METRICS, wavelet=method([0.02] * 3))})
    assert (
        text.startswith("# Which autoencoder?")
        and "\nCompared on digits (16 x 16, grey); not yet compared: unknown.\n" in text
    )
    (line,) = [line for line in text.splitlines() if line.startswith("| [digits](plots/digits/README.md#recon")]
    assert "#reconstruction) | **vanilla** | more than 99 % sure to be as good as the best of 5, as deep is; " in line
    assert line.endswith(" | 75 % less than wavelet | +50 % | 100, 1 x PCA | yes |")
    assert "\n- **Reconstruction:** vanilla, 75 % lower test MSE than wavelet\n" in text
    assert "\n## Reconstruction\n\nError of the output on images not seen in training. Measured by test MSE" in text
    assert "\n\n\n" not in text and "undefined" not in text.lower()


def test_data_sets_with_other_answers_have_their_lines(settings):
    results = {"digits": result(), "mnist": result(METRICS, wavelet=method([0.001] * 3))}
    both = "digits: vanilla, 50 % lower test MSE than PCA; MNIST: wavelet (classical)"
    assert f"\n- **Reconstruction:** {both}\n" in written(settings, results)
    for found in results.values():
        found["tasks"]["reconstruction"] = found["tasks"]["reconstruction"]._replace(cases=[("", "mse")])
    assert f"\n- **Reconstruction:**\n  - {both.replace('; ', chr(10) + '  - ')}\n" in written(settings, results)


def test_the_legend_says_when_a_network_is_worth_it(settings):
    """With the chance and the least values that its task asks for."""
    found = result()
    found["tasks"]["reconstruction"] = found["tasks"]["reconstruction"]._replace(usable={"ssim": 0.5, "psnr": 9})
    text = written(settings, {"digits": found})
    assert " | multiply-adds an image | worth a network |\n" in text
    least = 'in reconstruction also "SSIM" above 0.5 and "PSNR, dB" above 9. *Worth a network*'
    assert f"by more than the margin with a chance of 95 %, without a failed training run; {least}" in text
    assert "without a failed training run. *Worth" in written(settings, {"digits": result()})


def test_the_legend_says_which_classical_method_gains_are_over(settings):
    """PCA has a column of its own, also where it is better than the others."""
    text = written(settings, {"digits": result(METRICS, wavelet=method([0.02] * 3))})
    assert "- *Best classical method*: the best without a neural network. PCA, " in text
    assert "| 75 % less than wavelet | +50 % |" in text


def test_a_classical_method_that_wins_is_named(settings):
    text = written(settings, {"digits": result(METRICS, wavelet=method([0.001] * 3))})
    why = "none of the 5 architectures is better by significantly more than the margin; the best of them is deep with"
    assert f"| **wavelet** (classical) | {why} 0.00499 | 399 % more than wavelet |" in text


def test_figures_that_others_published(settings):
    """Networks apart from methods without one; what was computed here is no publication."""
    results = {"digits": result(METRICS)}
    text = written(settings, results)
    assert "of networks 1 of 2 figures (4 more were not run); of classical methods 1 of 1 figure. " in text
    assert "computed by other means: 1 of 1 figure agrees." in text
    networks = {"reproduced": 1, "not_reproduced": 0, "not_run": 1}
    one = written(settings, results, published=PUBLISHED | {"networks": networks})
    assert "of networks 1 of 1 figure (1 more was not run); " in one
    waits = [row for row in PUBLISHED["rows"] if row["verdict"] == "not run"]
    for nothing in ({}, PUBLISHED | {"rows": waits}):
        assert "published" not in written(settings, results, published=nothing)


def test_features_that_no_latent_is_better_for_say_which_latents_these_were(settings):
    found = result(METRICS, wavelet=method([0.001] * 3))
    for part in (found["tables"], found["verdicts"]["tasks"], found["tasks"]):
        part["features"] = part["reconstruction"]
    said = "- digits: not with a dense latent of 4; published linear probes of spatial latents reach 0.4 to 0.4."
    assert f"\n\n{said}\n" in written(settings, {"digits": found})
    assert "not with a dense latent" not in written(settings, {"digits": result()})


def test_it_stays_short_with_everything_in_it(settings):
    """Four data sets, each with as many lines as there may be."""
    datasets = ("digits", "mnist", "fashion_mnist", "cifar10")
    results = {}
    for dataset in datasets:
        found = result(copy.deepcopy(METRICS))
        task, rows = found["tasks"]["reconstruction"], found["tables"]["reconstruction"]
        verdict = found["verdicts"]["tasks"]["reconstruction"]
        for name in settings["tasks"]:
            found["tasks"][name], found["tables"][name] = (
                task._replace(name=name, about=f"{name.capitalize()}: said."),
                rows,
            )
            found["verdicts"]["tasks"][name] = verdict
        for name, count in {"denoising": 5, "compression": 3}.items():
            cases = [Case(f"level {level}", "mse", "level {}", level) for level in range(count)]
            found["tasks"][name] = found["tasks"][name]._replace(cases=cases, measure="")
            decisions = {case.name: verdict["cases"][""] | case._asdict() for case in cases}
            found["tables"][name] = dict.fromkeys(decisions, rows[""])
            found["verdicts"]["tasks"][name] = {"summary": "in every case: deep", "cases": decisions}
        for content in found["metrics"].values():
            scores = content["scores"]["reconstruction"]
            samples = {f"frechet{kind}": scores["mse"] for kind in ("", "_mixture", "_prior")}
            samples |= {"frechet_resampled": scores["mse_resampled"]} | dict.fromkeys(DETECTORS, scores["mse"])
            content["scores"] |= dict.fromkeys(settings["tasks"], scores | samples)
        found["varied"] = {
            name: {"answer": "sgd raises it.", "sentence": "Few."} for name in ("latent_size", "optimizer", "loss")
        }
        found["varied"]["latent_size"] |= {"as_good": "Less error: deep.", "envelope": ["a point"]}
        found["tasks"]["anomaly"] = found["tasks"]["anomaly"]._replace(columns=task_of("anomaly").columns)
        choice = found["verdicts"]["chosen_by_error"]
        choice["tasks"] = dict.fromkeys(settings["tasks"], choice["tasks"]["reconstruction"])
        results[dataset] = found
    text = written(settings, results)
    assert text.count("\n") <= 180
    for heading in (
        "Denoising",
        "Autoencoder or variational autoencoder?",
        "Would longer training change it?",
        "How large a latent?",
        "Is an autoencoder better at anomaly detection than classical methods, and which detector is best?",
        "Is the lowest reconstruction error good for everything?",
        "Does another setting matter?",
        "Limits",
    ):
        assert f"\n## {heading}\n" in text
    larger = re.findall(r"^- (\S+) \(compared .* Less error: deep\. \[", text, re.MULTILINE)
    assert larger == ["digits", "MNIST", "Fashion-MNIST", "CIFAR-10"]
    assert "\n\nThe plain one: at the beta compared, the variational network is better in none of " in text
    assert (
        "Samples from the prior are as good as those from a mixture that is fitted to the latents.\n\nThe table" in text
    )
    assert "- Optimizer. [digits](plots/digits/ablations.md): sgd raises it. [MNIST](plots" in text
    assert "| data set | anomalies | error or density | by error alone | " in text
    rows = re.findall(r"^\| \[\S+\]\(plots/\w+/README\.md#(\w+)\)(?:, level \d)? \| \*\*", text, re.MULTILINE)
    assert Counter(rows) == {name: 4 * {"denoising": 5, "compression": 3}.get(name, 1) for name in settings["tasks"]}


def test_one_seed_and_two_data_sets(settings):
    """From one seed no verdict is told, anywhere; what all data sets say together stands on its own."""
    single = {name: metrics_file([mse]) for name, mse in (("pca", 0.01), ("deep", 0.005), ("vanilla", 0.006))}
    results = {"digits": result(), "mnist": result(single)}
    text = written(settings, results)
    assert "| no verdict; the best mean: deep | how much is chance is not known: every architecture was trained" in text


def test_a_budget_that_ended_training_is_marked_at_every_rank(settings):
    text = written(settings, {"digits": result(METRICS | {"deep": with_half(METRICS["deep"], 0.02)})})
    assert "as good as the best of 5, as deep† is" in text and "†: budget-limited" in text
    assert "1 network had another rank at half of them" in text


def test_whether_longer_training_would_change_answers(settings):
    known = {name: content if name == "pca" else with_half(content, 0.006) for name, content in METRICS.items()}
    same = written(settings, {"digits": result(known)})
    unknown = "\nNot measured beyond the compared budget. From half of it to all of it"
    how = "(first seed of every network, trained from scratch for half of the epochs)"
    assert f"{unknown} no answer changes: the one in reconstruction is the same {how}.\n" in same
    several = written(settings, {"digits": result(known), "mnist": result(known), "cifar10": result()})
    others = f"no answer changes: all 2 in reconstruction are the same {how}; the other cases were not measured."
    assert f"{unknown} {others}\n" in several
    known["deep"] = with_half(METRICS["deep"], 0.001)
    text = written(settings, {"digits": result(known)})
    changed = "Changed: reconstruction on digits (at half of the epochs deep is ahead by"
    assert f"{unknown} 1 of 1 answer in reconstruction changes {how}. {changed}" in text
    assert "Not measured: no network was trained" in written(settings, {"digits": result()})


def test_the_second_half_of_the_epochs_may_lower_and_raise_losses(settings):
    metrics = copy.deepcopy(METRICS)
    for name, gained in (("vanilla", 0.26), ("deep", 0.1), ("denoising", -0.03), ("variational", 0.0)):
        metrics[name]["facts"]["gain_of_second_half"] = [gained]
    said = "lowered the loss of 2 networks by up to 26 % and raised that of 1; 0 networks had another rank"
    assert f"The second half of the epochs {said}" in written(settings, {"digits": result(metrics)})
    assert "lowered the loss of 0 networks and raised that of 0;" in written(settings, {"digits": result()})


def test_no_figure_is_told_with_two_signs(settings):
    """What is lower by half is +50 % everywhere."""
    text = written(settings, {"digits": result(METRICS, wavelet=method([0.02] * 3))})
    assert not re.search(r"-(50|75) %", text)


def test_nothing_compared(tmp_path, monkeypatch, params):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(stage, "read_params", lambda: params)
    with pytest.raises(UserError, match="no data set has been compared; `make demo` compares the digits"):
        stage.main()


def test_the_overview_says_what_to_take():
    needless = {"pca": metrics_file([0.01] * 3), "deep": metrics_file([0.0099, 0.0101, 0.01], 500)}
    large = {"pca": METRICS["pca"], "deep": METRICS["deep"]}
    single = {"pca": metrics_file([0.01]), "deep": metrics_file([0.005])}
    results = {"a": result(large), "b": result(), "c": result(needless), "d": result(single)}
    decisions = {dataset: by_use(found["verdicts"]["tasks"]) for dataset, found in results.items()}
    use = ("reconstruction", "")
    decisions["f"] = {use: decisions["b"][use] | {"group": "insufficient"}}
    groups = [by_case[use]["group"] for by_case in decisions.values()]
    assert groups == [group for group in overview.LOOKS if group != "open"]
    decisions["a"]["denoising", "noise of sigma 0.1"] = decisions["b"][use]
    figure = overview.draw(decisions | {"e": {}}, ["reconstruction", "denoising"])
    figure.canvas.draw()
    said = [text.get_text() for text in figure.axes[0].texts]
    assert said[:7] == [overview.TITLE, *"abcdfe"], "the title, then the data sets"
    first = [
        "reconstruction",
        "deep",
        "best\n50 % less\nthan PCA",
        "vanilla",
        "as good as\nthe best\n50 % less\nthan PCA",
    ]
    assert said[7:12] == first, "a use with its cells, each a name and how sure and good it is"
    assert "denoising, noise of\nsigma 0.1" in said and "not measured" in said
    names = [name for name, _ in overview.LOOKS.values()]
    assert said[-5:] == list(dict.fromkeys(names)), "a legend of all looks"
    assert figure.get_size_inches()[0] * figure.dpi <= 705, "as wide as GitHub shows a picture"
    inside = figure.bbox
    for text in figure.axes[0].texts:
        box = text.get_window_extent()
        assert inside.x0 <= box.x0 and box.x1 <= inside.x1, text.get_text()


def test_the_overview_has_no_mark_that_it_does_not_explain():
    limited = by_use(result(METRICS | {"vanilla": with_half(METRICS["vanilla"], 0.02)})["verdicts"]["tasks"])
    assert "†" in limited["reconstruction", ""]["words"]["name"]
    figure = overview.draw({"a": limited}, ["reconstruction"])
    assert not any("†" in text.get_text() for text in figure.axes[0].texts)
