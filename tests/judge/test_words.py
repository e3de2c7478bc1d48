"""Words of decisions, the same for report, pages and pictures."""

import re

from helpers import METRICS, UNDECIDED, VERDICTS, method, metrics_file, result, row_of, rows_of, task_of, with_half

from stages.judge.decisions import decide
from stages.judge.phrases import chance, gain, gain_over, listed, many, shortened
from stages.judge.words import words_of
from stages.judge.words_of_rows import words_of_row

TASK = task_of("reconstruction")


def said(metrics=METRICS, changes=None, **references):
    """The words on reconstruction; changes: a function of a row that gives what is different in it."""
    rows = rows_of(metrics, **references)
    rows = [row | changes(row) for row in rows] if changes else rows
    return words_of(decide(rows), rows, TASK, metrics)


def test_one_to_take():
    words = said()
    assert (words["name"], words["take"], words["lead"]) == ("vanilla", "**vanilla**", "Recommended:")
    assert words["verdict"] == "as good as the best" and words["worth"] == "yes"
    assert words["sure"] == "more than 99 % sure to be as good as the best of 5, as deep is; it costs least"
    assert words["p_best"].endswith("% sure to be the best itself")
    assert words["multiply_adds"] == "100, 1 x PCA"
    assert words["cost"] == "100 multiply-adds an image; 10 weights"
    assert [words[key] for key in ("reference", "floor", "gain", "beats")] == ["50 % less than PCA", "+50 %"] + [
        "50 % less than PCA"
    ] * 2
    over = said(METRICS, wavelet=method([0.02] * 3))
    assert over["reference"] == over["gain"] == "75 % less than wavelet"
    assert over["beats"] == "75 % less than wavelet; 50 % less than PCA"
    assert words["good"].startswith("test MSE: 0.005, 0.00") and words["good"].endswith("(lower is better)")


def test_where_another_costs_as_little_it_does_not_cost_least():
    words = said(METRICS | {"deep": metrics_file([0.00499, 0.00502, 0.00497], multiply_adds=100)})
    assert words["sure"].endswith(" sure to be as good as the best of 5, as vanilla is; none of them costs less")


def test_the_best_one():
    words = said({**METRICS, "deep": metrics_file([0.0010, 0.00101, 0.00099], multiply_adds=400)})
    assert (words["name"], words["sure"]) == ("deep", "more than 99 % sure to be the best of 5")
    assert words["verdict"] == "best" and words["p_best"] == "", "the sentence says it"


def test_what_is_open_names_the_candidates_with_their_chances():
    words = said(UNDECIDED)
    assert words["take"] == "not decided; the likeliest: deep" and re.fullmatch(
        r"not decided, best with a chance of \d\d %", words["verdict"]
    )
    assert re.fullmatch(r"chances to be the best of 4: deep \d\d % and vanilla \d\d %", words["sure"])
    assert words["lead"].startswith("Not decided")


def test_where_nothing_is_usable_no_network_is_the_answer():
    """And the gains are those of who is in front: negative, since + is better for the architecture everywhere."""
    words = said(METRICS, wavelet=method([0.001] * 3))
    assert words["take"] == "**wavelet** (classical)" and words["lead"] == "No network is needed. Recommended:"
    assert words["worth"] == "no" and words["multiply_adds"] == ""
    assert words["cost"] == "nothing to train, and no network to run"
    assert words["verdict"] == "a classical method is enough"
    why = "none of the 5 architectures is better by significantly more than the margin"
    assert words["sure"] == f"{why}; the best of them is deep with 0.00499"
    more = "399 % more than wavelet"
    assert (words["reference"], words["floor"], words["gain"]) == (more, "+50 %", f"deep: {more}")
    assert words["beats"] == "deep: 399 % more than wavelet; 50 % less than PCA"
    metrics = {"pca": metrics_file([0.01] * 3), "deep": metrics_file([0.0099, 0.0101, 0.01], multiply_adds=500)}
    words = said(metrics)
    assert words["take"] == "**PCA** (classical)" and words["multiply_adds"] == "100"
    assert words["sure"] == "the best, deep with 0.01, is not better by significantly more than the margin"
    words = said(metrics | {"vanilla": metrics_file([0.0101, 0.0102, 0.0100], multiply_adds=500)})
    assert words["sure"].startswith("none of the 2 other architectures is better"), "PCA is an architecture itself"
    assert words["sure"].endswith("; the best of them is deep with 0.01")


def test_where_no_architecture_could_be_taken_none_is_counted():
    """Each fails, or there is PCA alone."""
    failing = {"deep": metrics_file([0.07, 0.001, 0.002]), "vanilla": metrics_file([0.08, 0.003, 0.002])}
    words = said(failing, wavelet=method([0.02] * 3))
    assert words["sure"] == "every architecture fails in a training run; the best of them is deep with 0.0015"
    assert words["take"] == "**wavelet** (classical)" and words["worth"] == "no"
    assert said({"pca": METRICS["pca"]})["sure"] == "no other architecture takes part"


def test_whether_a_network_is_worth_it():
    """PCA is an architecture, but no network: where it is as good as the best, none is."""
    same = {"pca": metrics_file([0.0050] * 3, multiply_adds=10), "deep": METRICS["deep"]}
    words = said(same, wavelet=method([0.02] * 3))
    assert (words["take"], words["worth"]) == ("**PCA** (classical)", "no")
    apart = {"pca": same["pca"], "deep": metrics_file([0.0049, 0.0056, 0.0045], 400)}
    rows = rows_of(apart, wavelet=method([0.02] * 3))
    assert decide(rows)["kind"] == "open" and words_of(decide(rows), rows, TASK, apart)["worth"] == "open"


def test_where_no_method_is_good_enough_nobody_is_recommended():
    def choices(row):
        return {"usable": False, "choice": None}

    words = said(METRICS, choices, wavelet=method([0.02] * 3))
    assert (words["take"], words["lead"]) == ("no method is good enough", "No method is good enough.")
    assert (words["name"], words["verdict"], words["worth"]) == ("no method", "is good enough", "no")
    assert words["sure"].endswith("is deep with 0.00499, the best classical method wavelet with 0.02")
    assert (words["gain"], words["cost"], words["multiply_adds"]) == ("deep: 75 % less than wavelet", "", "")
    assert words["good"].startswith("deep: test MSE: 0.00499") and words["beats"].startswith(
        "deep: 75 % less than wavelet; "
    )


def test_one_seed_is_no_verdict():
    words = said({"pca": metrics_file([0.010]), "vanilla": metrics_file([0.005])})
    assert words["lead"] == "No verdict from one training run. Best mean:"
    assert words["take"] == "no verdict; the best mean: vanilla"
    assert words["sure"].startswith("how much is chance is not known") and words["verdict"] == "one seed, no verdict"
    assert "seeds and images" not in words["good"]


def test_the_likeliest_need_not_have_the_best_mean():
    """With draws of its own; and what is usable but worse than the best, which is not, may not be the best at all."""
    rows = [row | {"p_best": {"deep": 0.2, "vanilla": 0.7}.get(row["architecture"])} for row in rows_of(UNDECIDED)]
    assert rows[0]["architecture"] == "deep"
    assert words_of(decide(rows), rows, TASK, UNDECIDED)["take"] == "not decided; the likeliest: vanilla"

    def good(row):
        usable = row["architecture"] in ("variational", "denoising")
        return {"usable": usable, "choice": "candidate" if usable else None}

    words = said(METRICS, good)
    assert words["take"] == "not decided; usable, but worse than the best, which is not: variational"
    assert words["lead"] == "Not decided: the best is not usable. Usable, but worse than it:"
    assert words["sure"] == "the best, deep with 0.00499, is not usable"
    assert words["verdict"] == "not decided, worse than the best"


def test_the_best_mean_of_one_seed_may_not_be_usable():
    def good(row):
        return {"choice": "candidate" if row["architecture"] == "vanilla" else None}

    words = said({"pca": metrics_file([0.010]), "vanilla": metrics_file([0.005]), "deep": metrics_file([0.004])}, good)
    assert words["take"] == "no verdict; the best mean of what is usable: vanilla"
    assert words["lead"] == "No verdict from one training run. Best mean of what is usable:"
    assert words["sure"].startswith("how much is chance is not known")


def test_a_comparison_without_pca():
    words = said({name: METRICS[name] for name in ("vanilla", "denoising")})
    assert [words[key] for key in ("take", "reference", "floor", "beats")] == ["**vanilla**", "", "", ""]
    assert words["multiply_adds"] == "100" and words["sure"] == "more than 99 % sure to be the best of 2"


def test_a_budget_that_ended_training_is_marked():
    words = said(METRICS | {"vanilla": with_half(METRICS["vanilla"], 0.02)})
    assert words["name"] == "vanilla†" and said()["name"] == "vanilla"


def row_words(name, **references):
    measured = result(METRICS, **references)
    (best,) = references or (None,)
    row = row_of(measured["tables"]["reconstruction"][""], name)
    return words_of_row(row, best, TASK, METRICS[name], VERDICTS["level"])


def test_a_row_of_a_table():
    words = row_words("denoising", wavelet=method([0.02] * 3))
    assert words["rank"] == "5" and words["over_floor"] == "-101 %, worse"
    assert words["over_reference"].startswith("0 %, ") and words["gain"] == "0 %"
    assert words["distance"].startswith("-303 % (-3") and words["hardest_class"] == "b (0.0322)"
    assert row_words("deep")["rank"] == "1 to 2" and row_words("deep")["gain"] == "+50 %"
    assert row_words("pca")["over_floor"] == row_words("pca")["over_reference"] == "-"


def test_a_row_from_one_seed():
    metrics = {"pca": metrics_file([0.010]), "deep": metrics_file([0.005])}
    row = row_of(rows_of(metrics), "deep")
    words = words_of_row(row, None, TASK, metrics["deep"], VERDICTS["level"])
    assert (words["rank"], words["distance"], words["over_floor"]) == ("(1)", "+50 %", "+50 %")


def test_the_name_of_a_class_is_text():
    odd = METRICS["denoising"]["facts"] | {"classes": ["a", "b|<b>\n"]}
    row = row_of(rows_of(), "denoising")
    words = words_of_row(row, None, TASK, METRICS["denoising"] | {"facts": odd}, VERDICTS["level"])
    assert words["hardest_class"] == "b&#124;&lt;b&gt; (0.0322)"


def test_figures_as_people_write_them():
    assert gain(0.5, TASK) == "+50 %" and gain(-10, TASK) == "-1000 %" and gain(-5e8, TASK) == "below -1,000 %"
    assert gain(1.234, task_of("denoising")) == "+1.23 dB" and gain(-0.004, task_of("denoising")) == "0.00 dB"
    assert gain(-0.0123, task_of("anomaly")) == "-0.012"
    assert gain_over(0.7, "pca", TASK) == "70 % less than PCA" and gain_over(-0.5, "pca", TASK) == "50 % more than PCA"
    assert gain_over(-5e8, "pca", TASK) == "over 1,000 % more than PCA"
    assert gain_over(1.234, "median", task_of("denoising")) == "+1.23 dB over median"
    assert [many(value) for value in (8, 8192, 311_296, 1_234_567, 2e9)] == ["8", "8.19 k", "311 k", "1.23 M", "2 G"]
    assert [many(value) for value in (999_700, 999_499, 999.6, 999_600_000)] == ["1 M", "999 k", "1 k", "1 G"]
    assert [chance(value) for value in (0.995, 0.5, 0.001)] == ["more than 99 %", "50 %", "less than 1 %"]
    assert shortened(["a", "b", "c"]) == "a, b and c" and shortened(list("abcde")) == "a, b, c and 2 more"
    assert [listed(words) for words in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
